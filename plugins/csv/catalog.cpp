#include "catalog.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "estimate.hpp"
#include "evidence.hpp"
#include "session.hpp"
#include "sources.hpp"

namespace sluice::csv {

namespace {

using nlohmann::json;

struct Filter {
  std::vector<std::string> tables;
  bool has_evidence = false;
  Unreadable unreadable = Unreadable::refuse;

  bool takes(const std::string& table) const {
    return tables.empty() || std::find(tables.begin(), tables.end(), table) != tables.end();
  }
};

Filter filter_from_json(const std::string& text) {
  if (text.empty()) return {};
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) throw Error(Code::invalid_argument, "catalog: the filter is not a JSON object: " + text);
  const std::string schema = object.value("schema", "");
  if (!schema.empty())
    throw Error(Code::not_found, "schema " + schema + ": CSV files have no schemas", "leave `schema` out");
  return {object.value("tables", std::vector<std::string>{}), object.value("evidence", false),
          object.value("rejects", false) ? Unreadable::count : Unreadable::refuse};
}

json evidence_to_json(const ColumnEvidence& seen, int64_t rows) {
  return {{"rows", rows},
          {"nulls", seen.nulls},
          {"integers", seen.integers},
          {"reals", 0},
          {"texts", seen.texts},
          {"blobs", seen.blobs},
          {"min_integer", seen.min_integer},
          {"max_integer", seen.max_integer},
          {"max_bytes", seen.max_bytes},
          {"dates", seen.dates},
          {"timestamps", seen.timestamps},
          {"zoned", seen.zoned},
          {"numbers", seen.numbers},
          {"uuids", seen.uuids},
          {"jsons", seen.jsons},
          {"true_false", seen.true_false},
          {"nul_bytes", 0},
          {"invalid_utf8", 0},
          {"max_scale", 0},
          {"max_digits", seen.max_digits}};
}

json describe_column(const std::string& name, const arrow::Type& type, const arrow::Type& carrier) {
  return {{"name", name},
          {"type", arrow::to_text(type)},
          {"carrier", arrow::to_text(carrier)},
          {"native", "csv text"},
          {"nullable", true}};
}

json describe_table(Session& session, Source source, const Filter& filter, std::vector<std::string>& notes) {
  json table = {{"name", source.name}, {"bytes", source.bytes()}, {"columns", json::array()}};
  const int64_t known_rows = source.rows;
  const Shape shape = shape_of(std::move(source), session.home().cancelled());
  if (!filter.has_evidence) {
    table["rows"] = known_rows >= 0 ? known_rows : estimate_rows(shape, session.home().cancelled());
    const arrow::Type text{arrow::Kind::text};
    for (const std::string& name : shape.columns) table["columns"].push_back(describe_column(name, text, text));
    return table;
  }
  const TableEvidence evidence = scan_table(shape, filter.unreadable, session.home().cancelled());
  table["rows"] = evidence.rows + evidence.unreadable;
  if (evidence.fault) {
    notes.push_back(files::note_unreadable(shape.source.name, evidence.unreadable, evidence.fault->what()));
  }
  for (size_t i = 0; i < shape.columns.size(); ++i) {
    const ColumnEvidence& seen = evidence.columns[i];
    json column = describe_column(shape.columns[i], seen.type, seen.carrier);
    column["evidence"] = evidence_to_json(seen, evidence.rows);
    table["columns"].push_back(std::move(column));
  }
  return table;
}

}  // namespace

std::string describe_catalog(Session& session, const std::string& filter_text) {
  const Filter filter = filter_from_json(filter_text);
  json tables = json::array();
  std::vector<std::string> notes;
  for (Source& source : list_sources(session)) {
    if (filter.takes(source.name)) tables.push_back(describe_table(session, std::move(source), filter, notes));
  }
  const json catalog = {{"schema", ""}, {"tables", std::move(tables)}, {"notes", notes}};
  return catalog.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::csv
