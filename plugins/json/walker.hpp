#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "window.hpp"

namespace sluice::json {

struct Limits {
  int64_t record = 0;  ///< bytes
  int depth = 0;
};

/// Steps over JSON in a window, token by token or whole containers at once. Every error names file and byte.
class Walker {
 public:
  Walker(Window& window, Limits limits) : window_(window), limits_(limits) {}

  Window& window() { return window_; }
  int64_t offset() const { return window_.offset(); }
  /// The next byte that is no white space, left where it is; -1 at the file's end.
  int peek();
  /// Steps over `c`. `where` ends the message: "after a record".
  void expect(char c, const std::string& where);
  /// A string, unescaped.
  std::string take_string(const char* what);
  /// Steps over any value. What is in containers is not checked.
  void skip_value();
  /// Steps to where `depth` open containers are all closed.
  void skip_containers(int depth);
  /// The object or array that begins here, at most limits.record bytes. Valid until the next call.
  std::string_view take_container();
  [[noreturn]] void refuse(const std::string& expected);

 private:
  bool ensure(size_t bytes);
  [[noreturn]] void refuse_container(int64_t begin, const std::string& why, const std::string& hint);

  Window& window_;
  Limits limits_;
};

}  // namespace sluice::json
