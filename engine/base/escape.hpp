#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// Text for a terminal or a log line: control characters, direction overrides and bytes that are no UTF-8 become
/// visible
/// ("\n", "\x1b", "\u202e"), so that data can neither move the cursor nor fake a line.
std::string escape_terminal(std::string_view text);
/// The same, but line ends stay: for texts of our own that hold several lines.
std::string escape_terminal_lines(std::string_view text);

/// Text for HTML, inside elements and quoted attributes.
std::string escape_html(std::string_view text);

/// Percent-encodes everything but letters, digits and "-._~".
std::string escape_url(std::string_view text);

}  // namespace sluice
