#pragma once

#include <cstddef>
#include <string_view>

namespace sluice {

/// Bytes of the character that begins at `at` (1 to 4), 0 where no valid one begins (broken, overlong, surrogate,
/// beyond U+10FFFF, cut off). `at` must be inside the text.
size_t utf8_length(std::string_view text, size_t at);

/// How many bytes of `text`, from its start, are valid UTF-8.
size_t utf8_valid_prefix(std::string_view text);

/// At most `most` bytes of `text`, not cut inside a character.
std::string_view utf8_truncate(std::string_view text, size_t most);

}  // namespace sluice
