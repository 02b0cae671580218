#include "ddl.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "ddl_table.hpp"
#include "native_type.hpp"
#include "quote.hpp"
#include "trial.hpp"
#include "wanted.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;

/// Groups of stage "finish", in their order.
enum Group { kIndexes = 0, kSequences = 1, kStatistics = 2 };

json statement(const std::string& sql, const char* kind, const std::string& table, const std::string& name, int group) {
  return {{"sql", sql},   {"kind", kind},   {"schema", ""},         {"table", table},
          {"name", name}, {"group", group}, {"transactional", true}};
}

/// Gives every index a name that no table and no other index has: SQLite has one name space per file.
class IndexNames {
 public:
  explicit IndexNames(const std::vector<WantedTable>& tables) {
    for (const WantedTable& table : tables) taken_.insert(lower(table.name));
  }

  std::string take(const WantedTable& table, const WantedIndex& index) {
    const bool is_usable = !index.name.empty() && lower(index.name).compare(0, 7, "sqlite_") != 0;
    std::string base = is_usable ? index.name : table.name + suffix_of(index);
    if (taken_.count(lower(base)) != 0) base = table.name + "_" + base;
    std::string name = base;
    for (int i = 2; !taken_.insert(lower(name)).second; ++i) name = base + "_" + std::to_string(i);
    return name;
  }

 private:
  static std::string suffix_of(const WantedIndex& index) {
    std::string suffix;
    for (const auto& column : index.columns) suffix += "_" + column.first;
    return suffix + "_index";
  }

  std::set<std::string> taken_;
};

/// Writes the stage "finish". Lives for one call; the trial database has the tables already.
class Finisher {
 public:
  Finisher(const std::vector<WantedTable>& tables, Trial& trial, json& statements, std::vector<std::string>& warnings)
      : tables_(tables), names_(tables), trial_(trial), statements_(statements), warnings_(warnings) {}

  void write() {
    for (const WantedTable& table : tables_) {
      for (const WantedIndex& index : table.indexes) add_index(table, index);
    }
    for (const WantedTable& table : tables_) {
      const WantedColumn* rowid = table.rowid_column();
      if (rowid != nullptr && rowid->is_identity) add_sequence(table, *rowid);
    }
    for (const WantedTable& table : tables_) {
      statements_.push_back(
          statement("ANALYZE " + quote_name(table.name), "analyze", table.name, table.name, kStatistics));
    }
  }

 private:
  void add_index(const WantedTable& table, const WantedIndex& index) {
    const std::string name = names_.take(table, index);
    const std::string sql = index.expression.empty() ? index_sql(table, index, name) : index.expression;
    const std::string refusal = trial_.refusal_of(sql);
    if (!refusal.empty()) {
      warnings_.push_back(table.name + ": the index " + index.name + " is left out: " + refusal);
      return;
    }
    trial_.keep(sql);
    if (index.expression.empty() && name != index.name) {
      warnings_.push_back(table.name + ": the index '" + index.name + "' becomes " + name);
    }
    statements_.push_back(statement(sql, "index", table.name, index.expression.empty() ? name : index.name, kIndexes));
  }

  static std::string index_sql(const WantedTable& table, const WantedIndex& index, const std::string& name) {
    std::string columns;
    for (const auto& [column, is_descending] : index.columns) {
      columns += (columns.empty() ? "" : ", ") + quote_name(column) + (is_descending ? " DESC" : "");
    }
    return std::string("CREATE ") + (index.is_unique ? "UNIQUE " : "") + "INDEX " + quote_name(name) + " ON " +
           quote_name(table.name) + " (" + columns + ")" + (index.where.empty() ? "" : " WHERE " + index.where);
  }

  void add_sequence(const WantedTable& table, const WantedColumn& column) {
    const std::string name = quote_text(table.name);
    const std::string last = std::to_string(column.next > 0 ? column.next - 1 : 0);
    const std::string sql = "INSERT INTO sqlite_sequence (name, seq) SELECT " + name +
                            ", 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = " + name +
                            ");\nUPDATE sqlite_sequence SET seq = max(seq, " + last + ", coalesce((SELECT max(" +
                            quote_name(column.name) + ") FROM " + quote_name(table.name) +
                            "), 0)) WHERE name = " + name;
    statements_.push_back(statement(sql, "sequence", table.name, table.name, kSequences));
  }

  const std::vector<WantedTable>& tables_;
  IndexNames names_;
  Trial& trial_;
  json& statements_;
  std::vector<std::string>& warnings_;
};

json columns_of(const std::vector<WantedTable>& tables) {
  json columns = json::array();
  for (const WantedTable& table : tables) {
    for (const WantedColumn& column : table.columns) {
      const HeldType held = held_type(column.type);
      columns.push_back({{"table", table.name},
                         {"column", column.name},
                         {"native", held.native},
                         {"carrier", arrow::to_text(held.carrier)}});
    }
  }
  return columns;
}

/// Stages "clear" and "count": one statement per table.
std::string statements_per_table(const std::string& catalog, const std::string& stage) {
  json statements = json::array();
  const json wanted = json::parse(catalog);
  for (const json& table : wanted.at("tables")) {
    const std::string name = table.at("name");
    const std::string sql = (stage == "clear" ? "DELETE FROM " : "SELECT count(*) FROM ") + quote_name(name);
    statements.push_back(statement(sql, stage.c_str(), name, name, 0));
  }
  const json ddl = {{"statements", statements}, {"columns", json::array()}, {"warnings", json::array()}};
  return ddl.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string ddl_for_catalog(const std::string& catalog, const std::string& stage) {
  if (stage != "tables" && stage != "finish" && stage != "clear" && stage != "count") {
    throw Error(Code::invalid_argument, "ddl: expected stage tables, finish, clear or count, found '" + stage + "'");
  }
  if (stage == "clear" || stage == "count") return statements_per_table(catalog, stage);
  const std::vector<WantedTable> tables = wanted_from_json(catalog);
  Trial trial;
  json statements = json::array();
  std::vector<std::string> warnings;
  for (const WantedTable& table : tables) {
    const std::string sql = TableWriter(table, tables, trial, warnings).write();
    trial.keep(sql);
    statements.push_back(statement(sql, "table", table.name, table.name, 0));
  }
  if (stage == "finish") {
    statements.clear();
    warnings.clear();
    Finisher(tables, trial, statements, warnings).write();
  }
  const json ddl = {{"statements", statements}, {"columns", columns_of(tables)}, {"warnings", warnings}};
  return ddl.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::sqlite
