#include "ddl_table.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "quote.hpp"

namespace sluice::sqlite {

namespace {

std::string constraint_name(const std::string& name) {
  return name.empty() ? "" : "CONSTRAINT " + quote_name(name) + " ";
}

std::string action_clause(const char* event, const std::string& action) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kActions = {
      {{"cascade", "CASCADE"}, {"restrict", "RESTRICT"}, {"set null", "SET NULL"}, {"set default", "SET DEFAULT"}}};
  for (const auto& [name, sql] : kActions) {
    if (same_name(action, name)) return std::string(" ON ") + event + " " + std::string(sql);
  }
  return "";
}

}  // namespace

std::string quote_names(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quote_name(name);
  return list;
}

std::string TableWriter::write() {
  for (const WantedColumn& column : table_.columns) add_column(column);
  add_keys();
  for (const WantedForeignKey& key : table_.foreign_keys) add_foreign_key(key);
  for (const WantedCheck& check : table_.checks) add_check(check);
  if (table_.has_comments) warn("", "SQLite keeps no comments; they are left out");
  std::string body;
  for (const std::string& definition : definitions_) body += (body.empty() ? "\n  " : ",\n  ") + definition;
  return "CREATE TABLE " + quote_name(table_.name) + " (" + body + "\n)";
}

void TableWriter::add_column(const WantedColumn& column) {
  const HeldType held = held_type(column.type);
  if (!held.warning.empty()) warn("." + column.name, held.warning);
  if (!column.generated.empty()) {
    const std::string clause = generated_clause(column);
    if (!clause.empty()) add(quote_name(column.name) + " " + held.native + clause);
    return;
  }
  if (&column == table_.rowid_column()) {
    return add(quote_name(column.name) + " INTEGER PRIMARY KEY" + (column.is_identity ? " AUTOINCREMENT" : ""));
  }
  if (column.is_identity)
    warn("." + column.name, "SQLite numbers a single INTEGER PRIMARY KEY only; rows must bring a value");
  const std::string not_null = column.is_nullable ? "" : " NOT NULL";
  add(quote_name(column.name) + " " + held.native + not_null + default_clause(column));
}

std::string TableWriter::default_clause(const WantedColumn& column) {
  if (column.is_identity) return "";
  const std::string sql = default_to_sql(column.default_value, column.type);
  if (sql.empty()) return "";
  const std::string refusal =
      trial_.refusal_of("CREATE TABLE trial (a, b DEFAULT " + sql + "); INSERT INTO trial (a) VALUES (1)");
  if (refusal.empty()) return " DEFAULT " + sql;
  warn("." + column.name, "the default " + column.default_value.text + " is left out: " + refusal);
  return "";
}

std::string TableWriter::generated_clause(const WantedColumn& column) {
  const std::string clause = " GENERATED ALWAYS AS (" + column.generated + ") STORED";
  const std::string refusal = trial_.refusal_of(plain_table(quote_name(column.name) + clause));
  if (refusal.empty()) return clause;
  warn("." + column.name, "the generated column is left out: " + refusal);
  return "";
}

void TableWriter::add_keys() {
  if (table_.primary_key && table_.rowid_column() == nullptr) {
    add(constraint_name(table_.primary_key->name) + "PRIMARY KEY (" + quote_names(table_.primary_key->columns) + ")");
  }
  for (const WantedKey& key : table_.uniques) {
    add(constraint_name(key.name) + "UNIQUE (" + quote_names(key.columns) + ")");
  }
}

void TableWriter::add_foreign_key(const WantedForeignKey& key) {
  const bool is_there = std::any_of(all_.begin(), all_.end(),
                                    [&](const WantedTable& table) { return same_name(table.name, key.ref_table); });
  if (!is_there) {
    return warn("", "the foreign key (" + quote_names(key.columns) + ") refers to " + key.ref_table +
                        ", which is not among the tables; it is left out");
  }
  const std::string columns = key.ref_columns.empty() ? "" : " (" + quote_names(key.ref_columns) + ")";
  add(constraint_name(key.name) + "FOREIGN KEY (" + quote_names(key.columns) + ") REFERENCES " +
      quote_name(key.ref_table) + columns + action_clause("DELETE", key.on_delete) +
      action_clause("UPDATE", key.on_update));
}

void TableWriter::add_check(const WantedCheck& check) {
  const std::string clause = constraint_name(check.name) + "CHECK (" + check.expression + ")";
  const std::string refusal = trial_.refusal_of(plain_table(clause));
  if (refusal.empty()) return add(clause);
  warn("", "the check (" + check.expression + ") is left out: " + refusal);
}

std::string TableWriter::plain_table(const std::string& more) const {
  std::string body;
  for (const WantedColumn& column : table_.columns) {
    if (column.generated.empty()) body += quote_name(column.name) + ", ";
  }
  return "CREATE TABLE " + quote_name(table_.name) + " (" + body + more + ")";
}

}  // namespace sluice::sqlite
