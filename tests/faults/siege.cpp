#include "faults/siege.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <thread>

#include "support/dump.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int kMostKills = 4;

microseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<microseconds>(steady_clock::now() - start);
}

/// Keys are made side by side, so their order is chance.
std::string sorted_lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == ',') line.pop_back();
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

/// Definitions and rows of all tables; which run made them is left out.
std::string dump_mysql(const std::string& url) {
  MySqlSession session(url);
  std::string text;
  for (const auto& table : session.rows("show tables")) {
    if (table[0].rfind("_sluice_", 0) == 0) continue;
    const std::string made = session.rows("show create table `" + table[0] + "`")[0][1];
    text += sorted_lines(std::regex_replace(made, std::regex(" ?\\[sluice:[^\\]]*\\]"), ""));
    std::vector<std::string> lines;
    for (const auto& row : session.rows("select * from `" + table[0] + "`")) {
      std::string& line = lines.emplace_back();
      for (const std::string& value : row) line += value + "|";
    }
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines) text += line + "\n";
  }
  return text;
}

}  // namespace

std::uint64_t seed_of_day() {
  const char* given = std::getenv("SLUICE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

int kills_wanted() {
  const char* given = std::getenv("SLUICE_KILLS");
  return given != nullptr ? std::atoi(given) : 0;
}

Ending Killer::strike(Program& program, const std::string& after, microseconds window) {
  std::uniform_int_distribution<std::int64_t> instant(0, window.count());
  const microseconds delay(instant(random_));
  if (!after.empty() && !wait_for(program, after)) return program.wait();
  std::this_thread::sleep_for(delay);
  if (program.is_running()) program.signal(SIGKILL);
  return program.wait();
}

Siege::Siege(Target target, std::uint64_t seed) : target_(target), killer_(seed) {
  make_shop(template_ / "shop.db");
  if (target == Target::postgres) database_ = std::make_unique<TestDatabase>();
  if (target == Target::mysql) mysql_ = std::make_unique<MySqlDatabase>();
  calibrate();
}

void Siege::reset() {
  if (database_) {
    PgSession(database_->url())
        .execute("set client_min_messages = error; drop schema if exists shop cascade; drop schema if exists sluice cascade");
  }
  if (mysql_) {
    MySqlSession session(mysql_->url());
    session.execute("set foreign_key_checks = 0");
    for (const auto& table : session.rows("show tables")) session.execute("drop table `" + table[0] + "`");
  }
  project_ = std::make_unique<Project>(url(), shop_workflow(target_));
  fs::copy_file(template_ / "shop.db", *project_ / "shop.db");
  passed_.clear();
}

void Siege::calibrate() {
  reset();
  const auto start = steady_clock::now();
  Program program = project_->start(next_command());
  EXPECT_TRUE(wait_for(program, "prepare.tables")) << program.err();
  const auto begun = steady_clock::now();
  EXPECT_TRUE(wait_for(program, "finish.keys")) << program.err();
  work_ = since(begun);
  const Ending ending = program.wait();
  whole_ = since(start);
  EXPECT_EQ(ending.code, 0) << ending.err;
  EXPECT_TRUE(check_rows());
  expected_ = dump();
}

bool Siege::check_rows() const {
  return has_same_rows(*project_ / "shop.db", url().empty() ? *project_ / "target.db" : url(), shop_rows());
}

std::string Siege::url() const { return database_ ? database_->url() : mysql_ ? mysql_->url() : std::string(); }

std::string Siege::dump() const {
  if (mysql_) return dump_mysql(mysql_->url());
  return database_ ? dump_postgres(database_->url(), "shop") : dump_sqlite(*project_ / "target.db");
}

bool Siege::assault() {
  reset();
  ++toll_.workflows;
  std::set<std::string> done;
  Ending ending = go_on(true);
  for (int kills = 1; ending.signal == SIGKILL; ++kills) {
    const auto now = finished();
    check_nothing_repeated(done);
    done = now;
    ending = go_on(kills < kMostKills && killer_.happens(0.4));
  }
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  check_nothing_repeated(done);
  EXPECT_EQ(dump(), expected_);
  EXPECT_TRUE(check_rows()) << "the rows are not those of the source";
  return !testing::Test::HasFailure();
}

/// As a user would: `run` where no run has begun yet, `resume` where one has.
std::vector<std::string> Siege::next_command() const {
  const Ending ending = project_->sluice({"runs", "--json"});
  const auto runs = nlohmann::json::parse(ending.out, nullptr, false);
  EXPECT_FALSE(runs.is_discarded()) << ending.out << ending.err;
  if (runs.is_discarded() || runs.at("runs").empty()) return {"run", "shop.lua", "--keep-ledger"};
  EXPECT_EQ(runs.at("runs").size(), 1U) << ending.out;
  return {"resume", runs.at("runs").at(0).at("run"), "--keep-ledger"};
}

Ending Siege::go_on(bool may_kill) {
  Program program = project_->start(next_command());
  Ending ending;
  if (!may_kill) {
    ending = program.wait(std::chrono::minutes(2));
  } else if (passed_.count("prepare.tables") == 0 && killer_.happens(0.9)) {
    ending = killer_.strike(program, "prepare.tables", work_);
  } else {
    ending = killer_.strike(program, "", whole_);
  }
  note_passed(ending.err);
  if (ending.signal == SIGKILL) count_kill();
  return ending;
}

void Siege::note_passed(const std::string& printed) {
  std::istringstream lines(printed);
  std::string state;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string node;
    if (words >> state >> node && state == "passed") passed_.insert(node);
  }
}

void Siege::count_kill() {
  if (passed_.count("finish.keys") != 0) {
    ++toll_.late;
  } else if (passed_.count("copy.rows") != 0) {
    ++toll_.finishing;
  } else if (passed_.count("prepare.tables") != 0) {
    ++toll_.copying;
  } else {
    ++toll_.early;
  }
}

std::set<std::string> Siege::finished() const { return database_ ? finished_in_postgres() : mysql_ ? finished_in_mysql() : finished_in_sqlite(); }

std::set<std::string> Siege::finished_in_postgres() const {
  PgSession session(database_->url());
  std::set<std::string> lines;
  if (session.scalar("select to_regclass('sluice.ledger')").empty()) return lines;
  for (const auto& row : session.rows("select l::text || ' by ' || xmin::text from sluice.ledger l")) lines.insert(*row[0]);
  for (const auto& table : session.rows("select tablename from pg_tables where schemaname = 'shop'")) {
    const auto rows = session.rows("select xmin::text, count(*)::text from shop." + session.quoted(*table[0]) + " group by 1");
    for (const auto& row : rows) lines.insert(*table[0] + ": transaction " + *row[0] + " wrote " + *row[1] + " rows");
  }
  return lines;
}

/// Looks at a copy: opening the file itself would mend what the kill left, and that is the engine's to do.
std::set<std::string> Siege::finished_in_sqlite() const {
  const TempDirectory copy;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
    const std::string file = *project_ / "target.db" + suffix;
    if (fs::exists(file)) fs::copy_file(file, copy / "target.db" + suffix);
  }
  std::set<std::string> lines;
  if (!fs::exists(copy / "target.db")) return lines;
  SQLite::Database database(copy / "target.db", SQLite::OPEN_READWRITE);
  if (!database.tableExists("_sluice_ledger")) return lines;
  SQLite::Statement ledger(database, "select * from _sluice_ledger");
  while (ledger.executeStep()) {
    std::string line;
    for (int i = 0; i < ledger.getColumnCount(); ++i) line += ledger.getColumn(i).getString() + " | ";
    lines.insert(line);
  }
  return lines;
}

/// Only what is done: a row that DDL has committed before its work was over says so.
std::set<std::string> Siege::finished_in_mysql() const {
  MySqlSession session(mysql_->url());
  std::set<std::string> lines;
  if (session.rows("show tables like '\\\\_sluice\\\\_ledger'").empty()) return lines;
  for (const auto& row : session.rows("select * from _sluice_ledger where done = 1")) {
    std::string line;
    for (const std::string& value : row) line += value + " | ";
    lines.insert(line);
  }
  return lines;
}

void Siege::check_nothing_repeated(const std::set<std::string>& before) const {
  if (before.empty()) return;
  const auto after = finished();
  for (const auto& line : before) EXPECT_TRUE(after.count(line) != 0) << "done again or lost: " << line;
}

}  // namespace sluice::test
