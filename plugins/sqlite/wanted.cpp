#include "wanted.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "quote.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

const json& list(const json& object, const char* field) {
  static const json kNone = json::array();
  const auto found = object.find(field);
  return found == object.end() || found->is_null() ? kNone : *found;
}

std::string text(const json& object, const char* field) { return object.value(field, ""); }

WantedColumn column_from_json(const json& object) {
  WantedColumn column;
  column.name = object.at("name");
  column.type = arrow::type_from_text(object.at("type"));
  column.is_nullable = object.value("nullable", false);
  if (object.contains("default"))
    column.default_value = {object["default"].value("kind", "none"), text(object["default"], "text")};
  column.is_identity = object.value("identity", false);
  column.next = object.value("next", int64_t{0});
  column.generated = text(object, "generated");
  return column;
}

WantedKey key_from_json(const json& object) { return {text(object, "name"), object.at("columns").get<Names>()}; }

WantedIndex index_from_json(const json& object) {
  WantedIndex index{
      text(object, "name"), {}, object.value("unique", false), text(object, "where"), text(object, "expression")};
  for (const json& column : list(object, "columns")) {
    index.columns.emplace_back(column.at("name"), column.value("descending", false));
  }
  return index;
}

WantedForeignKey foreign_key_from_json(const json& object) {
  return {text(object, "name"),      object.at("columns").get<Names>(),
          object.at("ref_table"),    object.value("ref_columns", Names{}),
          text(object, "on_delete"), text(object, "on_update")};
}

WantedTable table_from_json(const json& object) {
  WantedTable table;
  table.name = object.at("name");
  table.has_comments = !text(object, "comment").empty();
  for (const json& column : list(object, "columns")) {
    table.columns.push_back(column_from_json(column));
    table.has_comments |= !text(column, "comment").empty();
  }
  if (object.contains("primary_key")) table.primary_key = key_from_json(object["primary_key"]);
  for (const json& key : list(object, "uniques")) table.uniques.push_back(key_from_json(key));
  for (const json& index : list(object, "indexes")) table.indexes.push_back(index_from_json(index));
  for (const json& key : list(object, "foreign_keys")) table.foreign_keys.push_back(foreign_key_from_json(key));
  for (const json& check : list(object, "checks"))
    table.checks.push_back({text(check, "name"), check.at("expression")});
  return table;
}

class NameCheck {
 public:
  explicit NameCheck(std::string what) : what_(std::move(what)) {}
  void add(const std::string& name) {
    const auto [found, is_new] = seen_.emplace(lower(name), name);
    if (is_new) return;
    throw Error(Code::invalid_argument, what_ + " " + found->second + " and " + name + " are one name for SQLite",
                "rename one of them in the map");
  }

 private:
  std::string what_;
  std::map<std::string, std::string> seen_;
};

void check_names(const std::vector<WantedTable>& tables) {
  NameCheck names("tables");
  for (const WantedTable& table : tables) {
    if (lower(table.name).compare(0, 7, "sqlite_") == 0 || is_ledger_name(table.name)) {
      throw Error(Code::unsupported, "table " + table.name + ": the name is reserved in an SQLite target",
                  "rename it in the map");
    }
    if (table.columns.empty())
      throw Error(Code::unsupported, "table " + table.name + ": SQLite needs at least one column");
    names.add(table.name);
    NameCheck columns("columns of " + table.name + ":");
    for (const WantedColumn& column : table.columns) columns.add(column.name);
  }
}

}  // namespace

const WantedColumn* WantedTable::rowid_column() const {
  if (!primary_key || primary_key->columns.size() != 1) return nullptr;
  for (const WantedColumn& column : columns) {
    const bool is_integer = column.type.kind >= arrow::Kind::int8 && column.type.kind <= arrow::Kind::uint32;
    if (same_name(column.name, primary_key->columns[0])) return is_integer && !column.is_nullable ? &column : nullptr;
  }
  return nullptr;
}

std::vector<WantedTable> wanted_from_json(const std::string& catalog) {
  std::vector<WantedTable> tables;
  try {
    const json object = json::parse(catalog);
    for (const json& table : list(object, "tables")) tables.push_back(table_from_json(table));
  } catch (const json::exception& exception) {
    throw Error(Code::invalid_argument, std::string("ddl: not a catalog: ") + exception.what());
  }
  check_names(tables);
  return tables;
}

}  // namespace sluice::sqlite
