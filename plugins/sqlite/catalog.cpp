#include "catalog.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "describe.hpp"
#include "estimate.hpp"
#include "evidence.hpp"
#include "quote.hpp"
#include "references.hpp"
#include "session.hpp"
#include "shape.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;

struct Filter {
  std::vector<std::string> tables;
  std::vector<std::string> views;
  bool has_evidence = false;

  bool takes(const std::string& table) const {
    return tables.empty() || has_name(tables, table);
  }
  bool takes_view(const std::string& view) const { return has_name(views, view); }

 private:
  static bool has_name(const std::vector<std::string>& names, const std::string& wanted) {
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return same_name(name, wanted); });
  }
};

Filter filter_from_json(const std::string& text) {
  if (text.empty()) return {};
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) throw Error(Code::invalid_argument, "catalog: the filter is not a JSON object: " + text);
  const std::string schema = object.value("schema", "");
  if (!schema.empty() && !same_name(schema, "main")) {
    throw Error(Code::not_found, "schema " + schema + ": an SQLite file has no schemas but 'main'");
  }
  Filter filter;
  filter.tables = object.value("tables", std::vector<std::string>{});
  filter.views = object.value("views", std::vector<std::string>{});
  filter.has_evidence = object.value("evidence", false);
  return filter;
}

struct Listed {
  std::string name;
  std::string type;
  std::string sql;
};

std::vector<Listed> list_tables(Session& session) {
  Statement list(
      session,
      "SELECT l.name, l.type, coalesce(s.sql, '') FROM pragma_table_list l JOIN sqlite_schema s ON s.name = l.name "
      "WHERE l.schema = 'main' AND s.type IN ('table', 'view') ORDER BY s.rowid",
      "listing tables");
  std::vector<Listed> listed;
  while (list.step()) {
    const std::string name = list.string(0);
    if (lower(name).compare(0, 7, "sqlite_") == 0 || is_ledger_name(name)) continue;
    listed.push_back({name, list.string(1), list.string(2)});
  }
  return listed;
}

void note_triggers(Session& session, std::vector<std::string>& notes) {
  Statement list(session, "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'", "listing triggers");
  while (list.step()) notes.push_back("trigger " + list.string(0) + " on " + list.string(1) + " is not copied");
}

/// Tables share the file's bytes by their rows where their own are not known.
void share_bytes(json& tables, int64_t bytes) {
  double rows = 0;
  for (const json& table : tables) rows += static_cast<double>(table["rows"].get<int64_t>());
  for (json& table : tables) {
    const double share = rows > 0 ? static_cast<double>(table["rows"].get<int64_t>()) / rows : 0;
    table["bytes"] = static_cast<int64_t>(share * static_cast<double>(bytes));
  }
}

void set_bytes(Session& session, json& tables, bool may_scan) {
  const auto measured = may_scan ? measure_bytes(session) : std::map<std::string, int64_t>{};
  if (measured.empty()) return share_bytes(tables, used_bytes(session));
  for (json& table : tables) {
    const auto found = measured.find(table["name"].get<std::string>());
    table["bytes"] = found == measured.end() ? 0 : found->second;
  }
}

json describe_listed(Session& session, const Listed& listed, bool has_evidence, std::vector<std::string>& notes) {
  const TableShape shape = shape_of(session, nullptr, listed.name);
  if (!has_evidence) {
    json table = describe_table(session, shape, listed.sql, nullptr, notes);
    table["rows"] = estimate_rows(session, shape);
    return table;
  }
  const TableEvidence evidence = scan_table(session, shape);
  json table = describe_table(session, shape, listed.sql, &evidence, notes);
  table["rows"] = evidence.rows;
  note_dangling_references(session, shape, notes);
  return table;
}

}  // namespace

std::string describe_catalog(Session& session, const std::string& filter_text) {
  const Filter filter = filter_from_json(filter_text);
  std::vector<std::string> notes;
  json tables = json::array();
  for (const Listed& listed : list_tables(session)) {
    const bool is_wanted_view = listed.type == "view" && filter.takes_view(listed.name);
    if (listed.type != "table" && !is_wanted_view) {
      notes.push_back(listed.type + (listed.type == "view" ? " " : " table ") + listed.name + " is not copied");
    } else if (is_wanted_view || filter.takes(listed.name)) {
      tables.push_back(describe_listed(session, listed, filter.has_evidence, notes));
    }
  }
  note_triggers(session, notes);
  set_bytes(session, tables, filter.has_evidence);
  const json catalog = {{"schema", ""}, {"tables", std::move(tables)}, {"notes", notes}};
  return catalog.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::sqlite
