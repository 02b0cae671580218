#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sluice::journal {

/// One event of a run. `seq`, `time` and `hash` are filled by the journal. data is JSON text; what each kind carries is
/// documented in journal/events.hpp.
struct Event {
  std::string kind;
  std::string node;
  std::string task;
  uint32_t generation = 0;
  std::string data = "{}";
  int64_t seq = 0;
  int64_t time_us = 0;  ///< calendar time, microseconds since 1970 UTC; says when, never orders
  std::string hash;     ///< sha256 over the previous hash and this event: the chain
};

/// The append-only record of a run. No storage types here, so that PostgreSQL can stand beside SQLite. append from one
/// thread.
class Journal {
 public:
  virtual ~Journal() = default;
  /// All or nothing, durable (fsynced) when it returns; fills seq, time and hash. Throws Error: after any failure of
  /// the medium the journal refuses further appends, and no step may start.
  virtual void append(std::vector<Event>& batch) = 0;
  /// Events with seq >= from, in order; the last -from ones where it is negative.
  virtual std::vector<Event> events(int64_t from) = 0;
};

/// take_over: the caller has proved that the writer may be replaced (its lease ran out, though its process may only be
/// stopped).
enum class Opening { exclusive = 1, take_over };

/// The writer of a run's journal file (SQLite, WAL, synchronous FULL, one writer connection). Creates it when missing.
/// Takes the run's writer lock: Error(conflict) naming the pid that has it, unless it takes over. Each opening raises a
/// writer epoch in the file, checked inside every append: a writer that was replaced gets Error(conflict) with sqlstate
/// "SL002" and writes nothing.
std::unique_ptr<Journal> open_journal(const std::string& path, Opening opening = Opening::exclusive);
/// Read-only, beside a live writer or after a killed one; never checkpoints. append throws. Its process must be allowed
/// to write in the directory, where SQLite keeps the index of the write-ahead log.
std::unique_ptr<Journal> read_journal(const std::string& path);

/// Recomputes the hash chain. Throws Error(data) naming the first event that does not fit.
void verify_chain(Journal& journal);

}  // namespace sluice::journal
