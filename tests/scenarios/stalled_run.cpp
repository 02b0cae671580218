#include "scenarios/stalled_run.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <thread>

namespace sluice::test {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{20};

std::string stalling_workflow(WorkflowParts parts) {
  parts.before_copy = wait_step("go");
  parts.chunk_rows = 50;
  return shop_workflow(Target::postgres, parts);
}

/// All ten chunks of `item` are committed, and someone waits for our lock.
bool is_stalled(PgSession& session) {
  return session.number("select count(*) from sluice.ledger where tbl = 'item' and chunk >= 0 and node = 'copy.rows'") ==
             10 &&
         session.number("select count(*) from pg_stat_activity where datname = current_database() and "
                        "wait_event_type = 'Lock'") > 0;
}

/// The chunks that are committed are noted in the journal a moment later. A run that is stopped in the middle of that keeps the
/// journal locked, whoever takes it over: here it shall stand still outside of it.
void wait_until_quiet(const std::string& journal) {
  const auto deadline = steady_clock::now() + kPatience;
  auto quiet_since = steady_clock::now();
  auto written = std::filesystem::last_write_time(journal);
  while (steady_clock::now() - quiet_since < std::chrono::milliseconds(300) && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const auto now = std::filesystem::last_write_time(journal);
    if (now != written) quiet_since = steady_clock::now();
    written = now;
  }
}

}  // namespace

StalledRun::StalledRun(WorkflowParts parts, const std::vector<std::string>& arguments)
    : project_(database_.url(), stalling_workflow(std::move(parts))) {
  make_small_shop(project_ / "shop.db");
  std::vector<std::string> command = {"run", "shop.lua"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  program_ = std::make_unique<Program>(sluice_path(), command, project_.options());
  if (!wait_for(*program_, "prepare.tables")) {
    ADD_FAILURE() << program_->out() << program_->err();
    return;
  }
  lock_.emplace(database_.url());
  lock_->execute("begin; lock table shop.event in share mode");
  write_text(project_ / "go", "");
  PgSession session(database_.url());
  const auto deadline = steady_clock::now() + kPatience;
  while (!is_stalled(session)) {
    if (steady_clock::now() > deadline || !program_->is_running()) {
      ADD_FAILURE() << "the run never stalled: " << program_->out() << program_->err();
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  wait_until_quiet(project_ / (".sluice/runs/" + project_.run() + "/journal.db-wal"));
}

void StalledRun::kill() {
  program_->signal(SIGKILL);
  program_->wait();
  release();
}

std::string StalledRun::item_writers() const {
  std::string text;
  for (const auto& row : PgSession(url()).rows("select xmin, count(*) from shop.item group by 1 order by 1::text")) {
    text += *row[0] + ": " + *row[1] + "\n";
  }
  return text;
}

long long StalledRun::count(const std::string& table) const {
  return PgSession(url()).number("select count(*) from shop." + table);
}

bool StalledRun::is_complete() const { return has_same_rows(project_ / "shop.db", url(), small_shop_rows()); }

}  // namespace sluice::test
