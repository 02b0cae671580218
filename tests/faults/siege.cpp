#include "faults/siege.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
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
  calibrate();
}

void Siege::reset() {
  if (database_) {
    PgSession(database_->url())
        .execute("set client_min_messages = error; drop schema if exists shop cascade; drop schema if exists sluice cascade");
  }
  project_ = std::make_unique<Project>(database_ ? database_->url() : std::string());
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
  return has_same_rows(*project_ / "shop.db", database_ ? database_->url() : *project_ / "target.db", shop_rows());
}

std::string Siege::dump() const {
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

std::set<std::string> Siege::finished() const { return database_ ? finished_in_postgres() : finished_in_sqlite(); }

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

void Siege::check_nothing_repeated(const std::set<std::string>& before) const {
  if (before.empty()) return;
  const auto after = finished();
  for (const auto& line : before) EXPECT_TRUE(after.count(line) != 0) << "done again or lost: " << line;
}

}  // namespace sluice::test
