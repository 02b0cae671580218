#pragma once

#include <string>
#include <string_view>

/// The one place where names and values become SQL text.
namespace sluice::mysql {

/// Longest identifier in characters.
inline constexpr size_t kMaxNameCharacters = 64;

/// `name`, with backticks doubled. Throws Error(unsupported) for an empty name, a NUL or a blank at its end, which the server
/// refuses.
std::string quote_name(std::string_view name);

/// `schema`.`name`; just `name` where schema is empty.
std::string quote_qualified(std::string_view schema, std::string_view name);

/// A text literal that reads the same under every sql_mode: digits of its bytes, read as UTF-8.
std::string quote_literal(std::string_view text);

/// A text literal as 'text', for the places that take no other (comments): right under the sql_mode that sessions here set.
std::string quote_string(std::string_view text);

}  // namespace sluice::mysql
