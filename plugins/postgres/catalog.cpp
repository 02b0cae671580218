#include "catalog.hpp"

#include <map>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "catalog_sql.hpp"
#include "default_text.hpp"
#include "home.hpp"
#include "look_filter.hpp"
#include "quote.hpp"
#include "shape.hpp"

namespace sluice::postgres {
namespace {

using nlohmann::json;

/// Tables smaller than this are counted where the server has no estimate yet.
constexpr int64_t kCountBelowBytes = 32 << 20;
constexpr int64_t kGuessedRowBytes = 100;

const char* action_text(const std::string& code) {
  switch (code.empty() ? 'a' : code[0]) {
    case 'c': return "cascade";
    case 'r': return "restrict";
    case 'n': return "set null";
    case 'd': return "set default";
    default: return "";
  }
}

void put(json& object, const char* field, const std::string& text) {
  if (!text.empty()) object[field] = text;
}

/// Gathers the answers of the catalog's queries by table. Used once.
class CatalogReader {
 public:
  CatalogReader(Session& session, const LookFilter& filter)
      : control_(session.control()), schema_(filter.schema), params_{filter.schema, filter.tables_array(), filter.views_array()} {}

  json read() {
    json catalog = {{"schema", schema_}, {"tables", json::array()}};
    if (schema_ == kHomeSchema) return catalog;
    read_tables();
    read_columns();
    read_sequences();
    read_constraints();
    read_indexes();
    for (const std::string& oid : order_) catalog["tables"].push_back(std::move(tables_[oid]));
    if (!notes_.empty()) catalog["notes"] = std::move(notes_);
    const Rows notes = ask(kNotesQuery);
    for (size_t i = 0; i < notes.size(); ++i) catalog["notes"].push_back(notes.text(i, 0));
    return catalog;
  }

 private:
  Rows ask(const std::string& sql) { return control_.ask(sql, params_, "reading the catalog of schema " + schema_); }

  /// The table of a row's first column; nullptr for one that is not listed.
  json* table_of(const Rows& rows, size_t row) {
    const auto found = tables_.find(rows.text(row, 0));
    return found == tables_.end() ? nullptr : &found->second;
  }

  void read_tables() {
    const Rows rows = ask(kTablesQuery);
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::string name = rows.text(i, 1);
      json table = {{"schema", schema_}, {"name", name}, {"bytes", rows.integer(i, 4)}, {"columns", json::array()}};
      put(table, "comment", rows.text(i, 2));
      table["rows"] = rows.integer(i, 3) >= 0 ? rows.integer(i, 3) : estimate_rows(name, rows.integer(i, 4));
      tables_[rows.text(i, 0)] = std::move(table);
      order_.push_back(rows.text(i, 0));
    }
  }

  int64_t estimate_rows(const std::string& table, int64_t bytes) {
    if (bytes > kCountBelowBytes) return bytes / kGuessedRowBytes;
    return control_.ask("SELECT count(*) FROM " + quote_qualified(schema_, table)).integer(0, 0);
  }

  void read_columns() {
    const Rows rows = ask(columns_query());
    for (size_t i = 0; i < rows.size(); ++i) {
      json* table = table_of(rows, i);
      if (table == nullptr) continue;
      (*table)["columns"].push_back(column_of(rows, i));
      note_column((*table)["name"], (*table)["columns"].back(), static_cast<uint32_t>(rows.integer(i, 3)));
    }
  }

  /// Types without a logical one of their own come as the server's text of them.
  void note_column(const std::string& table, const json& column, uint32_t base) {
    NativeType type;
    type.base = base;
    if (logical_type(type).kind != arrow::Kind::text || is_text_like(type)) return;
    notes_.push_back(table + "." + column.value("name", "") + ": " + column.value("native", "") + " becomes text, as the server writes it");
  }

