#include "support/program.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <thread>

#include "disposable/child.hpp"

namespace sluice::test {
namespace {

using std::chrono::steady_clock;

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string name(*entry, std::strcspn(*entry, "="));
    if (added.count(name) == 0) environment.emplace_back(*entry);
  }
  for (const auto& [name, value] : added) environment.push_back(name + "=" + value);
  return environment;
}

}  // namespace

Program::Program(const std::string& path, const std::vector<std::string>& arguments, const ProgramOptions& options) {
  disposable::ChildOptions child;
  child.program = path;
  child.arguments = arguments;
  child.environment = environment_with(options.environment);
  child.directory = options.directory.empty() ? output_.path() : options.directory;
  child.output = output_ / "out";
  child.errors = output_ / "err";
  started_ = steady_clock::now();
  pid_ = disposable::start_child(child);
}

Program::~Program() {
  if (!is_running()) return;
  signal(SIGKILL);
  collect(0);
}

bool Program::collect(int options) {
  int status = 0;
  if (!status_ && ::waitpid(pid_, &status, options) == pid_) status_ = status;
  return status_.has_value();
}

bool Program::is_running() { return !collect(WNOHANG); }

void Program::signal(int number) const { ::kill(pid_, number); }

Ending Program::wait(std::chrono::milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  while (is_running()) {
    if (steady_clock::now() > deadline) {
      signal(SIGKILL);
      collect(0);
      ADD_FAILURE() << "did not end within " << patience.count() << " ms; its output: " << out() << err();
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const int status = *status_;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0, out(), err()};
}

Ending Program::kill_after(std::chrono::microseconds delay) {
  std::this_thread::sleep_until(started_ + delay);
  if (is_running()) signal(SIGKILL);
  return wait();
}

std::string sluice_path() { return build_directory() + "/sluice"; }

Ending run_sluice(const std::vector<std::string>& arguments, const ProgramOptions& options) {
  return Program(sluice_path(), arguments, options).wait(std::chrono::minutes(5));
}

}  // namespace sluice::test
