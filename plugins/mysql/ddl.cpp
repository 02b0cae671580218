#include "ddl.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "ddl_types.hpp"
#include "home.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using arrow::Kind;
using nlohmann::json;

std::string text_of(const json& object, const char* field) { return object.value(field, std::string()); }

std::vector<std::string> texts_of(const json& object, const char* field) { return object.value(field, std::vector<std::string>()); }

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

/// Neutral expressions have names in double quotes, which mean texts here.
std::string with_backticks(const std::string& expression) {
  std::string out;
  char open = '\0';
  for (const char c : expression) {
    if (open == '\0' && (c == '\'' || c == '"' || c == '`')) {
      open = c;
    } else if (c == open) {
      open = '\0';
    }
    out += c == '"' && (open == '"' || open == '\0') ? '`' : c;
  }
  return out;
}

std::string action_clause(const json& key, const char* field, const char* clause) {
  const std::string action = text_of(key, field);
  for (const auto& [word, sql] : {std::pair{"cascade", "CASCADE"}, {"restrict", "RESTRICT"}, {"set null", "SET NULL"}}) {
    if (action == word) return std::string(clause) + sql;
  }
  return "";
}

/// Names that must differ within one scope. Cuts long ones and tells equal ones apart.
class Names {
 public:
  std::string take(const std::string& wanted) {
    std::string name(utf8_truncate(wanted, kMaxNameCharacters));
    for (int i = 2; !taken_.insert(name).second; ++i) {
      const std::string suffix = "_" + std::to_string(i);
      name = std::string(utf8_truncate(wanted, kMaxNameCharacters - suffix.size())) + suffix;
    }
    return name;
  }

 private:
  std::set<std::string> taken_;
};

/// Collects the answer for one catalog. Used once.
class DdlWriter {
 public:
  DdlWriter(const json& catalog, bool is_mariadb) : catalog_(catalog), is_mariadb_(is_mariadb) {}

  std::string write(const std::string& stage) {
    for (const json& table : list_of(catalog_, "tables")) {
      if (stage == "tables") {
        write_table(table);
      } else if (stage == "finish") {
        write_finish(table);
      } else if (stage == "count") {
        add(0, "count", table, "", "SELECT count(*) FROM " + qualified(table));
      } else if (stage != "clear") {
        throw Error(Code::invalid_argument, "ddl: expected stage tables, finish, clear or count, found " + stage);
      }
    }
    if (stage == "clear") write_clear();
    return json{{"statements", statements_}, {"columns", columns_}, {"warnings", warnings_}}.dump();
  }

 private:
  std::string qualified(const json& table) const {
    const std::string own = text_of(table, "schema");
    return quote_qualified(own.empty() ? text_of(catalog_, "schema") : own, text_of(table, "name"));
  }

  void add(int group, const char* kind, const json& table, const std::string& name, std::string sql) {
    const bool is_plain = std::string(kind) == "clear" || std::string(kind) == "count";
    statements_.push_back({{"sql", std::move(sql)},   {"kind", kind},   {"schema", text_of(table, "schema")},
                           {"table", text_of(table, "name")}, {"name", name}, {"group", group}, {"transactional", is_plain}});
  }

  void warn(const json& table, const std::string& what, const std::string& text) {
    warnings_.push_back(text_of(table, "name") + (what.empty() ? "" : "." + what) + ": " + text);
  }

  /// Columns that stand in any key or index, as such or as the other end of a foreign key.
  std::set<std::string> key_columns(const json& table) const {
    std::set<std::string> names;
    const auto take = [&](const std::vector<std::string>& columns) { names.insert(columns.begin(), columns.end()); };
    if (table.contains("primary_key")) take(texts_of(table["primary_key"], "columns"));
    for (const json& key : list_of(table, "uniques")) take(texts_of(key, "columns"));
    for (const json& key : list_of(table, "foreign_keys")) take(texts_of(key, "columns"));
    for (const json& index : list_of(table, "indexes")) {
      for (const json& column : list_of(index, "columns")) names.insert(text_of(column, "name"));
    }
    return names;
  }

