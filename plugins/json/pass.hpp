#pragma once

#include <string_view>
#include <vector>

#include "files/unreadable.hpp"
#include "walker.hpp"

namespace sluice::json {

/// Follows a container that a parser has refused to where it closes, as long as its brackets close in their order and its strings stand
/// where strings may stand: else a quote is missing or one too many, and what seems to be between strings is in them. Slower than
/// BracketScanner, which only counts brackets.
class Nesting {
 public:
  enum class State { open = 1, closed, broken };

  /// Takes bytes up to the one that closes the container; `taken` is how many.
  State take(std::string_view text, size_t& taken);

 private:
  State take(char c);
  State take_in_string(char c);

  std::vector<char> closing_;  // of the containers that are open
  char last_ = 0;              // that was no space, outside of strings; a quote behind one
  bool is_in_string_ = false;
  bool is_escaped_ = false;
};

/// Whether the first lines of a window hold a whole object each, for the most part.
bool has_record_per_line(Window& window);

/// Steps behind the line's end. False where the line closes what another one has opened: then both are of one record.
bool pass_line(Window& window, files::Unreadable& passed);
/// Steps behind the value that begins here. False where nothing tells its end.
bool pass_value(Walker& walker, files::Unreadable& passed);

}  // namespace sluice::json
