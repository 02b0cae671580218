#include "ddl.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "ddl_names.hpp"
#include "ddl_types.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

using arrow::Kind;
using nlohmann::json;

std::string text_of(const json& object, const char* field) { return object.value(field, std::string()); }

std::vector<std::string> texts_of(const json& object, const char* field) {
  return object.value(field, std::vector<std::string>());
}

const json& list_of(const json& object, const char* field) {
  static const json kEmpty = json::array();
  const auto found = object.find(field);
  return found == object.end() ? kEmpty : *found;
}

std::string name_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quote_name(name);
  return list;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : "_") + name;
  return all;
}

std::string action_clause(const json& key, const char* field, const char* clause) {
  const std::string action = text_of(key, field);
  static constexpr const char* kActions[][2] = {
      {"cascade", "CASCADE"}, {"restrict", "RESTRICT"}, {"set null", "SET NULL"}, {"set default", "SET DEFAULT"}};
  for (const auto& [word, sql] : kActions) {
    if (action == word) return std::string(clause) + sql;
  }
  return "";
}

/// Only these have counters here.
bool is_integer(const ColumnForm& form) { return form.native == "smallint" || form.native == "integer" || form.native == "bigint"; }

/// Collects the answer for one catalog. Used once.
class DdlWriter {
 public:
  DdlWriter(const std::string& default_schema, const json& catalog)
      : default_schema_(default_schema), catalog_(catalog) {
    for (const json& table : list_of(catalog, "tables")) names_.reserve(text_of(table, "name"));
  }

  std::string write(const std::string& stage) {
    if (stage == "tables") {
      write_schemas();
      for (const json& table : list_of(catalog_, "tables")) write_table(table);
    } else if (stage == "clear") {
      write_clear();
    } else if (stage == "count") {
      for (const json& table : list_of(catalog_, "tables"))
        add(0, "count", table, "", "SELECT count(*) FROM " + qualified(table));
    } else if (stage == "finish") {
      for (const json& table : list_of(catalog_, "tables")) write_finish(table);
    } else {
      throw Error(Code::invalid_argument, "ddl: expected stage tables, finish, clear or count, found " + stage);
    }
    return json{{"statements", statements_}, {"columns", columns_}, {"warnings", warnings_}}.dump();
  }

 private:
  std::string schema_of(const json& table) const {
    const std::string own = text_of(table, "schema");
    if (!own.empty()) return own;
    const std::string common = text_of(catalog_, "schema");
    return common.empty() ? default_schema_ : common;
  }

  std::string qualified(const json& table) const { return quote_qualified(schema_of(table), text_of(table, "name")); }

  void add(int group, const char* kind, const json& table, const std::string& name, std::string sql) {
    statements_.push_back({{"sql", std::move(sql)},
                           {"kind", kind},
                           {"schema", table.is_null() ? name : schema_of(table)},
                           {"table", table.is_null() ? "" : text_of(table, "name")},
                           {"name", name},
                           {"group", group},
                           {"transactional", true}});
  }

  void warn(const json& table, const std::string& what, const std::string& text) {
    warnings_.push_back(text_of(table, "name") + (what.empty() ? "" : "." + what) + ": " + text);
  }

  void write_schemas() {
    std::set<std::string> schemas;
    for (const json& table : list_of(catalog_, "tables")) schemas.insert(schema_of(table));
    schemas.erase("public");
    for (const std::string& schema : schemas) {
      add(0, "schema", json(), schema, "CREATE SCHEMA IF NOT EXISTS " + quote_name(schema));
    }
  }

  void write_table(const json& table) {
    const std::string name = text_of(table, "name");
    std::string body;
    for (const json& column : list_of(table, "columns"))
      body += (body.empty() ? "  " : ",\n  ") + column_clause(table, column);
    for (const json& check : list_of(table, "checks")) {
      const std::string own = text_of(check, "name");
      body += ",\n  " + (own.empty() ? "" : "CONSTRAINT " + quote_name(cut_utf8(own, kMaxNameBytes)) + " ") +
              "CHECK (" + text_of(check, "expression") + ")";
    }
    add(1, "table", table, name, "CREATE TABLE " + qualified(table) + " (\n" + body + "\n)");
    write_comments(table);
  }

