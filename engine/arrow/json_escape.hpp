#pragma once

#include <string_view>

/// What a JSON text may spell and some stores refuse without saying in which row. The text must be valid JSON otherwise.
namespace sluice::arrow {

/// An escaped NUL, \u0000.
bool has_escaped_nul(std::string_view json);
/// Half of a surrogate pair, such as \ud83d alone, which is no character.
bool has_half_pair(std::string_view json);

}  // namespace sluice::arrow
