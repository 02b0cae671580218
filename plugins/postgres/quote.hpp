#pragma once

#include <string>
#include <string_view>

/// The one place where names and values become SQL text. Pure functions: they hold for client_encoding UTF8, which
/// every connection of this plugin sets.
namespace sluice::postgres {

/// Longest identifier in bytes; the server cuts longer ones.
inline constexpr size_t kMaxNameBytes = 63;

/// "name", with quotes doubled. Throws Error(unsupported) for an empty name, a NUL or more than kMaxNameBytes.
std::string quote_name(std::string_view name);

/// "schema"."name"; just "name" where schema is empty.
std::string quote_qualified(std::string_view schema, std::string_view name);

/// A text literal, right under either setting of standard_conforming_strings. Throws Error(data) where `text` holds a
/// NUL.
std::string quote_literal(std::string_view text);

/// The longest prefix of at most `bytes` bytes that ends at a UTF-8 character.
std::string cut_utf8(std::string_view text, size_t bytes);

}  // namespace sluice::postgres
