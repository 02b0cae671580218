#include "journal/reserve.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/file.hpp"
#include "base/system_error.hpp"

namespace sluice::journal {
namespace {

constexpr off_t kReserveBytes = 1 << 20;

}  // namespace

Reserve::Reserve(std::string path) : path_(std::move(path)) {
  const FileDescriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) throw error_from_errno(errno, path_ + ": cannot create");
  int error = ::posix_fallocate(file.get(), 0, kReserveBytes);
  if (error == 0 && ::fsync(file.get()) != 0) error = errno;
  if (error == 0) return;
  release();
  throw error_from_errno(error, path_ + ": cannot keep 1 MiB of the disk back for the end of the run");
}

Reserve::~Reserve() { release(); }

void Reserve::release() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace sluice::journal
