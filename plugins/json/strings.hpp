#pragma once

#include <string>
#include <string_view>

namespace sluice::json {

/// What stands between the quotes of a JSON string, unescaped, behind what `out` holds. False, with `out` in any state,
/// for a broken escape or half of a surrogate pair.
bool append_unescaped(std::string_view content, std::string& out);

/// The same without the text.
bool has_valid_escapes(std::string_view content);

inline bool has_escapes(std::string_view content) { return content.find('\\') != std::string_view::npos; }

/// RFC 8259, 6.
bool is_number(std::string_view text);

/// A few bytes as people can read them, in quotes: "'NaN,'", "byte 0xff", "the end of the file" for none.
std::string shown(std::string_view text);

}  // namespace sluice::json
