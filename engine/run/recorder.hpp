#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "journal/journal.hpp"
#include "run/run_state.hpp"
#include "run/scheduler.hpp"

namespace sluice::run {

/// Collects events, makes them durable in one append, then applies them to the state and tells the listener: what is not in the
/// journal has not happened.
class Recorder {
 public:
  Recorder(journal::Journal& journal, RunState& state, Listen listen);

  void add(const char* kind, const std::string& node = {}, const std::string& task = {}, uint32_t generation = 0,
           std::string data = "{}");
  /// Throws what the journal throws; the batch then has not happened.
  void flush();

 private:
  journal::Journal& journal_;
  RunState& state_;
  Listen listen_;
  std::vector<journal::Event> batch_;
};

/// {"code", "message", "hint", "where"}
std::string error_to_json(const Error& error);

}  // namespace sluice::run
