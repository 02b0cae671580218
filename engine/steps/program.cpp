#include "steps/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/start_dir.hpp>
#include <boost/process/v2/stdio.hpp>
#include <cstdlib>
#include <iterator>
#include <map>
#include <sstream>

#include "base/file.hpp"

namespace sluice::steps {
namespace {

namespace process = boost::process::v2;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLook{20};
constexpr std::chrono::seconds kGrace{2};

/// What the launcher calls: sets the environment, and in the child between fork and exec makes a group of its own, so that whatever
/// the program starts ends with it, with nothing of ours open.
struct OwnGroup {
  std::vector<const char*> environment;

  explicit OwnGroup(const std::vector<std::string>& entries) {
    for (const std::string& entry : entries) environment.push_back(entry.c_str());
    environment.push_back(nullptr);
  }

  template <typename Launcher, typename Path>
  process::error_code on_setup(Launcher& launcher, const Path&, const char* const*) {
    launcher.env = environment.data();
    return {};
  }
  template <typename Launcher, typename Path>
  process::error_code on_exec_setup(Launcher&, const Path&, const char* const*) {
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    // The engine takes its signals through a descriptor and blocks them; a program must not inherit that.
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (::setpgid(0, 0) == -1) return {errno, boost::system::system_category()};
    return {};
  }
  template <typename... Arguments>
  void on_exec_error(Arguments&&...) {
    ::_exit(127);
  }
};

/// As execvp looks: in the directories of PATH, unless the name has a slash.
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    const std::string candidate = (directory.empty() ? "." : directory) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  throw Error(Code::not_found, name + ": no such program in PATH", "install it, or give its path");
}

/// Ours, with the step's own entries over it.
std::vector<std::string> child_environment(const ProgramOptions& options) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    merged[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  for (const auto& [name, value] : options.environment) merged[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : merged) entries.push_back(name + "=" + value);
  return entries;
}

/// The process as a descriptor that becomes readable when it ends. By number: glibc 2.36 declares pidfd_open for C alone.
FileDescriptor open_process(pid_t pid) { return FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))); }

/// Until the program has written or ended, or it is time to look at the token. A descriptor below zero is passed over.
void wait_for_news(int ended, int output) {
  pollfd news[] = {{ended, POLLIN, 0}, {output, POLLIN, 0}};
  ::poll(news, std::size(news), static_cast<int>(kLook.count()));
}

/// Reads what is there; false at the end of the output.
bool drain(int fd, std::string& output) {
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got == 0) return false;
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    output.append(buffer, static_cast<size_t>(got));
    if (output.size() > 2 * kOutputLimit) output.erase(0, output.size() - kOutputLimit);
  }
}

void end_group(pid_t pid) {
  ::kill(-pid, SIGTERM);
  const auto deadline = Clock::now() + kGrace;
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (Clock::now() > deadline) {
      ::kill(-pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return;
    }
    ::usleep(10000);
  }
  ::kill(-pid, SIGKILL);
}

int wait_for(pid_t pid, int output, CancelToken& cancel, std::string& text) {
  int status = 0;
  const FileDescriptor process = open_process(pid);
  for (bool may_write = true;;) {
    // Behind its end the output is always ready: waiting for it would be no waiting.
    may_write = may_write && drain(output, text);
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) break;
    if (cancel.is_cancelled()) {
      end_group(pid);
      cancel.check();
    }
    wait_for_news(process.get(), may_write ? output : -1);
  }
  drain(output, text);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ProgramOutcome run_program(const ProgramOptions& options, CancelToken& cancel) {
  const auto started = Clock::now();
  const std::string program = find_program(options.argv.at(0));
  const std::vector<std::string> arguments(options.argv.begin() + 1, options.argv.end());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw Error(Code::internal, "no pipe for the program's output");
  ::fcntl(ends[1], F_SETFL, 0);
  const std::vector<std::string> environment = child_environment(options);
  boost::asio::io_context context;
  pid_t pid = 0;
  try {
    process::process child(context, program, arguments, process::process_stdio{nullptr, ends[1], ends[1]},
                           process::process_start_dir(options.directory.empty() ? "." : options.directory), OwnGroup(environment));
    pid = child.id();
    child.detach();
  } catch (const boost::system::system_error& error) {
    ::close(ends[0]);
    ::close(ends[1]);
    throw Error(Code::not_found, options.argv[0] + " can't be started: " + error.code().message());
  }
  ::close(ends[1]);
  ProgramOutcome outcome;
  try {
    outcome.exit_code = wait_for(pid, ends[0], cancel, outcome.output);
  } catch (...) {
    ::close(ends[0]);
    throw;
  }
  ::close(ends[0]);
  if (outcome.output.size() > kOutputLimit) outcome.output.erase(0, outcome.output.size() - kOutputLimit);
  outcome.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  return outcome;
}

}  // namespace sluice::steps