  json column_of(const Rows& rows, size_t i) {
    NativeType type;
    type.base = static_cast<uint32_t>(rows.integer(i, 3));
    type.modifier = static_cast<int32_t>(rows.integer(i, 4));
    const std::string logical = arrow::to_text(logical_type(type));
    json column = {{"name", rows.text(i, 1)},
                   {"type", logical},
                   {"carrier", logical},
                   {"native", rows.text(i, 5)},
                   {"nullable", !rows.is_true(i, 2)}};
    const std::string expression = rows.text(i, 6);
    const std::string sequence = rows.text(i, 9);
    const bool counts = rows.is_true(i, 8) || expression.rfind("nextval(", 0) == 0;
    if (!sequence.empty() && counts) {
      column["identity"] = true;
      sequences_.push_back({rows.text(i, 0), rows.text(i, 1), sequence});
    } else if (rows.is_true(i, 7)) {
      column["generated"] = expression;
    } else if (const NeutralDefault neutral = default_from_expression(expression); neutral.kind != "none") {
      column["default"] = {{"kind", neutral.kind}};
      put(column["default"], "text", neutral.text);
      if (neutral.kind == "literal") column["default"]["text"] = neutral.text;
    }
    put(column, "comment", rows.text(i, 10));
    return column;
  }

  void read_sequences() {
    if (sequences_.empty()) return;
    std::string sql;
    for (size_t i = 0; i < sequences_.size(); ++i) {
      // The names come quoted from pg_get_serial_sequence.
      sql += (i == 0 ? "" : " UNION ALL ") + std::string("SELECT ") + std::to_string(i) +
             " AS i, CASE WHEN s.is_called THEN s.last_value + q.seqincrement ELSE s.last_value END FROM " +
             sequences_[i].sequence +
             " s, pg_catalog.pg_sequence q WHERE q.seqrelid = " + quote_literal(sequences_[i].sequence) + "::regclass";
    }
    const Rows rows = control_.ask(sql + " ORDER BY i", {}, "reading the sequences of schema " + schema_);
    for (size_t row = 0; row < rows.size(); ++row) {
      const Sequence& sequence = sequences_.at(static_cast<size_t>(rows.integer(row, 0)));
      for (json& column : tables_[sequence.table]["columns"]) {
        if (column["name"] == sequence.column) column["next"] = rows.integer(row, 1);
      }
    }
  }

  void read_constraints() {
    const Rows rows = ask(kConstraintsQuery);
    for (size_t i = 0; i < rows.size(); ++i) {
      json* table = table_of(rows, i);
      if (table == nullptr) continue;
      json key = {{"name", rows.text(i, 1)}, {"columns", json::parse(rows.text(i, 3))}};
      const std::string type = rows.text(i, 2);
      if (type == "p") (*table)["primary_key"] = std::move(key);
      if (type == "u") (*table)["uniques"].push_back(std::move(key));
      if (type == "c") (*table)["checks"].push_back({{"name", rows.text(i, 1)}, {"expression", rows.text(i, 9)}});
      if (type == "f") (*table)["foreign_keys"].push_back(foreign_key_of(rows, i, std::move(key)));
    }
  }

  static json foreign_key_of(const Rows& rows, size_t i, json key) {
    key["ref_schema"] = rows.text(i, 4);
    key["ref_table"] = rows.text(i, 5);
    key["ref_columns"] = json::parse(rows.text(i, 6));
    put(key, "on_delete", action_text(rows.text(i, 7)));
    put(key, "on_update", action_text(rows.text(i, 8)));
    return key;
  }

  void read_indexes() {
    const Rows rows = ask(kIndexesQuery);
    for (size_t i = 0; i < rows.size(); ++i) {
      json* table = table_of(rows, i);
      if (table == nullptr) continue;
      json index = {{"name", rows.text(i, 1)}};
      if (rows.is_true(i, 2)) index["unique"] = true;
      if (rows.is_true(i, 3)) {
        index["expression"] = rows.text(i, 4);
      } else {
        index["columns"] = json::parse(rows.text(i, 5));
        put(index, "where", rows.text(i, 6));
      }
      (*table)["indexes"].push_back(std::move(index));
    }
  }

  struct Sequence {
    std::string table, column, sequence;
  };

  Control& control_;
  std::string schema_;
  Values params_;
  std::vector<std::string> order_;
  json notes_ = json::array();
  std::map<std::string, json> tables_;  // by oid
  std::vector<Sequence> sequences_;
};

}  // namespace

std::string read_catalog(Session& session, const std::string& filter) {
  return CatalogReader(session, read_filter(session, filter)).read().dump();
}

}  // namespace sluice::postgres
