#include "base/process.hpp"

#include <unistd.h>

#include <array>
#include <optional>
#include <sstream>

#include "base/file.hpp"
#include "base/system_error.hpp"

namespace sluice {

namespace {

struct ProcessState {
  char state = '?';
  int64_t start = 0;
};

/// From /proc/PID/stat; nullopt where there is no such process. The name in parentheses may hold anything, so the
/// fields are counted from the last parenthesis: the state is the third of all, the start the twenty-second.
std::optional<ProcessState> look_up(int64_t pid) {
  std::string line;
  try {
    line = read_file("/proc/" + std::to_string(pid) + "/stat");
  } catch (const Error&) {
    return std::nullopt;
  }
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  ProcessState process;
  fields >> process.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> process.start;
  if (!fields) return std::nullopt;
  return process;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

std::string boot_id() {
  std::string id = read_file("/proc/sys/kernel/random/boot_id");
  while (!id.empty() && id.back() == '\n') id.pop_back();
  return id;
}

}  // namespace

ProcessIdentity this_process() {
  const int64_t pid = getpid();
  const std::optional<ProcessState> self = look_up(pid);
  if (!self) throw Error(Code::unavailable, "/proc/self/stat: cannot read it", "mount /proc");
  return {host_name(), boot_id(), pid, self->start};
}

std::optional<ProcessIdentity> identity_of(int64_t pid) {
  const std::optional<ProcessState> found = look_up(pid);
  if (!found || found->state == 'Z' || found->state == 'X') return std::nullopt;
  return ProcessIdentity{host_name(), boot_id(), pid, found->start};
}

bool is_alive(const ProcessIdentity& process) {
  if (process.host != host_name()) return true;
  if (process.boot_id != boot_id()) return false;
  const std::optional<ProcessState> found = look_up(process.pid);
  return found && found->start == process.pid_start && found->state != 'Z' && found->state != 'X';
}

}  // namespace sluice
