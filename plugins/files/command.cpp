#include "command.hpp"

#include "arrow/builder.hpp"
#include "base/error.hpp"

namespace sluice::files {

namespace {

using nlohmann::json;

class OneCount : public arrow::BatchReader {
 public:
  explicit OneCount(int64_t count) : builder_({{"count", {arrow::Kind::int64}, false}}) {
    builder_.column(0).append_int64(count);
  }
  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }
  arrow::Array next() override { return builder_.rows() == 0 ? arrow::Array() : builder_.finish(); }

 private:
  arrow::BatchBuilder builder_;
};

}  // namespace

Command command_from_text(const std::string& plugin, const std::string& text) {
  const json whole = json::parse(text, nullptr, false);
  for (const char* word : {"count", "create", "finish", "clear"}) {
    if (!whole.is_object()) break;
    const auto found = whole.find(word);
    if (found != whole.end() && found->is_string()) return {word, *found, whole};
  }
  throw Error(Code::invalid_argument,
              plugin + ": expected {\"count\": TABLE}, or inside a guard {\"create\": TABLE, ...}, " +
                  "{\"finish\": TABLE} or {\"clear\": TABLE}, found " + text);
}

std::unique_ptr<arrow::BatchReader> one_count(int64_t count) { return std::make_unique<OneCount>(count); }

}  // namespace sluice::files