  /// Names of columns that differ by case alone are one name to the server.
  static void check_columns(const json& table) {
    std::map<std::string, std::string> known;
    for (const json& column : list_of(table, "columns")) {
      const std::string name = text_of(column, "name");
      std::string folded = name;
      std::ranges::transform(folded, folded.begin(), [](unsigned char c) { return std::tolower(c); });
      const auto [other, is_new] = known.emplace(folded, name);
      if (is_new) continue;
      throw Error(Code::unsupported,
                  "columns of " + text_of(table, "name") + ": " + other->second + " and " + name + " are one name for MySQL",
                  "rename one of them in the map");
    }
  }

  void write_table(const json& table) {
    check_columns(table);
    const std::set<std::string> keys = key_columns(table);
    std::string body, counter;
    for (const json& column : list_of(table, "columns")) {
      body += (body.empty() ? "  " : ",\n  ") + column_clause(table, column, keys.contains(text_of(column, "name")));
      if (column.value("identity", false)) counter = text_of(column, "name");
    }
    const std::vector<std::string> primary = table.contains("primary_key") ? texts_of(table["primary_key"], "columns") : std::vector<std::string>();
    if (!primary.empty()) body += ",\n  PRIMARY KEY (" + name_list(primary) + ")";
    // A column that counts has to lead some key.
    if (!counter.empty() && (primary.empty() || primary.front() != counter)) body += ",\n  KEY (" + quote_name(counter) + ")";
    for (const json& check : list_of(table, "checks")) {
      const std::string own = text_of(check, "name");
      body += ",\n  " + (own.empty() ? "" : "CONSTRAINT " + quote_name(check_names_.take(own)) + " ") + "CHECK (" +
              with_backticks(text_of(check, "expression")) + ")";
    }
    add(1, "table", table, text_of(table, "name"),
        "CREATE TABLE " + qualified(table) + " (\n" + body + "\n) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE " +
            (is_mariadb_ ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin") + " COMMENT=" + quote_string(text_of(table, "comment") + kMarkPlace));
  }

  std::string column_clause(const json& table, const json& column, bool is_key) {
    const std::string name = text_of(column, "name");
    const arrow::Type type = arrow::type_from_text(text_of(column, "type"));
    const ColumnForm form = column_form(type, text_of(column, "native"), is_key, is_mariadb_);
    columns_.push_back({{"table", text_of(table, "name")}, {"column", name}, {"native", form.native}, {"carrier", arrow::to_text(form.carrier)}});
    const bool is_cut = is_key && type.kind == Kind::text && (type.length == 0 || type.length > form.carrier.length);
    if (is_cut) warn(table, name, "stands in a key and becomes " + form.native + ": longer values are refused");
    const std::string change = change_of(type, form);
    if (!change.empty()) warn(table, name, change);
    std::string clause = quote_name(name) + " " + form.native;
    // Without this the server makes such a column NOT NULL and fills it by itself.
    const bool is_nullable = column.value("nullable", true);
    clause += is_nullable ? " NULL" : " NOT NULL";
    if (column.value("identity", false)) {
      clause += " AUTO_INCREMENT";
    } else {
      clause += default_of(table, column, form);
    }
    const std::string comment = text_of(column, "comment");
    return clause + (comment.empty() ? "" : " COMMENT " + quote_string(comment));
  }

  std::string default_of(const json& table, const json& column, const ColumnForm& form) {
    const auto found = column.find("default");
    if (found == column.end() || text_of(*found, "kind") == "none") return "";
    const std::string clause = default_clause(text_of(*found, "kind"), text_of(*found, "text"), form);
    if (clause.empty()) warn(table, text_of(column, "name"), "its default (" + text_of(*found, "kind") + ") cannot be kept as " + form.native);
    return clause;
  }

  void write_clear() {
    std::vector<const json*> left;
    for (const json& table : list_of(catalog_, "tables")) left.push_back(&table);
    while (!left.empty()) {
      // One that no other refers to; in a circle any, and the server says what is wrong with it.
      auto next = std::find_if(left.begin(), left.end(), [&](const json* table) { return !is_referred_to(*table, left); });
      if (next == left.end()) next = left.begin();
      add(0, "clear", **next, "", "DELETE FROM " + qualified(**next));
      left.erase(next);
    }
  }

  static bool is_referred_to(const json& table, const std::vector<const json*>& tables) {
    return std::any_of(tables.begin(), tables.end(), [&](const json* other) {
      if (other == &table) return false;
      const json& keys = list_of(*other, "foreign_keys");
      return std::any_of(keys.begin(), keys.end(), [&](const json& key) { return text_of(key, "ref_table") == text_of(table, "name"); });
    });
  }

  void write_finish(const json& table) {
    Names names;
    for (const json& key : list_of(table, "uniques")) write_unique(table, key, names);
    for (const json& index : list_of(table, "indexes")) write_index(table, index, names);
    for (const json& key : list_of(table, "foreign_keys")) write_foreign_key(table, key);
    for (const json& column : list_of(table, "columns")) {
      const int64_t next = column.value("next", int64_t{0});
      // The server never sets it below what the rows need.
      if (column.value("identity", false) && next > 1) {
        add(4, "sequence", table, text_of(column, "name"), "ALTER TABLE " + qualified(table) + " AUTO_INCREMENT = " + std::to_string(next));
      }
    }
  }

  void write_unique(const json& table, const json& key, Names& names) {
    const auto columns = texts_of(key, "columns");
    const std::string own = text_of(key, "name");
    const std::string name = names.take(own.empty() ? joined(columns) + "_key" : own);
    add(1, "unique", table, name, "ALTER TABLE " + qualified(table) + " ADD UNIQUE KEY " + quote_name(name) + " (" + name_list(columns) + ")");
  }

  void write_index(const json& table, const json& index, Names& names) {
    const std::string own = text_of(index, "name");
    if (!text_of(index, "expression").empty()) return warn(table, own, "is an index over an expression: left out");
    if (!text_of(index, "where").empty()) return warn(table, own, "is an index over a part of the rows, which MySQL does not have: left out");
    std::string list;
    std::vector<std::string> columns;
    for (const json& column : list_of(index, "columns")) {
      columns.push_back(text_of(column, "name"));
      list += (list.empty() ? "" : ", ") + quote_name(columns.back()) + (column.value("descending", false) ? " DESC" : "");
    }
    const std::string name = names.take(own.empty() ? joined(columns) + "_idx" : own);
    add(1, "index", table, name,
        "ALTER TABLE " + qualified(table) + " ADD " + (index.value("unique", false) ? "UNIQUE " : "") + "KEY " + quote_name(name) + " (" + list + ")");
  }

  void write_foreign_key(const json& table, const json& key) {
    const auto columns = texts_of(key, "columns");
    const std::string own = text_of(key, "name");
    const std::string name = key_names_.take(own.empty() ? text_of(table, "name") + "_" + joined(columns) + "_fkey" : own);
    if (text_of(key, "on_delete") == "set default" || text_of(key, "on_update") == "set default") {
      warn(table, name, "SET DEFAULT is unknown to MySQL: changes that need it are refused");
    }
    const std::string schema = text_of(key, "ref_schema").empty() ? text_of(catalog_, "schema") : text_of(key, "ref_schema");
    add(3, "foreign_key", table, name,
        "ALTER TABLE " + qualified(table) + " ADD CONSTRAINT " + quote_name(name) + " FOREIGN KEY (" + name_list(columns) + ") REFERENCES " +
            quote_qualified(schema, text_of(key, "ref_table")) + " (" + name_list(texts_of(key, "ref_columns")) + ")" +
            action_clause(key, "on_delete", " ON DELETE ") + action_clause(key, "on_update", " ON UPDATE "));
  }

  const json& catalog_;
  bool is_mariadb_;
  Names key_names_;    // of foreign keys: one scope per database
  Names check_names_;  // likewise in MySQL
  json statements_ = json::array();
  json columns_ = json::array();
  json warnings_ = json::array();
};

}  // namespace

std::string make_ddl(const std::string& catalog, const std::string& stage, bool is_mariadb) {
  try {
    const json parsed = json::parse(catalog);
    return DdlWriter(parsed, is_mariadb).write(stage);
  } catch (const json::exception& e) {
    throw Error(Code::invalid_argument, std::string("ddl: not a catalog: ") + e.what());
  }
}

}  // namespace sluice::mysql
