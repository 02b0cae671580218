#include "describe.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "session.hpp"

namespace sluice::json {

namespace {

using Json = nlohmann::json;

struct Filter {
  std::vector<std::string> tables;
  bool has_evidence = false;
  bool keeps_rejects = false;

  bool takes(const std::string& table) const {
    return tables.empty() || std::find(tables.begin(), tables.end(), table) != tables.end();
  }
};

Filter filter_from_json(const std::string& text) {
  if (text.empty()) return {};
  const Json object = Json::parse(text, nullptr, false);
  if (!object.is_object()) throw Error(Code::invalid_argument, "catalog: the filter is not a JSON object: " + text);
  const std::string schema = object.value("schema", "");
  if (!schema.empty()) throw Error(Code::not_found, "schema " + schema + ": JSON files have no schemas");
  return {object.value("tables", std::vector<std::string>{}), object.value("evidence", false), object.value("rejects", false)};
}

Json describe_column(const Column& column, int64_t rows, bool is_key, bool has_evidence) {
  // Nobody promises that a file's keys stay; what we add ourselves is always there, and so is a key.
  const bool is_made = (column.origin != Origin::field || column.up > 0 || is_key) && column.seen.values() == rows;
  Json described = {{"name", column.name},
                    {"type", arrow::to_text(column.type())},
                    {"carrier", arrow::to_text(column.carrier())},
                    {"native", column.seen.native()},
                    {"nullable", !is_made}};
  if (column.origin == Origin::ordinal) {
    described.update({{"type", "int64"}, {"carrier", "int64"}, {"native", "number"}});
  }
  if (has_evidence) described["evidence"] = column.seen.to_json(rows);
  return described;
}

bool is_key_of(const Table& table, const std::string& name) {
  return std::find(table.primary_key.begin(), table.primary_key.end(), name) != table.primary_key.end();
}

Json describe_table(const Table& table, bool has_evidence) {
  Json described = {{"name", table.name}, {"rows", table.rows + table.unreadable}, {"bytes", table.bytes}, {"columns", Json::array()}};
  for (const Column& column : table.columns) {
    described["columns"].push_back(describe_column(column, table.rows, is_key_of(table, column.name), has_evidence));
  }
  if (!table.primary_key.empty()) described["primary_key"] = {{"columns", table.primary_key}};
  return described;
}

/// Without rejects nothing is left out, so that the first fault is an error.
void note_unreadable(const Table& table, const Filter& filter, std::vector<std::string>& notes) {
  if (table.unreadable == 0) return;
  if (!filter.keeps_rejects || table.columns.empty()) throw *table.fault;
  notes.push_back(files::note_unreadable(table.name, table.unreadable, table.fault->what()));
}

}  // namespace

std::string describe_catalog(Session& session, const std::string& filter_text) {
  const Filter filter = filter_from_json(filter_text);
  const auto scan = session.scan();
  Json tables = Json::array();
  std::vector<std::string> notes = scan->notes;
  for (const Table& table : scan->tables) {
    if (filter.takes(table.name)) note_unreadable(table, filter, notes);
    if (table.columns.empty()) {
      notes.push_back(table.name + ": no record has a key, so there is no table");
    } else if (filter.takes(table.name)) {
      tables.push_back(describe_table(table, filter.has_evidence));
    }
  }
  const Json catalog = {{"schema", ""}, {"tables", std::move(tables)}, {"notes", notes}};
  return catalog.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted) {
  const auto scan = session.scan();
  const Table& table = scan->find(spec.table);
  const auto marks = static_cast<int64_t>(table.marks.size());
  const int64_t chunks = std::clamp<int64_t>(wanted, 1, std::max<int64_t>(marks, 1));
  Json cuts = Json::array();
  for (int64_t i = 1; i < chunks; ++i) {
    cuts.push_back(Json::array({std::to_string(table.marks[static_cast<size_t>(marks * i / chunks)])}));
  }
  return Json{{"key", Json::array()}, {"type", "local"}, {"cuts", cuts}, {"rows", table.rows + table.unreadable}}.dump();
}

}  // namespace sluice::json