  std::string column_clause(const json& table, const json& column) {
    const std::string name = text_of(column, "name");
    const arrow::Type type = arrow::type_from_text(text_of(column, "type"));
    const std::string native = text_of(column, "native");
    const ColumnForm form = column_form(type, native);
    columns_.push_back({{"table", text_of(table, "name")},
                        {"column", name},
                        {"native", form.native},
                        {"carrier", arrow::to_text(form.carrier)}});
    std::string clause = quote_name(name) + " " + form.native;
    const bool is_identity = column.value("identity", false);
    if (is_identity && is_integer(form)) clause += " GENERATED BY DEFAULT AS IDENTITY";
    if (is_identity && !is_integer(form)) warn(table, name, "is " + form.native + " and counts no longer");
    clause += default_of(table, column, type.kind, form.native);
    if (!column.value("nullable", true)) clause += " NOT NULL";
    if (!text_of(column, "generated").empty()) warn(table, name, "is generated: becomes an ordinary column");
    if (!native.empty() && type.kind == Kind::text && !is_kept_as_text(native))
      warn(table, name, native + " is kept as text");
    if (form.native == "jsonb" && native != "jsonb")
      warn(table, name, "JSON is held as jsonb: blanks, the order of keys and all but the last of equal keys are not kept (text keeps them)");
    return clause;
  }

  std::string default_of(const json& table, const json& column, Kind kind, const std::string& native) {
    const json& value = list_of(column, "default");
    if (!value.is_object() || text_of(value, "kind") == "none") return "";
    const std::string clause = default_clause(text_of(value, "kind"), text_of(value, "text"), kind);
    if (clause.empty()) {
      warn(table, text_of(column, "name"),
           "default " + text_of(value, "kind") + " does not fit " + native + ": left out");
    }
    return clause;
  }

  void write_comments(const json& table) {
    const std::string comment = text_of(table, "comment");
    if (!comment.empty()) {
      add(2, "comment", table, "", "COMMENT ON TABLE " + qualified(table) + " IS " + quote_literal(comment));
    }
    for (const json& column : list_of(table, "columns")) {
      const std::string text = text_of(column, "comment");
      if (text.empty()) continue;
      const std::string name = text_of(column, "name");
      add(2, "comment", table, name,
          "COMMENT ON COLUMN " + qualified(table) + "." + quote_name(name) + " IS " + quote_literal(text));
    }
  }

  /// One statement for all, as foreign keys among them let none be emptied alone.
  void write_clear() {
    std::string list;
    for (const json& table : list_of(catalog_, "tables")) list += (list.empty() ? "" : ", ") + qualified(table);
    if (!list.empty()) add(0, "clear", list_of(catalog_, "tables").front(), "", "TRUNCATE TABLE " + list);
  }

  void write_finish(const json& table) {
    if (const json& key = list_of(table, "primary_key"); key.is_object()) write_key(table, key, "primary_key", "pkey");
    for (const json& key : list_of(table, "uniques")) write_key(table, key, "unique", "key");
    for (const json& index : list_of(table, "indexes")) write_index(table, index);
    for (const json& key : list_of(table, "foreign_keys")) write_foreign_key(table, key);
    for (const json& column : list_of(table, "columns")) {
      const ColumnForm form = column_form(arrow::type_from_text(text_of(column, "type")), text_of(column, "native"));
      if (column.value("identity", false) && is_integer(form)) write_sequence(table, column);
    }
    add(5, "analyze", table, "", "ANALYZE " + qualified(table));
  }

  /// A unique index first, which shares its lock with others on the table, then the constraint over it, which is quick.
  void write_key(const json& table, const json& key, const char* kind, const char* suffix) {
    const auto columns = texts_of(key, "columns");
    const bool is_primary = std::string(kind) == "primary_key";
    const std::string own = text_of(key, "name");
    const std::string usual = composed_name(text_of(table, "name"), is_primary ? "" : joined(columns), suffix);
    const std::string name = names_.take(own.empty() ? usual : own);
    add(1, "index", table, name,
        "CREATE UNIQUE INDEX " + quote_name(name) + " ON " + qualified(table) + " (" + name_list(columns) + ")");
    add(2, kind, table, name,
        "ALTER TABLE " + qualified(table) + " ADD CONSTRAINT " + quote_name(name) +
            (is_primary ? " PRIMARY KEY" : " UNIQUE") + " USING INDEX " + quote_name(name));
  }

