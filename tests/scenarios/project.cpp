#include "scenarios/project.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::seconds kPatience{60};

constexpr const char* kShop = R"(
create table item (id integer primary key, name text not null, price real, made text);
create table code (code text primary key, label text);
create table event (kind text, at integer, value real);
create table place (a integer, b text, note text, primary key (a, b));
create table ref (id integer primary key autoincrement, item_id integer references item (id),
                  code text references code (code));
create index event_kind on event (kind);
create unique index place_note on place (note);
with recursive n (i) as (select 1 union all select i + 1 from n where i < 12000)
  insert into item select i * 3, 'item ' || i, i * 0.25, date('2020-01-01', '+' || (i % 900) || ' days') from n;
with recursive n (i) as (select 1 union all select i + 1 from n where i < 6000)
  insert into code select printf('K%05d', (i * 7919) % 100003), 'label ' || i from n;
with recursive n (i) as (select 1 union all select i + 1 from n where i < 10000)
  insert into event select 'k' || (i % 7), i % 11, (i % 5) * 0.5 from n;
with recursive n (i) as (select 1 union all select i + 1 from n where i < 6000)
  insert into place select i % 40, 'b' || i, 'note ' || i from n;
with recursive n (i) as (select 1 union all select i + 1 from n where i < 4000)
  insert into ref select i, (i % 12000 + 1) * 3, null from n;
)";

constexpr const char* kSmallShop = R"(
create table item (id integer primary key, name text not null);
create table event (kind text, at integer);
create index event_kind on event (kind);
with recursive n (i) as (select 1 union all select i + 1 from n where i < 500)
  insert into item select i, 'item ' || i from n;
with recursive n (i) as (select 1 union all select i + 1 from n where i < 300)
  insert into event select 'k' || (i % 7), i % 11 from n;
)";

std::vector<std::string> rows_of_sqlite(const std::string& path, const std::string& query) {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  SQLite::Statement statement(database, query);
  std::vector<std::string> rows;
  while (statement.executeStep()) rows.push_back(statement.getColumn(0).getString());
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> rows_of_postgres(const std::string& url, const std::string& query) {
  PgSession session(url);
  session.execute("set search_path = shop");
  std::vector<std::string> rows;
  for (const auto& row : session.rows(query)) rows.push_back(row[0].value_or("NULL"));
  std::sort(rows.begin(), rows.end());
  return rows;
}

/// The same query in MySQL's words.
std::vector<std::string> rows_of_mysql(const std::string& url, std::string query) {
  for (const auto& [word, other] : {std::pair<std::string, std::string>{" as text)", " as char)"}, {" as integer)", " as signed)"}}) {
    for (size_t at = query.find(word); at != std::string::npos; at = query.find(word)) query.replace(at, word.size(), other);
  }
  MySqlSession session(url);
  session.execute("set sql_mode = 'PIPES_AS_CONCAT'");
  std::vector<std::string> rows;
  for (const auto& row : session.rows(query)) rows.push_back(row[0]);
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> rows_of(const std::string& target, const std::string& query) {
  if (target.rfind("postgresql:", 0) == 0) return rows_of_postgres(target, query);
  return target.rfind("mysql:", 0) == 0 ? rows_of_mysql(target, query) : rows_of_sqlite(target, query);
}

std::string target_store(Target target) {
  if (target == Target::mysql) return "store \"mysql\" { url = secret \"SHOP_URL\" }";
  if (target == Target::sqlite) return "store \"sqlite\" { path = \"target.db\" }";
  return "store \"postgres\" { url = secret \"SHOP_URL\", schema = \"shop\" }";
}

}  // namespace

Project::Project(const std::string& url, const std::string& workflow) {
  if (!url.empty()) options_.environment["SHOP_URL"] = url;
  options_.directory = directory_.path();
  set_workflow(!workflow.empty() ? workflow : shop_workflow(url.empty() ? Target::sqlite : Target::postgres));
}

std::vector<std::string> Project::runs() const {
  std::vector<std::string> runs;
  const std::string folder = directory_ / ".sluice/runs";
  if (!fs::exists(folder)) return runs;
  for (const auto& entry : fs::directory_iterator(folder)) runs.push_back(entry.path().filename());
  return runs;
}

std::string Project::run() const {
  const auto all = runs();
  EXPECT_EQ(all.size(), 1U) << testing::PrintToString(all);
  return all.empty() ? std::string() : all.front();
}

json Project::report() const {
  const Ending ending = sluice({"report", run(), "--json"});
  EXPECT_EQ(ending.code, 0) << ending.err;
  const json report = json::parse(ending.out, nullptr, false);
  EXPECT_FALSE(report.is_discarded()) << ending.out;
  return report;
}

json find_node(const json& report, const std::string& path) {
  for (const auto& phase : report.at("phases")) {
    for (const auto& node : phase.at("nodes")) {
      if (node.at("path") == path) return node;
    }
  }
  return nullptr;
}

void make_shop(const std::string& path) { run_sqlite(path, kShop); }

void make_small_shop(const std::string& path) { run_sqlite(path, kSmallShop); }

const std::vector<std::string>& shop_rows() {
  static const std::vector<std::string> queries = {
      "select cast(id as text) || '|' || name || '|' || cast(cast(price * 100 as integer) as text) || '|' || "
      "cast(made as text) from item",
      "select code || '|' || label from code",
      "select kind || '|' || cast(at as text) || '|' || cast(cast(value * 10 as integer) as text) from event",
      "select cast(a as text) || '|' || b || '|' || note from place",
      "select cast(id as text) || '|' || cast(item_id as text) || '|' || coalesce(code, '~') from ref",
  };
  return queries;
}

const std::vector<std::string>& small_shop_rows() {
  static const std::vector<std::string> queries = {"select id || '|' || name from item",
                                                   "select kind || '|' || at from event"};
  return queries;
}

bool has_same_rows(const std::string& source, const std::string& target, const std::vector<std::string>& queries) {
  for (const auto& query : queries) {
    if (rows_of_sqlite(source, query) != rows_of(target, query)) return false;
  }
  return true;
}

std::string shop_workflow(Target target, const WorkflowParts& parts) {
  return R"(local m = map { from = "old", to = "new" }
return workflow "shop" {
  stores = {
    old = store "sqlite" { path = "shop.db", access = "read" },
    new = )" +
         target_store(target) + R"(,
  },
  phase "prepare" {
    step "tables" { schema.create { map = m } },
)" + parts.before_copy +
         R"(  },
  phase "copy" {
    step "rows" { copy.tables { map = m, workers = 2, chunk_rows = )" +
         std::to_string(parts.chunk_rows) + R"( } },
    gate "nothing_rejected" "total(rows.rejects) == 0",
    on_fail = rollback_to "prepare",
  },
  phase "finish" {
    step "keys" { schema.finish { map = m } },
)" + parts.after_keys +
         R"(  },
  phase "proof" {
    step "content" { verify.content { map = m } },
    gate "same" "content.discrepancy == 0",
)" + parts.proof +
         R"(    on_fail = rollback_to "prepare",
  },
}
)";
}

std::string wait_step(const std::string& name) {
  return "    step \"wait_" + name + "\" { exec { \"/bin/sh\", \"-c\", \"until [ -e " + name + " ]; do sleep 0.01; done\" } },\n";
}

bool wait_for(Program& program, const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    const bool is_over = !program.is_running();
    if (program.err().find(text) != std::string::npos) return true;
    if (is_over) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

}  // namespace sluice::test
