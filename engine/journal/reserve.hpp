#pragma once

#include <string>

namespace sluice::journal {

/// Space kept back beside a journal, so that a run on a full disk can still write its end: a preallocated file of 1
/// MiB.
class Reserve {
 public:
  /// Allocates it. Throws Error(unavailable) when the disk has no room: then no run starts.
  explicit Reserve(std::string path);
  /// Removes it; the next writer allocates it anew.
  ~Reserve();
  Reserve(const Reserve&) = delete;
  Reserve& operator=(const Reserve&) = delete;

  /// Gives the space back to the file system.
  void release();
  /// It belongs to another writer now.
  void hand_over() { path_.clear(); }

 private:
  std::string path_;
};

}  // namespace sluice::journal