  void write_index(const json& table, const json& index) {
    const std::string expression = text_of(index, "expression");
    std::string list;
    std::vector<std::string> columns;
    for (const json& column : list_of(index, "columns")) {
      columns.push_back(text_of(column, "name"));
      list +=
          (list.empty() ? "" : ", ") + quote_name(columns.back()) + (column.value("descending", false) ? " DESC" : "");
    }
    if (!expression.empty() && expression.rfind("USING ", 0) != 0) {
      return warn(table, text_of(index, "name"),
                  "is an index over an expression in another store's language: left out");
    }
    const std::string own = text_of(index, "name");
    const std::string name =
        names_.take(own.empty() ? composed_name(text_of(table, "name"), joined(columns), "idx") : own);
    const std::string where = text_of(index, "where");
    add(1, "index", table, name,
        std::string("CREATE ") + (index.value("unique", false) ? "UNIQUE " : "") + "INDEX " + quote_name(name) +
            " ON " + qualified(table) + " " + (expression.empty() ? "(" + list + ")" : expression) +
            (where.empty() ? "" : " WHERE " + where));
  }

  void write_foreign_key(const json& table, const json& key) {
    const auto columns = texts_of(key, "columns");
    const std::string own = text_of(key, "name");
    const std::string usual = composed_name(text_of(table, "name"), joined(columns), "fkey");
    const std::string name = constraint_names(table).take(own.empty() ? usual : own);
    const std::string schema = text_of(key, "ref_schema").empty() ? schema_of(table) : text_of(key, "ref_schema");
    const auto referenced = texts_of(key, "ref_columns");
    add(3, "foreign_key", table, name,
        "ALTER TABLE " + qualified(table) + " ADD CONSTRAINT " + quote_name(name) + " FOREIGN KEY (" +
            name_list(columns) + ") REFERENCES " + quote_qualified(schema, text_of(key, "ref_table")) +
            (referenced.empty() ? "" : " (" + name_list(referenced) + ")") +
            action_clause(key, "on_delete", " ON DELETE ") + action_clause(key, "on_update", " ON UPDATE "));
  }

  /// Constraints without an index are named per table.
  RelationNames& constraint_names(const json& table) {
    const auto [found, is_new] = constraint_names_.try_emplace(qualified(table));
    if (is_new) {
      for (const json& check : list_of(table, "checks")) found->second.reserve(text_of(check, "name"));
      for (const json& statement : statements_) {
        const bool is_own = statement["table"] == text_of(table, "name") && statement["kind"] != "index";
        if (is_own) found->second.reserve(statement["name"]);
      }
    }
    return found->second;
  }

  void write_sequence(const json& table, const json& column) {
    const std::string name = text_of(column, "name");
    const int64_t last = std::max<int64_t>(column.value("next", int64_t{0}) - 1, 0);
    const std::string sequence = "pg_get_serial_sequence(" + quote_literal(qualified(table)) + ", " + quote_literal(name) + ")";
    // Never back: others may have drawn numbers of a table that exists.
    add(4, "sequence", table, name,
        "SELECT setval(" + sequence + ", greatest(top, 1), top >= 1) FROM (SELECT greatest(coalesce(max(" + quote_name(name) + "), 0), " +
            std::to_string(last) + ", pg_catalog.pg_sequence_last_value(" + sequence + "::regclass)) AS top FROM " + qualified(table) + ") s");
  }

  std::string default_schema_;
  const json& catalog_;
  RelationNames names_;
  std::map<std::string, RelationNames> constraint_names_;  // by qualified table
  json statements_ = json::array();
  json columns_ = json::array();
  json warnings_ = json::array();
};

}  // namespace

std::string make_ddl(const std::string& default_schema, const std::string& catalog, const std::string& stage) {
  try {
    const json parsed = json::parse(catalog);
    return DdlWriter(default_schema, parsed).write(stage);
  } catch (const json::exception& e) {
    throw Error(Code::invalid_argument, std::string("ddl: not a catalog: ") + e.what());
  }
}

}  // namespace sluice::postgres
