#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "scenarios/project.hpp"
#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"
#include "support/program.hpp"
#include "support/test_database.hpp"

namespace sluice::test {

/// $SLUICE_SEED, else a fresh one. Printed by whoever fails.
std::uint64_t seed_of_day();
/// $SLUICE_KILLS, or 0 where it isn't set: then as many as fit into the time a test has.
int kills_wanted();

/// Kills programs at random instants.
class Killer {
 public:
  explicit Killer(std::uint64_t seed) : random_(seed) {}

  /// Waits until the program says `after` on its standard error ("": its start), then up to `window`, then SIGKILL.
  Ending strike(Program& program, const std::string& after, std::chrono::microseconds window);
  bool happens(double probability) { return std::bernoulli_distribution(probability)(random_); }

 private:
  std::mt19937_64 random_;
};

/// How often a workflow was killed, and where.
struct Toll {
  int workflows = 0;
  int early = 0;      ///< kills before copying
  int copying = 0;
  int finishing = 0;  ///< keys and indexes
  int late = 0;       ///< kills in the proof and at the end
  int counted() const { return copying + finishing; }
};

/// The shop's migration, killed and resumed over and over, each time from nothing. Fails the test where the target's
/// final state is not the one of a run that was never killed, where something that was finished before a kill was done
/// again, or where `resume` doesn't bring it to its end.
class Siege {
 public:
  Siege(Target target, std::uint64_t seed);

  /// One migration from nothing to its end, killed at least once unless it is over before. False where it failed.
  bool assault();
  const Toll& toll() const { return toll_; }

 private:
  void reset();
  void calibrate();
  Ending go_on(bool may_kill);
  void note_passed(const std::string& printed);
  void count_kill();
  std::vector<std::string> next_command() const;
  std::string dump() const;
  /// What is finished now, one line each: chunks in the ledger, rows with the transaction that wrote them.
  std::set<std::string> finished() const;
  std::set<std::string> finished_in_postgres() const;
  std::set<std::string> finished_in_sqlite() const;
  std::set<std::string> finished_in_mysql() const;
  std::string url() const;
  void check_nothing_repeated(const std::set<std::string>& before) const;
  bool check_rows() const;

  Target target_;
  Killer killer_;
  Toll toll_;
  TempDirectory template_;
  std::unique_ptr<TestDatabase> database_;
  std::unique_ptr<MySqlDatabase> mysql_;
  std::unique_ptr<Project> project_;
  std::set<std::string> passed_;
  std::string expected_;
  std::chrono::microseconds whole_{};  ///< of a run that isn't killed
  std::chrono::microseconds work_{};   ///< from the first copied chunk to the end of it
};

}  // namespace sluice::test
