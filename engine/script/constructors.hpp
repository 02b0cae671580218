#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "script/lua_tokens.hpp"

namespace sluice::script {

/// One entry of a table as written: where it starts, and its key where that is a constant.
struct WrittenEntry {
  LuaToken place;
  std::string key;  ///< empty: positional, or a key that is computed
  bool is_positional = false;
};

/// One `{ ... }` of a source. Lua drops a nil at the end of a list and a key given twice without a word; what was
/// written is kept here, so that both are found.
struct Constructor {
  LuaToken open;
  size_t end = 0;            ///< behind the closing brace
  bool is_argument = false;  ///< f { ... }
  std::vector<WrittenEntry> entries;
  std::vector<size_t> positional;      ///< indexes of those entries
  bool is_open_ended = false;          ///< the last entry is `...`
  std::optional<size_t> token_before;  ///< index

  const WrittenEntry* find_key(std::string_view key) const;
  /// The n-th positional entry from 1; the last one for what its call returned beyond it; nullptr where there is none.
  const WrittenEntry* find_positional(size_t number) const;
};

/// A key given twice: the second place, and the line of the first.
struct DoubledKey {
  LuaToken place;
  std::string key;
  int first_line = 0;
};

struct Constructors {
  std::vector<Constructor> all;  ///< in order of their opening braces
  std::vector<DoubledKey> doubled;
};

Constructors find_constructors(std::string_view source, const std::vector<LuaToken>& tokens);

/// The same source with each constructor `{...}` number i wrapped into a call `MARKER(first + i, {...})`. Lines stay as
/// they are.
std::string mark_constructors(std::string_view source, const std::vector<LuaToken>& tokens, const Constructors& found,
                              std::string_view marker, size_t first);

}  // namespace sluice::script
