#pragma once

#include <string>
#include <string_view>

namespace sluice {

/// SHA-256 as 64 lower-case hex digits.
std::string sha256_hex(std::string_view data);

/// Of a whole open file, wherever its offset stands (it is left alone). Throws Error where it cannot be read.
std::string sha256_hex_of_file(int descriptor);

}  // namespace sluice
