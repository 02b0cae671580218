#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "brackets.hpp"
#include "describe.hpp"
#include "fault.hpp"
#include "read.hpp"
#include "row_text.hpp"
#include "scratch_file.hpp"
#include "session.hpp"
#include "store.hpp"

/// The json plugin's cutter and reader on any bytes. What must hold: the fast parser and the careful one agree on what
/// is JSON; what the scan takes, the reader delivers; chunks together are the whole; what is written reads back.

namespace {

using namespace sluice;
using fuzz::require;

void check_parsers(std::string_view text) {
  if (text.empty() || (text[0] != '{' && text[0] != '[')) return;
  constexpr int kDepth = 64;
  const size_t end = json::BracketScanner(kDepth).scan(text, true);
  if (end == json::BracketScanner::kNone) return;
  const std::string padded = std::string(text.substr(0, end)) + std::string(json::kPadding, '\xff');
  const std::string_view record = std::string_view(padded).substr(0, end);
  json::RecordParser parser(kDepth);
  std::vector<json::Field> fields;
  std::vector<json::Value> values;
  const bool is_taken = record[0] == '{' ? parser.parse_object(record, fields) : parser.parse_array(record, values);
  require(is_taken == !json::find_fault(record, kDepth), "both parsers agree");
}

/// What a reader leaves out.
struct LeftOut {
  int64_t rows = 0;
  std::string keys;
  sluice_reject_sink sink{this, take};

  static sluice_status take(void* context, const sluice_reject* reject, sluice_error*) {
    auto* self = static_cast<LeftOut*>(context);
    ++self->rows;
    self->keys += std::string(reject->key) + "\n" + reject->row + "\n";
    return SLUICE_OK;
  }
};

std::string all_rows(json::Session& session, const json::Table& table, const sdk::KeyValue* lower, const sdk::KeyValue* upper,
                     int64_t& rows, LeftOut* left_out = nullptr) {
  sdk::ReadSpec spec;
  spec.table = table.name;
  for (const json::Column& column : table.columns) spec.columns.push_back(column.name);
  if (lower != nullptr) spec.lower = {*lower};
  if (upper != nullptr) spec.upper = {*upper};
  if (left_out != nullptr) spec.rejects = &left_out->sink;
  const auto reader = json::read_rows(session, spec);
  std::string text;
  for (arrow::Array batch = reader->next(); !batch.empty(); batch = reader->next()) {
    const auto views = arrow::view_batch(reader->fields(), *batch);
    rows += batch->length;
    for (int64_t i = 0; i < batch->length; ++i) {
      for (const auto& view : views) text += view.is_null(i) ? "\1" : arrow::value_to_text(view, i) + "\2";
    }
  }
  return text;
}

/// Rows that are written as a target does read back as themselves.
void check_written(json::Session& session, const json::Table& table, const std::string& whole) {
  sdk::ReadSpec spec;
  spec.table = table.name;
  for (const json::Column& column : table.columns) spec.columns.push_back(column.name);
  json::Settings settings;
  json::RowText text(spec.columns, settings);
  const auto reader = json::read_rows(session, spec);
  for (arrow::Array batch = reader->next(); !batch.empty(); batch = reader->next()) {
    const auto views = arrow::view_batch(reader->fields(), *batch);
    for (int64_t row = 0; row < batch->length; ++row) {
      text.begin_row();
      for (size_t i = 0; i < views.size(); ++i) {
        views[i].is_null(row) ? text.put_null(i) : text.put_value(i, views[i], row);
      }
      text.end_row();
      text.text() += '\n';
    }
  }
  settings.path = fuzz::scratch_file(text.text(), ".again.ndjson");
  settings.table = "again";
  json::Store store(settings);
  json::Session again(store);
  const auto scan = again.scan();
  int64_t rows = 0;
  require(all_rows(again, scan->tables.at(0), nullptr, nullptr, rows) == whole, "what was written reads back");
}

void check_table(json::Session& session, const json::Table& table) {
  int64_t rows = 0;
  LeftOut left_out;
  const std::string whole = all_rows(session, table, nullptr, nullptr, rows, &left_out);
  require(rows == table.rows, "the reader delivers as many rows as the scan has counted");
  require(left_out.rows == table.unreadable, "and leaves out as many");
  LeftOut parts;
  if (rows > 0 && left_out.rows == 0) check_written(session, table, whole);
  std::string together;
  sdk::KeyValue lower{SLUICE_KEY_LOCAL, 0, {}};
  for (size_t i = 0; i <= table.marks.size(); ++i) {
    const bool is_last = i == table.marks.size();
    sdk::KeyValue upper{SLUICE_KEY_LOCAL, is_last ? 0 : table.marks[i], {}};
    together += all_rows(session, table, i == 0 ? nullptr : &lower, is_last ? nullptr : &upper, rows, &parts);
    lower = upper;
  }
  require(together == whole, "chunks together are the whole");
  require(parts.keys == left_out.keys, "and leave out the same");
}

void check_store(std::string_view text, uint8_t choice) {
  json::Settings settings;
  settings.path = fuzz::scratch_file(text, ".json");
  settings.table = "t";
  settings.max_depth = 64;
  settings.max_record = 4096;
  settings.shape = static_cast<json::Shape>(choice % 5);
  settings.flattens_all = (choice & 8) != 0;
  if ((choice & 16) != 0) settings.split = {{"s", ""}, {"s.s", ""}};
  if ((choice & 32) != 0) settings.record = {"a"};
  if ((choice & 64) != 0) settings.parse = {"a", "s"};
  try {
    json::Store store(settings);
    json::Session session(store);
    json::describe_catalog(session, "{\"evidence\": true, \"rejects\": true}");
    const auto scan = session.scan();
    for (const json::Table& table : scan->tables) {
      if (!table.columns.empty() && table.marks.size() < 50) check_table(session, table);
    }
  } catch (const Error& error) {
    require(error.code() != Code::internal, "only input is to blame");
    require(error.hint() != "report this as a bug", "every fault is found");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_parsers(text);
  check_store(text, data[0]);
  return 0;
}
