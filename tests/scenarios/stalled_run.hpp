#pragma once

#include <memory>
#include <optional>
#include <string>

#include "scenarios/project.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {

/// A migration of the small shop into PostgreSQL that stands still in the middle of copying: all of `item` is committed, and
/// what would write `event` waits for a lock of ours. So every test that interrupts does it at the same place.
class StalledRun {
 public:
  /// `arguments` stand behind `run shop.lua`. `parts.before_copy` and `chunk_rows` are ours.
  explicit StalledRun(WorkflowParts parts = {}, const std::vector<std::string>& arguments = {});

  Project& project() { return project_; }
  const std::string& url() const { return database_.url(); }
  Program& program() { return *program_; }
  /// Lets `event` be written again.
  void release() { lock_.reset(); }
  /// SIGKILL, then release.
  void kill();

  /// Rows of `item` with the transactions that wrote them: equal as long as none was written again.
  std::string item_writers() const;
  long long count(const std::string& table) const;
  /// Whether every row of the source is in the target, once.
  bool is_complete() const;

 private:
  TestDatabase database_;
  Project project_;
  std::unique_ptr<Program> program_;
  std::optional<PgSession> lock_;
};

}  // namespace sluice::test
