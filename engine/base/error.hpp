#pragma once

#include <exception>
#include <string>

namespace sluice {

/// What went wrong, in one word. The values are those of the plugin contract (sluice_status), so that a plugin's error
/// passes through unchanged.
enum class Code {
  invalid_argument = 1,
  not_found = 2,
  already_exists = 3,
  unsupported = 4,
  unavailable = 5,
  conflict = 6,
  data = 7,
  constraint = 8,
  permission = 9,
  cancelled = 10,
  timeout = 11,
  in_doubt = 12,
  internal = 13,
};

/// "invalid_argument", "not_found", ...
const char* to_text(Code code);

/// The one exception type. A message names the object, what was expected, what was found; `hint` says what to do;
/// `where` is "file:line" of a workflow, or the node path, or empty. Expected outcomes (a failed gate, a failed step)
/// are values, not errors.
class Error : public std::exception {
 public:
  Error(Code code, std::string message, std::string hint = {}, std::string where = {});

  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  const std::string& where() const { return where_; }
  const std::string& sqlstate() const { return sqlstate_; }
  /// The store's own number for it, 0 for none.
  int native_code() const { return native_code_; }

  /// The same error with more context: "copying orders: " before the message.
  Error with_prefix(const std::string& prefix) const;
  Error with_where(std::string where) const;
  Error with_hint(std::string hint) const;
  Error with_sqlstate(std::string sqlstate) const;
  Error with_native_code(int native_code) const;

  /// "where: message; hint", one line for a person.
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  void render();

  Code code_;
  std::string message_;
  std::string hint_;
  std::string where_;
  std::string sqlstate_;
  int native_code_ = 0;
  std::string text_;
};

}  // namespace sluice
