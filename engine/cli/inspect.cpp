#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/nearest.hpp"
#include "base/units.hpp"
#include "catalog/decide_select.hpp"
#include "catalog/decide_type.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

/// A column as a migration would take it.
struct Finding {
  const catalog::Column& column;
  catalog::Decision decision;
};

std::vector<Finding> findings_of(const catalog::Table& table) {
  std::vector<Finding> findings;
  for (const catalog::Column& column : table.columns) findings.push_back({column, catalog::decide_type(column)});
  return findings;
}

std::string counts_of(const catalog::Table& table) {
  std::string text = "about " + count_to_text(table.rows) + " rows, " + size_to_text(table.bytes);
  const auto add = [&](size_t count, const std::string& one, const std::string& many) {
    if (count > 0) text += ", " + std::to_string(count) + " " + (count == 1 ? one : many);
  };
  text += table.primary_key ? "" : ", no primary key";
  add(table.uniques.size(), "unique key", "unique keys");
  add(table.indexes.size(), "index", "indexes");
  add(table.foreign_keys.size(), "foreign key", "foreign keys");
  add(table.checks.size(), "check", "checks");
  return text;
}

void print_column(const Finding& finding) {
  const catalog::Column& column = finding.column;
  const std::string native = column.native.empty() ? "without a type" : column.native;
  std::string text = "    " + column.name + "  " + native + " -> " + arrow::to_text(finding.decision.compare);
  if (!column.nullable) text += " not null";
  if (column.identity) text += " identity, next " + std::to_string(column.next);
  if (!finding.decision.reason.empty()) text += "  [" + finding.decision.reason + "]";
  std::printf("%s\n", escape_terminal(text).c_str());
  if (!finding.decision.warning.empty()) std::printf("      ! %s\n", escape_terminal(finding.decision.warning).c_str());
}

/// Notes begin with the name of the table that they are about, if they are about one.
std::vector<std::string> notes_on(const catalog::Catalog& catalog, const std::vector<const catalog::Table*>& tables) {
  std::vector<std::string> notes;
  for (const std::string& note : catalog.notes) {
    const std::string name = note.substr(0, note.find_first_of(".:"));
    const bool is_selected = std::any_of(tables.begin(), tables.end(), [&](const catalog::Table* table) { return table->name == name; });
    if (is_selected || catalog.find_table(name) == nullptr) notes.push_back(note);
  }
  return notes;
}

void print_text(const catalog::Catalog& catalog, const std::vector<const catalog::Table*>& tables) {
  int64_t rows = 0, bytes = 0;
  for (const catalog::Table* table : tables) {
    rows += table->rows;
    bytes += table->bytes;
    std::printf("%s  %s\n", escape_terminal(table->name).c_str(), counts_of(*table).c_str());
    for (const Finding& finding : findings_of(*table)) print_column(finding);
  }
  std::printf("%s, in all about %s rows, %s\n", count_of(static_cast<int64_t>(tables.size()), "table").c_str(), count_to_text(rows).c_str(),
              size_to_text(bytes).c_str());
  for (const std::string& note : notes_on(catalog, tables)) std::printf("note: %s\n", escape_terminal(note).c_str());
}

json column_to_json(const Finding& finding) {
  return {{"name", finding.column.name},          {"native", finding.column.native},       {"type", arrow::to_text(finding.decision.compare)},
          {"nullable", finding.column.nullable},  {"identity", finding.column.identity},   {"evidence", finding.decision.reason},
          {"warning", finding.decision.warning}};
}

void print_json(const catalog::Catalog& catalog, const std::vector<const catalog::Table*>& tables) {
  json list = json::array();
  for (const catalog::Table* table : tables) {
    json columns = json::array();
    for (const Finding& finding : findings_of(*table)) columns.push_back(column_to_json(finding));
    list.push_back({{"name", table->name}, {"schema", table->schema}, {"rows", table->rows}, {"bytes", table->bytes},
                    {"primary_key", table->primary_key ? table->primary_key->columns : std::vector<std::string>()}, {"columns", columns}});
  }
  std::printf("%s\n", json{{"tables", list}, {"notes", notes_on(catalog, tables)}}.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
}

}  // namespace

int inspect_command(const Options& options) {
  const auto store = open_for_reading(plugin_search(options.plugin_directories), "store", options.source, options.source_schema);
  const catalog::Catalog catalog = store->open_session()->catalog({.schema = options.source_schema, .evidence = true});
  catalog::MapSpec spec;
  if (!options.tables.empty()) spec.include = options.tables;
  spec.except = options.except;
  const auto tables = catalog.tables.empty() ? std::vector<const catalog::Table*>() : catalog::select_tables(catalog, spec);
  if (options.is_json) {
    print_json(catalog, tables);
  } else if (!options.is_quiet) {
    print_text(catalog, tables);
  }
  return 0;
}

}  // namespace sluice::cli
