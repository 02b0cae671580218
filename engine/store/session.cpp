#include "store/session.hpp"

#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "catalog/json_reader.hpp"
#include "store/calls.hpp"
#include "store/plugin.hpp"

namespace sluice::store {

namespace {

/// The parameters as the contract takes them: NULL for none.
std::vector<const char*> parameter_pointers(const std::vector<std::optional<std::string>>& parameters) {
  std::vector<const char*> all;
  for (const auto& parameter : parameters) all.push_back(parameter ? parameter->c_str() : nullptr);
  return all;
}

}  // namespace

Error error_from_plugin(int32_t status, const sluice_error& error, const std::string& store) {
  const bool is_known = status >= SLUICE_INVALID_ARGUMENT && status <= SLUICE_INTERNAL;
  const std::string_view given(error.message, strnlen(error.message, sizeof error.message));
  std::string message(given.substr(0, utf8_valid_prefix(given)));
  if (message.empty()) message = "the plugin failed with status " + std::to_string(status) + " and said nothing";
  return Error(is_known ? static_cast<Code>(status) : Code::internal, store + ": " + message)
      .with_sqlstate(std::string(error.sqlstate, strnlen(error.sqlstate, 5)))
      .with_native_code(error.native_code);
}

Session::Session(const Store& store) : store_(store) {
  sluice_error error{};
  check(table().session_open(store.handle_, &handle_, &error), error);
}

Session::~Session() {
  if (handle_ != nullptr) table().session_close(handle_);
}

const sluice_plugin& Session::table() const { return store_.plugin().table(); }

void Session::check(int32_t status, const sluice_error& error) const {
  if (status != SLUICE_OK) throw error_from_plugin(status, error, store_.name());
}

void Session::refuse_missing(const char* function) const {
  throw Error(Code::unsupported, store_.name() + ": plugin " + store_.plugin().manifest().name + " has no " + function);
}

void Session::cancel() noexcept { table().cancel(handle_); }

Capabilities Session::capabilities() {
  sluice_capabilities raw{};
  raw.struct_size = sizeof raw;
  call("capabilities", table().capabilities, &raw);
  return {raw.flags, raw.max_writers};
}

Identity Session::identity() {
  OwnedBuffer answer;
  call("identity", table().identity, answer.receive());
  const nlohmann::json whole = catalog::parse_json(answer.text(), store_.name() + ": identity");
  const catalog::JsonReader object(whole, store_.name() + ": identity");
  return {object.text("id"), object.text("version"), object.text("name"), object.text("pin")};
}

catalog::Catalog Session::catalog(const LookFilter& filter) {
  OwnedBuffer answer;
  call("catalog", table().catalog, to_json(filter).c_str(), answer.receive());
  return catalog::catalog_from_json(answer.text());
}

catalog::Ddl Session::ddl(const catalog::Catalog& wanted, const std::string& stage) {
  OwnedBuffer answer;
  call("ddl", table().ddl, catalog_to_json(wanted).c_str(), stage.c_str(), answer.receive());
  return catalog::ddl_from_json(answer.text());
}

std::unique_ptr<arrow::BatchReader> Session::read_stream(arrow::Stream stream) const {
  const auto explain = [this](const std::string&) {
    sluice_error error{};
    table().stream_error(handle_, &error);
    check(error.code, error);
  };
  return std::make_unique<arrow::StreamReader>(std::move(stream), explain);
}

std::unique_ptr<arrow::BatchReader> Session::query(const std::string& text,
                                                   const std::vector<std::optional<std::string>>& params) {
  const std::vector<const char*> raw = parameter_pointers(params);
  arrow::Stream stream;
  call("query", table().query, text.c_str(), raw.data(), static_cast<int64_t>(raw.size()), stream.receive());
  return read_stream(std::move(stream));
}

std::optional<std::string> Session::scalar(const std::string& text,
                                           const std::vector<std::optional<std::string>>& params) {
  const std::unique_ptr<arrow::BatchReader> rows = query(text, params);
  arrow::Array batch = rows->next();
  while (!batch.empty() && batch->length == 0) batch = rows->next();
  if (batch.empty() || rows->fields().empty()) {
    throw Error(Code::data, store_.name() + ": expected a value, found no row: " + text);
  }
  const arrow::ColumnView column = arrow::view_batch(rows->fields(), *batch).front();
  return column.is_null(0) ? std::nullopt : std::optional(arrow::value_to_text(column, 0));
}

int64_t Session::execute(const std::string& text, const std::vector<std::optional<std::string>>& params) {
  const std::vector<const char*> raw = parameter_pointers(params);
  int64_t rows = 0;
  call("execute", table().execute, text.c_str(), raw.data(), static_cast<int64_t>(raw.size()), &rows);
  return rows;
}

std::string Session::snapshot_export() {
  OwnedBuffer token;
  call("snapshot_export", table().snapshot_export, token.receive());
  return token.text();
}

void Session::snapshot_join(const std::string& token) { call("snapshot_join", table().snapshot_join, token.c_str()); }

bool Session::snapshot_confirm(const std::string& token) {
  if (table().snapshot_confirm == nullptr) refuse_missing("snapshot_confirm");
  sluice_error error{};
  const int32_t status = table().snapshot_confirm(handle_, token.c_str(), &error);
  if (status == SLUICE_CONFLICT) return false;
  check(status, error);
  return true;
}

std::string Session::source_state(const LookFilter& filter) {
  OwnedBuffer answer;
  call("source_state", table().source_state, to_json(filter).c_str(), answer.receive());
  return answer.text();
}

Cuts Session::plan_chunks(const ReadSpec& spec, int64_t wanted) {
  const ReadSpecStruct raw(spec);
  OwnedBuffer answer;
  call("plan_chunks", table().plan_chunks, raw.get(), wanted, answer.receive());
  return cuts_from_answer(answer.text());
}

namespace {

/// Keeps the sink for as long as the stream that uses it.
class LeavingOutReader : public arrow::BatchReader {
 public:
  LeavingOutReader(std::unique_ptr<LeftOutSink> sink, std::unique_ptr<arrow::BatchReader> inner)
      : sink_(std::move(sink)), inner_(std::move(inner)) {}
  const std::vector<arrow::Field>& fields() const override { return inner_->fields(); }
  arrow::Array next() override { return inner_->next(); }

 private:
  std::unique_ptr<LeftOutSink> sink_;
  std::unique_ptr<arrow::BatchReader> inner_;
};

}  // namespace

std::unique_ptr<arrow::BatchReader> Session::read(const ReadSpec& spec) {
  ReadSpecStruct raw(spec);
  std::unique_ptr<LeftOutSink> sink;
  if (spec.left_out) {
    sink = std::make_unique<LeftOutSink>(spec.left_out);
    raw.reject_into(*sink);
  }
  arrow::Stream stream;
  call("read", table().read, raw.get(), stream.receive());
  auto reader = read_stream(std::move(stream));
  if (sink == nullptr) return reader;
  return std::make_unique<LeavingOutReader>(std::move(sink), std::move(reader));
}

}  // namespace sluice::store
