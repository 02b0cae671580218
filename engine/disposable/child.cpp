#include "disposable/child.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/start_dir.hpp>
#include <boost/process/v2/stdio.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/system_error.hpp"

namespace sluice::disposable {
namespace {

namespace process = boost::process::v2;

/// What the launcher calls on the way: before the fork, and in the child between fork and exec (only system calls
/// there).
struct BecomeChild {
  const std::optional<User>& user;
  std::vector<const char*> environment;

  explicit BecomeChild(const ChildOptions& options) : user(options.user) {
    for (const auto& entry : options.environment) environment.push_back(entry.c_str());
    environment.push_back(nullptr);
  }

  template <typename Launcher, typename Path>
  process::error_code on_setup(Launcher& launcher, const Path&, const char* const*) {
    launcher.env = environment.data();
    return {};
  }

  template <typename Launcher, typename Path>
  process::error_code on_exec_setup(Launcher&, const Path&, const char* const*) {
    if (::setsid() == -1) return last_error();
    keep_only_standard_files();
    ::umask(077);
    if (!user) return {};
    if (::setgroups(0, nullptr) != 0 || ::setgid(user->gid) != 0 || ::setuid(user->uid) != 0) return last_error();
    return {};
  }

  /// The launcher would run our exit handlers in the child; errno is with the parent already.
  template <typename... Arguments>
  void on_exec_error(Arguments&&...) {
    ::_exit(127);
  }

  /// Not closed but marked: the launcher still needs its pipe to report a failed exec.
  static void keep_only_standard_files() {
    if (::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
    const long limit = ::sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < limit; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }

  static process::error_code last_error() { return {errno, boost::system::system_category()}; }
};

FileDescriptor open_for_append(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) throw error_from_errno(errno, path + ": cannot open it for a program's output");
  return file;
}

std::optional<User> user_named(const char* name) {
  const passwd* entry = ::getpwnam(name);
  if (entry == nullptr) return std::nullopt;
  return User{entry->pw_uid, entry->pw_gid, name};
}

}  // namespace

std::optional<User> unprivileged_user() {
  if (::geteuid() != 0) return std::nullopt;
  if (auto user = user_named("postgres")) return user;
  if (auto user = user_named("nobody")) return user;
  throw Error(Code::not_found, "no unprivileged user to run a server as: neither postgres nor nobody exists",
              "install the package postgresql, or run as an ordinary user");
}

pid_t start_child(const ChildOptions& options) {
  const FileDescriptor output = open_for_append(options.output);
  const FileDescriptor errors = open_for_append(options.errors.empty() ? options.output : options.errors);
  boost::asio::io_context context;
  try {
    process::process child(context, options.program, options.arguments,
                           process::process_stdio{nullptr, output.get(), errors.get()},
                           process::process_start_dir(options.directory), BecomeChild(options));
    const pid_t pid = child.id();
    child.detach();
    return pid;
  } catch (const boost::system::system_error& error) {
    throw Error(Code::unavailable, options.program + ": can't be started: " + error.code().message(),
                options.user
                    ? "the user " + options.user->name + " must be able to execute it and to enter " + options.directory
                    : std::string());
  }
}

int run_child(const ChildOptions& options) {
  const pid_t pid = start_child(options);
  int status = 0;
  while (::waitpid(pid, &status, 0) == -1) {
    if (errno != EINTR) throw error_from_errno(errno, options.program + ": cannot wait for its end");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string output_of(const std::string& program, const std::vector<std::string>& arguments) {
  boost::asio::io_context context;
  boost::asio::readable_pipe output(context);
  std::string text;
  try {
    process::process child(context, program, arguments, process::process_stdio{nullptr, output, nullptr});
    boost::system::error_code end;
    boost::asio::read(output, boost::asio::dynamic_buffer(text), end);
    if (child.wait() != 0) text.clear();
  } catch (const boost::system::system_error&) {
    text.clear();
  }
  return text;
}

}  // namespace sluice::disposable
