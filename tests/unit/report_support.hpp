#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "journal/events.hpp"
#include "journal/journal.hpp"

namespace sluice::report {

constexpr int64_t kSecond = 1'000'000;
/// 2026-01-31T13:05:00Z
constexpr int64_t kStart = 1'769'864'700 * kSecond;

/// Events of a made-up run, with times that the test sets by hand.
class History {
 public:
  /// Seconds after the start, for the events that follow.
  History& at(double seconds) {
    now_us_ = kStart + static_cast<int64_t>(seconds * 1e6);
    return *this;
  }
  History& add(const char* kind, const std::string& node = "", const std::string& data = "{}",
               const std::string& task = "") {
    journal::Event event;
    event.kind = kind;
    event.node = node;
    event.task = task;
    event.data = data;
    event.generation = node.empty() ? 0 : generation_;
    event.seq = static_cast<int64_t>(events_.size()) + 1;
    event.time_us = now_us_;
    events_.push_back(event);
    return *this;
  }
  History& generation(uint32_t generation) {
    generation_ = generation;
    return *this;
  }
  const std::vector<journal::Event>& events() const { return events_; }

 private:
  std::vector<journal::Event> events_;
  int64_t now_us_ = kStart;
  uint32_t generation_ = 1;
};

/// Compares with tests/data/reports/NAME; SLUICE_WRITE_GOLDEN=1 writes that file instead, for a person to look at the
/// change.
inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(SLUICE_SOURCE_DIR) + "/tests/data/reports/" + name;
  if (std::getenv("SLUICE_WRITE_GOLDEN")) {
    std::ofstream(path) << text;
    return;
  }
  EXPECT_EQ(text, read_file(path)) << path;
}

/// The start of a run of phases `prepare` (tables) and `copy` (rows, indexes beside notify, proof, gate same).
inline History started_shop() {
  History history;
  history.add(journal::kind::run_started, "", R"({
    "run": "r-7f2a10", "workflow": "shop", "plan_hash": "3fa9c1d2e4",
    "process": {"host": "db1", "boot_id": "b", "pid": 4711, "pid_start": 9},
    "params": {"limit": {"value": "0.1%", "origin": "default"}, "source": {"value": "shop.db", "origin": "--param"}},
    "stores": {"new": {"plugin": "postgres", "url": "postgresql://db1/shop", "version": "15.4", "target": true},
               "old": {"plugin": "sqlite", "url": "sqlite:shop.db"}},
    "nodes": [
      {"path": "prepare.tables", "kind": "step", "word": "schema.create", "where": "shop.lua:12"},
      {"path": "prepare", "kind": "phase", "title": "Make room"},
      {"path": "copy.rows", "kind": "step", "word": "copy.tables", "where": "shop.lua:16"},
      {"path": "copy.indexes", "kind": "step", "word": "schema.finish", "where": "shop.lua:18"},
      {"path": "copy.notify", "kind": "step", "word": "exec", "where": "shop.lua:19"},
      {"path": "copy", "kind": "parallel"},
      {"path": "copy.proof", "kind": "step", "word": "verify.content", "where": "shop.lua:21"},
      {"path": "copy.same", "kind": "gate", "criterion": "proof.discrepancy < 0.1%", "where": "shop.lua:22"},
      {"path": "copy", "kind": "phase"}]})");
  return history;
}

inline void pass_tables(History& history) {
  using namespace journal::kind;
  history.at(0.1).add(node_started, "prepare.tables").add(tasks_planned, "prepare.tables", R"({"tasks":1,"done":0})");
  history.at(0.4).add(task_done, "prepare.tables", R"({"seconds":0.25})", "all");
  history.add(node_passed, "prepare.tables",
              R"({"seconds":0.3,"summary":"2 tables created","metrics":{"tables":{"unit":"","value":2}}})");
  history.add(node_passed, "prepare");
}

/// Three chunks, one of which had to be tried again.
inline void pass_rows(History& history) {
  using namespace journal::kind;
  history.at(0.5).add(node_started, "copy.rows").add(tasks_planned, "copy.rows", R"({"tasks":3,"done":0})");
  history.at(1.5).add(task_done, "copy.rows", R"({"seconds":1,"table":"orders","rows":1000000,"bytes":109000000})",
                      "orders:0");
  history.add(
      task_failed, "copy.rows",
      R"({"attempt":1,"wait_ms":700,"error":{"code":"unavailable","message":"orders, chunk 1: server closed the connection"}})",
      "orders:1");
  history.at(2.5).add(task_done, "copy.rows", R"({"seconds":0.9,"table":"orders","rows":203000,"bytes":22000000})",
                      "orders:1");
  history.add(task_done, "copy.rows", R"({"seconds":0.1,"table":"customers","rows":1,"bytes":80})", "customers:0");
  history.add(node_passed, "copy.rows", R"({"seconds":2,"summary":"1,203,001 rows in 2 tables","metrics":{
    "rows":{"unit":"rows","tables":{"orders":1203000,"customers":1}},
    "rejects":{"unit":"rows","tables":{"orders":0,"customers":0}},
    "rate":{"unit":"rows/s","value":{"number":601500.5}}}})");
}

inline void pass_indexes(History& history) {
  using namespace journal::kind;
  history.at(2.6).add(node_started, "copy.indexes").add(node_started, "copy.notify");
  history.at(3).add(node_passed, "copy.notify", R"({"seconds":0.4,"summary":"exit code 0"})");
  history.at(5).add(node_passed, "copy.indexes", R"({"seconds":2.4,"summary":"3 keys and indexes, 1 foreign keys"})");
}

}  // namespace sluice::report
