#include "matrix/sources.hpp"

#include <sqlite3.h>

#include <map>
#include <stdexcept>

#include "support/pg_session.hpp"

namespace sluice::test::matrix {
namespace {

/// Strict, but for the dates that TYPES is about; literals as in the other stores.
constexpr const char* kMySqlMode = "SET sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00'";

std::string table_sql(const Case& one, const Holding& holding) {
  std::string sql = "CREATE TABLE " + one.name + " (id integer PRIMARY KEY, v " + holding.column + ");";
  for (size_t i = 0; i < holding.values.size(); ++i) {
    sql += "INSERT INTO " + one.name + " VALUES (" + std::to_string(i + 1) + ", " + holding.values[i] + ");";
  }
  return sql;
}

std::string csv_text(const Holding& holding) {
  if (holding.is_file) return holding.values[0];
  std::string text = "id,v\n";
  for (size_t i = 0; i < holding.values.size(); ++i) text += std::to_string(i + 1) + "," + holding.values[i] + "\n";
  return text;
}

std::string json_text(const Holding& holding) {
  if (holding.is_file) return holding.values[0];
  std::string text;
  for (size_t i = 0; i < holding.values.size(); ++i) text += "{\"id\": " + std::to_string(i + 1) + ", \"v\": " + holding.values[i] + "}\n";
  return text;
}

/// Past the helper of the other tests, whose transaction PRAGMA encoding would not like.
void run_each(const std::string& path, const std::vector<std::string>& scripts) {
  sqlite3* database = nullptr;
  if (sqlite3_open(path.c_str(), &database) != SQLITE_OK) throw std::runtime_error("cannot make " + path);
  std::string problem;
  for (const std::string& script : scripts) {
    char* message = nullptr;
    if (sqlite3_exec(database, script.c_str(), nullptr, nullptr, &message) != SQLITE_OK && problem.empty())
      problem = script + ": " + message;
    sqlite3_free(message);
  }
  sqlite3_close(database);
  if (!problem.empty()) throw std::runtime_error(problem);
}

std::vector<std::string> scripts_for(const std::string& kind, const std::vector<Case>& cases) {
  std::vector<std::string> scripts;
  for (const Case& one : cases) {
    const auto holding = one.holdings.find(kind);
    if (holding == one.holdings.end() || holding->second.values.empty()) continue;
    if (kind == "csv") {
      scripts.push_back(csv_text(holding->second));
    } else {
      scripts.push_back(kind == "json" ? json_text(holding->second) : table_sql(one, holding->second));
    }
  }
  return scripts;
}

void fill_files(const Place& place, const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    const std::vector<std::string> text = scripts_for(place.kind(), {one});
    if (!text.empty()) write_text(place.path(one.name + (place.kind() == "csv" ? ".csv" : ".json")), text[0]);
  }
}

}  // namespace

std::shared_ptr<const store::Plugin> plugin(const std::string& name) {
  static std::map<std::string, std::shared_ptr<const store::Plugin>> loaded;
  auto& found = loaded[name];
  if (!found) found = store::Plugin::load(store::PluginSearch({SLUICE_PLUGIN_DIR}).find(name));
  return found;
}

Place::Place(const std::string& kind) : kind_(kind) {
  if (kind == "postgres") {
    postgres_ = std::make_unique<TestDatabase>();
    url_ = postgres_->url();
  } else if (kind == "mysql") {
    mysql_ = std::make_unique<MySqlDatabase>();
    url_ = mysql_->url();
  }
}

store::Options Place::options() const {
  if (!url_.empty()) return {{"url", url_}};
  return {{"path", kind_ == "sqlite" ? path("matrix.db") : directory_.path()}};
}

void fill(const Place& place, const std::vector<Case>& cases) {
  if (place.kind() == "sqlite") {
    std::vector<std::string> scripts = {"BEGIN"};
    for (const std::string& script : scripts_for("sqlite", cases)) scripts.push_back(script);
    scripts.push_back("COMMIT");
    return run_each(place.path("matrix.db"), scripts);
  }
  if (place.kind() == "postgres") {
    PgSession session(place.url());
    session.execute("SET timezone = 'UTC'");
    for (const std::string& script : scripts_for("postgres", cases)) session.execute(script);
  } else if (place.kind() == "mysql") {
    MySqlSession session(place.url());
    session.execute(kMySqlMode);
    for (const std::string& script : scripts_for("mysql", cases)) session.execute(script);
  } else {
    fill_files(place, cases);
  }
}

}  // namespace sluice::test::matrix
