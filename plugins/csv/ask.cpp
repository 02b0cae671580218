#include "ask.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "arrow/builder.hpp"
#include "base/error.hpp"
#include "description.hpp"
#include "estimate.hpp"
#include "files/tables.hpp"
#include "session.hpp"
#include "sources.hpp"
#include "writer.hpp"

namespace sluice::csv {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& text) {
  throw Error(Code::invalid_argument,
              "csv: expected {\"count\": TABLE}, or inside a guard {\"create\": TABLE, \"columns\": [...]}, "
              "{\"finish\": TABLE} or {\"clear\": TABLE}, found " +
                  text);
}

struct Command {
  std::string word;
  std::string table;
  json whole;
};

Command command_from_text(const std::string& text) {
  const json whole = json::parse(text, nullptr, false);
  if (!whole.is_object()) refuse(text);
  for (const char* word : {"count", "create", "finish", "clear"}) {
    const auto found = whole.find(word);
    if (found != whole.end() && found->is_string()) return {word, *found, whole};
  }
  refuse(text);
}

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

void create(Session& session, const Command& command) {
  const std::vector<arrow::Field> columns = columns_from_description(command.whole.at("columns").dump());
  files::NewTable table;
  table.name = command.table;
  table.file = command.table + ".csv";
  table.description = describe_columns(columns);
  table.frame.head = header_text(session.dialect().for_file(table.file), columns);
  files::create_table(session.home(), table);
}

}  // namespace

std::unique_ptr<arrow::BatchReader> run_query(Session& session, const std::string& text) {
  const Command command = command_from_text(text);
  if (command.word != "count") refuse(text);
  const Shape shape = shape_of(find_source(session, "", command.table), session.home().cancelled());
  return std::make_unique<OneCount>(count_rows(shape, session.home().cancelled()));
}

int64_t run_statement(Session& session, const std::string& text) {
  const Command command = command_from_text(text);
  session.home().require_guard("a statement");
  if (command.word == "clear") return files::clear_table(session.home(), command.table);
  if (command.word == "create") {
    create(session, command);
  } else if (command.word == "finish") {
    files::publish_table(session.home(), command.table);
  } else {
    refuse(text);
  }
  return 0;
}

}  // namespace sluice::csv
