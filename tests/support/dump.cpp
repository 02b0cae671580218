#include "support/dump.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/sha256.hpp"
#include "support/pg_session.hpp"

namespace sluice::test {
namespace {

constexpr std::size_t kShownRows = 1000;

std::string rows_text(std::vector<std::string> rows) {
  std::sort(rows.begin(), rows.end());
  std::string text;
  for (const auto& row : rows) text += row + "\n";
  if (rows.size() <= kShownRows) return text;
  return std::to_string(rows.size()) + " rows, sha256 " + sha256_hex(text) + "\n";
}

std::string quoted_sqlite(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

/// Every value with its storage class: 1, 1.0 and '1' are three different things.
std::string sqlite_row_expression(SQLite::Database& database, const std::string& table) {
  SQLite::Statement columns(database, "select name from pragma_table_xinfo(?) order by cid");
  columns.bind(1, table);
  std::string expression;
  while (columns.executeStep()) {
    const std::string name = quoted_sqlite(columns.getColumn(0).getString());
    if (!expression.empty()) expression += " || ' | ' || ";
    expression += "typeof(" + name + ") || ' ' || quote(" + name + ")";
  }
  return expression;
}

std::string sqlite_rows(SQLite::Database& database, const std::string& table) {
  SQLite::Statement query(database,
                          "select " + sqlite_row_expression(database, table) + " from " + quoted_sqlite(table));
  std::vector<std::string> rows;
  while (query.executeStep()) rows.push_back(query.getColumn(0).getString());
  return rows_text(std::move(rows));
}

void append_query(std::ostringstream& text, PgSession& session, const std::string& title, const std::string& query) {
  text << "== " << title << "\n";
  for (const auto& row : session.rows(query)) {
    for (const auto& value : row) text << value.value_or("NULL") << " | ";
    text << "\n";
  }
}

std::string postgres_rows(PgSession& session, const std::string& table) {
  const std::string count = session.scalar("select count(*) from " + table);
  if (std::stoull(count) > kShownRows) {
    return count + " rows, md5 " +
           session.scalar("select md5(string_agg(md5(t::text), '' order by t::text collate \"C\")) from " + table +
                          " t") +
           "\n";
  }
  std::vector<std::string> rows;
  for (const auto& row : session.rows("select t::text from " + table + " t")) rows.push_back(row[0].value_or("NULL"));
  return rows_text(std::move(rows));
}

}  // namespace

std::string dump_sqlite(const std::string& path) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  std::ostringstream text;
  SQLite::Statement objects(database,
                            "select type, name, tbl_name, coalesce(sql, '') from sqlite_master "
                            "where tbl_name not like '\\_sluice\\_%' escape '\\' order by type, name");
  std::vector<std::string> tables;
  while (objects.executeStep()) {
    const std::string type = objects.getColumn(0).getString();
    const std::string name = objects.getColumn(1).getString();
    text << type << " " << name << " on " << objects.getColumn(2).getString() << ": "
         << objects.getColumn(3).getString() << "\n";
    if (type == "table") tables.push_back(name);
  }
  for (const auto& table : tables) text << "== rows of " << table << "\n" << sqlite_rows(database, table);
  return text.str();
}

std::string dump_postgres(const std::string& url, const std::string& schema) {
  PgSession session(url);
  session.execute(
      "set timezone = 'UTC'; set datestyle = 'ISO'; set extra_float_digits = 1; set bytea_output = 'hex'; "
      "set search_path = ''");
  std::string literal = "'";
  for (const char c : schema) literal += c == '\'' ? std::string("''") : std::string(1, c);
  literal += "'";
  std::ostringstream text;
  append_query(text, session, "columns",
               "select table_name, column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, "
               "is_nullable, column_default, is_identity, identity_generation, generation_expression "
               "from information_schema.columns where table_schema = " +
                   literal + " order by table_name, ordinal_position");
  append_query(text, session, "constraints",
               "select conrelid::regclass, contype, pg_get_constraintdef(oid), convalidated from pg_constraint "
               "where connamespace = (select oid from pg_namespace where nspname = " +
                   literal + ") order by 1, 2, 3");
  append_query(
      text, session, "indexes",
      "select tablename, indexname, indexdef from pg_indexes where schemaname = " + literal + " order by 1, 2");
  append_query(
      text, session, "sequences",
      "select sequencename, last_value, increment_by from pg_sequences where schemaname = " + literal + " order by 1");
  append_query(text, session, "views",
               "select viewname, definition from pg_views where schemaname = " + literal + " order by 1");
  for (const auto& row :
       session.rows("select tablename from pg_tables where schemaname = " + literal + " order by 1")) {
    const std::string& table = *row[0];
    text << "== rows of " << table << "\n"
         << postgres_rows(session, session.quoted(schema) + "." + session.quoted(table));
  }
  return text.str();
}

}  // namespace sluice::test
