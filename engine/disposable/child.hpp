#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace sluice::disposable {

/// A system user by number.
struct User {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
};

/// The user that servers run as: nobody special (nothing) unless we are root, then "postgres" where it exists, else
/// "nobody".
std::optional<User> unprivileged_user();

/// What to start. The program is executed directly, never through a shell, with no open file of ours.
struct ChildOptions {
  std::string program;                   ///< absolute path
  std::vector<std::string> arguments;    ///< without the program itself
  std::vector<std::string> environment;  ///< "NAME=value"; nothing is inherited
  std::string directory;                 ///< to start in
  std::string output;                    ///< a file that its output is appended to
  std::string errors;                    ///< the same for its errors; empty: where the output goes
  std::optional<User> user;              ///< to become before executing
};

/// Starts it in a session of its own, so that neither our end nor our terminal's signals reach it. The caller waits for
/// it or leaves it. Throws Error(unavailable) where it can't be executed.
pid_t start_child(const ChildOptions& options);

/// Starts it and waits for its end. Returns the exit code, or 128 + the signal that ended it.
int run_child(const ChildOptions& options);

/// What a program prints, with our own environment and user. Empty where it can't be run or fails.
std::string output_of(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace sluice::disposable
