#include "describe.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.hpp"
#include "default_value.hpp"
#include "definition.hpp"
#include "estimate.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;
using Names = std::vector<std::string>;
using Kind = TableDefinition::Constraint::Kind;

json evidence_to_json(const ColumnEvidence& seen, int64_t rows) {
  return {{"rows", rows},
          {"nulls", seen.nulls},
          {"integers", seen.integers},
          {"reals", seen.reals},
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
          {"nul_bytes", seen.nul_bytes},
          {"invalid_utf8", seen.invalid_utf8},
          {"max_scale", seen.max_scale},
          {"max_digits", seen.max_digits}};
}

/// Describes one table; lives for one call.
class Describer {
 public:
  Describer(Session& session, const TableShape& shape, const std::string& sql, std::vector<std::string>& notes)
      : session_(session), shape_(shape), definition_(table_definition_from_sql(sql)), notes_(notes) {}

  json describe(const TableEvidence* evidence) {
    json table = {{"name", shape_.name}, {"columns", json::array()}};
    for (size_t i = 0; i < shape_.columns.size(); ++i) {
      json column = describe_column(shape_.columns[i]);
      if (evidence != nullptr && !shape_.columns[i].is_generated) {
        column["evidence"] = evidence_to_json(evidence->columns[i], evidence->rows);
      }
      table["columns"].push_back(std::move(column));
    }
    describe_primary_key(table);
    describe_indexes(table);
    describe_foreign_keys(table);
    for (const auto& check : definition_.checks) {
      table["checks"].push_back({{"name", check.name}, {"expression", check.expression}});
    }
    return table;
  }

 private:
  json describe_column(const ColumnShape& column) {
    const bool is_rowid = !shape_.rowid_alias.empty() && same_name(column.name, shape_.rowid_alias);
    const bool is_keyed = shape_.kind == TableShape::Kind::keyed_table && column.key_position > 0;
    json described = {{"name", column.name},
                      {"type", arrow::to_text(column.type.logical)},
                      {"carrier", arrow::to_text(column.type.carrier)},
                      {"native", column.declared},
                      {"nullable", !column.is_not_null && !is_rowid && !is_keyed}};
    if (column.has_default) {
      const NeutralDefault value = default_from_sql(column.default_sql, column.type.logical);
      if (value.kind != "none") described["default"] = {{"kind", value.kind}, {"text", value.text}};
    }
    if (is_rowid) {
      described["identity"] = true;
      described["next"] = next_rowid(session_, shape_);
    }
    const TableDefinition::Column* written = definition_.find_column(column.name);
    if (column.is_generated) described["generated"] = written == nullptr ? "unknown" : written->generated;
    if (written != nullptr && !written->collation.empty() && !same_name(written->collation, "binary")) {
      notes_.push_back(shape_.name + "." + column.name + ": collation " + written->collation +
                       " orders and compares texts here; another store may hold texts apart that are equal here");
    }
    return described;
  }

  void describe_primary_key(json& table) {
    const Names key = shape_.key_columns();
    if (key.empty()) return;
    table["primary_key"] = {{"name", definition_.find_name(Kind::primary_key, key)}, {"columns", key}};
  }

  void describe_indexes(json& table) {
    Statement list(session_,
                   "SELECT l.name, l.\"unique\", l.origin, s.sql FROM pragma_index_list(?, 'main') l LEFT JOIN "
                   "sqlite_schema s ON s.type = 'index' AND s.name = l.name ORDER BY l.seq DESC",
                   "describing " + shape_.name);
    list.bind_text(1, shape_.name);
    while (list.step()) {
      const std::string name = list.string(0);
      const auto columns = index_columns(name);
      if (list.text(2) == "u" && columns) {
        Names names;
        for (const json& column : *columns) names.push_back(column["name"]);
        table["uniques"].push_back({{"name", definition_.find_name(Kind::unique, names)}, {"columns", names}});
      } else if (list.text(2) == "c") {
        table["indexes"].push_back(describe_index(name, list.integer(1) != 0, list.string(3), columns));
      }
    }
  }

