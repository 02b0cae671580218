#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/session.hpp"

namespace sluice::copy {

/// The run's snapshot of one source: a coordinator and one reader per worker, all on the same state, open from first use to
/// the run's end. Thread-safe; each reader belongs to the worker whose index it has.
class Snapshot {
 public:
  /// Opens and confirms; begins again while a writer gets between, and throws Error(conflict) when that never ends.
  Snapshot(const store::Store& store, const store::LookFilter& filter, size_t readers);

  store::Session& reader(size_t worker);
  /// Opens the reader anew after its connection was lost and joins the same snapshot; throws Error(conflict) when the
  /// snapshot is gone.
  void reopen(size_t worker);
  /// The state of the source when the snapshot was taken: a JSON object of texts.
  const std::string& state() const { return state_; }

 private:
  bool try_open(const store::LookFilter& filter, size_t readers);

  const store::Store& store_;
  std::unique_ptr<store::Session> coordinator_;
  std::vector<std::unique_ptr<store::Session>> readers_;
  std::string token_;
  std::string state_;
  std::mutex mutex_;
};

/// The lines that say how two states of a source differ ("size: 8192, was 4096"); empty when they are equal.
std::vector<std::string> state_changes(const std::string& before, const std::string& now);

}  // namespace sluice::copy
