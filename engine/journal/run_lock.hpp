#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file.hpp"
#include "journal/journal.hpp"

namespace sluice::journal {

/// The writer's lock of one run: an exclusive lock on `JOURNAL.lock`, freed by the kernel when its process ends however
/// it ends. The file holds the pid in text and stays behind: removing it would let two processes lock two files of one
/// name.
class RunLock {
 public:
  /// Throws Error(conflict) naming the process that has it; with take_over it then goes on without the lock and puts
  /// its own pid into the file, for those who look.
  RunLock(const std::string& journal_path, Opening opening);

  /// Takes it when it has become free; whether it is held now.
  bool try_take();

 private:
  std::string path_;
  FileDescriptor file_;
  bool is_held_ = false;
};

/// The process that has the run's writer lock, or nullopt when no engine runs it. Looks without taking the lock, so it
/// never gets in the way of an engine that starts. 0: locked, but the pid cannot be read yet.
std::optional<int64_t> find_lock_holder(const std::string& journal_path);

}  // namespace sluice::journal
