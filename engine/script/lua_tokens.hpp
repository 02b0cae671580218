#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::script {

/// One token of a Lua source, as bytes [begin, end) of it.
struct LuaToken {
  enum class Kind { name = 1, keyword, text, number, symbol } kind = Kind::symbol;
  size_t begin = 0;
  size_t end = 0;
  int line = 0;  ///< of its first byte, from 1
};

/// The tokens of a source that Lua has accepted before; comments are left out. A broken source gives the tokens before
/// the fault.
std::vector<LuaToken> cut_lua(std::string_view source);

std::string_view text_of(const LuaToken& token, std::string_view source);

/// What stands between the quotes or brackets of a text token, escapes as written.
std::string_view content_of(const LuaToken& token, std::string_view source);

}  // namespace sluice::script