  json describe_index(const std::string& name, bool is_unique, const std::string& sql,
                      const std::optional<json>& columns) {
    json index = {{"name", name}, {"unique", is_unique}, {"where", index_condition_from_sql(sql)}};
    if (columns) {
      index["columns"] = *columns;
    } else {
      index["expression"] = sql;
    }
    return index;
  }

  /// Nothing for an index over an expression.
  std::optional<json> index_columns(const std::string& index) {
    Statement list(session_,
                   "SELECT cid, name, \"desc\", coll FROM pragma_index_xinfo(?, 'main') WHERE key ORDER BY seqno",
                   "describing index " + index);
    list.bind_text(1, index);
    json columns = json::array();
    while (list.step()) {
      constexpr int64_t kExpression = -2;
      if (list.integer(0) == kExpression) return std::nullopt;
      const std::string name = list.is_null(1) ? shape_.rowid_name : list.string(1);
      columns.push_back({{"name", name}, {"descending", list.integer(2) != 0}});
      note_index_collation(index, name, list.string(3));
    }
    return columns;
  }

  void note_index_collation(const std::string& index, const std::string& column, const std::string& collation) {
    const TableDefinition::Column* written = definition_.find_column(column);
    const std::string usual = written == nullptr || written->collation.empty() ? "binary" : written->collation;
    if (same_name(collation, usual)) return;
    notes_.push_back("index " + index + " on " + shape_.name + ": compares " + column + " by " + collation);
  }

  void describe_foreign_keys(json& table) {
    // SQLite numbers them from the last one written.
    Statement list(
        session_,
        "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?, 'main') ORDER "
        "BY id DESC, seq",
        "describing " + shape_.name);
    list.bind_text(1, shape_.name);
    std::vector<json> keys;
    std::vector<int64_t> ids;
    while (list.step()) {
      if (ids.empty() || ids.back() != list.integer(0)) {
        ids.push_back(list.integer(0));
        keys.push_back({{"ref_table", list.string(1)},
                        {"columns", json::array()},
                        {"ref_columns", json::array()},
                        {"on_update", action(list.string(4))},
                        {"on_delete", action(list.string(5))}});
      }
      keys.back()["columns"].push_back(stored_name(shape_, list.string(2)));
      if (!list.is_null(3)) keys.back()["ref_columns"].push_back(list.string(3));
    }
    for (json& key : keys) finish_foreign_key(key, table);
  }

  void finish_foreign_key(json& key, json& table) {
    const std::string parent_name = key["ref_table"];
    key["name"] = definition_.find_name(Kind::foreign_key, key["columns"].get<Names>());
    if (!has_table(session_, parent_name)) {
      notes_.push_back(shape_.name + ": a foreign key refers to " + parent_name + ", which is not there; left out");
      return;
    }
    const TableShape parent = shape_of(session_, nullptr, parent_name);
    key["ref_table"] = parent.name;
    Names columns = key["ref_columns"].get<Names>();
    if (columns.empty()) columns = parent.key_columns();
    for (std::string& column : columns) column = stored_name(parent, column);
    if (columns.size() != key["columns"].size()) {
      notes_.push_back(shape_.name + ": a foreign key to " + parent.name + " does not fit its key; left out");
      return;
    }
    key["ref_columns"] = columns;
    table["foreign_keys"].push_back(std::move(key));
  }

  static std::string stored_name(const TableShape& shape, const std::string& name) {
    const ColumnShape* column = shape.find_column(name);
    return column == nullptr ? name : column->name;
  }

  static std::string action(const std::string& text) { return same_name(text, "no action") ? "" : lower(text); }

  Session& session_;
  const TableShape& shape_;
  TableDefinition definition_;
  std::vector<std::string>& notes_;
};

}  // namespace

json describe_table(Session& session, const TableShape& shape, const std::string& sql, const TableEvidence* evidence,
                    std::vector<std::string>& notes) {
  return Describer(session, shape, sql, notes).describe(evidence);
}

}  // namespace sluice::sqlite
