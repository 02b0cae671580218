#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

#include "journal/journal.hpp"

namespace sluice::journal {

/// A directory of a test's own, removed with everything in it.
class TestDirectory {
 public:
  TestDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline Event make_event(const std::string& kind, const std::string& node = "", const std::string& data = "{}") {
  Event event;
  event.kind = kind;
  event.node = node;
  event.data = data;
  return event;
}

inline void append_one(Journal& journal, const Event& event) {
  std::vector<Event> batch{event};
  journal.append(batch);
}

/// Runs `work` in a child process and gives the status of waitpid. The child leaves with what work returns, without
/// destructors of the parent's objects.
inline int run_in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    int code = 99;
    try {
      code = work();
    } catch (const std::exception& error) {
      ::write(2, error.what(), std::string(error.what()).size());
    }
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace sluice::journal
