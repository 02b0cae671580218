#pragma once

#include <cstdint>

namespace sluice::json {

/// How records lie in a part of a file.
enum class Layout {
  lines = 1,  ///< one after another, to the file's end
  array,      ///< with commas between, to a ]
  object,     ///< members of an object, to a }
  single,     ///< one
  elements,   ///< as in an array, to the file's end
  members     ///< as in an object, to the file's end
};

inline bool has_member_keys(Layout layout) { return layout == Layout::object || layout == Layout::members; }

/// What a file is that is only a part of one: how it goes on from `begin`.
struct Piece {
  Layout layout = Layout::lines;
  int64_t begin = 0;

  friend bool operator==(const Piece&, const Piece&) = default;
};

}  // namespace sluice::json
