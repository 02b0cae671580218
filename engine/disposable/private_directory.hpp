#pragma once

#include <string>

#include "base/file.hpp"
#include "disposable/mark.hpp"

namespace sluice::disposable {

/// A marked private directory, made for one disposable: mode 0700 (0710 with the server's group when we are root, so
/// that the unprivileged server reaches its own part). While this object lives it holds a lock on the directory, which
/// dies with the process: two engines never hold one disposable, and a sweep never takes a living one. One thread.
class PrivateDirectory {
 public:
  /// Under `parent` (empty: $TMPDIR, else /tmp), named sluice-KIND-xxxxxx. The mark is there before anything else.
  static PrivateDirectory create(const std::string& parent, Mark mark);
  /// An existing one. Throws Error: not_found (no directory, or it has no mark), conflict (another process holds it;
  /// names it), permission (it isn't ours).
  static PrivateDirectory open(const std::string& path);

  /// Empty once it was removed.
  const std::string& path() const { return path_; }
  const Mark& mark() const { return mark_; }
  /// Writes the mark anew.
  void set_mark(Mark mark);
  /// Removes everything; the object is done then. Throws Error where something can't be removed.
  void remove();

 private:
  PrivateDirectory(std::string path, FileDescriptor lock, Mark mark);

  std::string path_;
  FileDescriptor lock_;
  Mark mark_;
};

/// $TMPDIR, else /tmp.
std::string default_parent();

}  // namespace sluice::disposable
