#pragma once

#include <cstdint>
#include <string_view>

/// What single texts are, for evidence.
namespace sluice::json {

/// Digits before and behind the point.
struct Size {
  int digits = 0;
  int scale = 0;
};

/// Of a decimal number, its exponent counted in.
Size size_of_number(std::string_view token);
/// An integer of 64 bits whose text is the only one it has: "-0" is none.
bool integer_from_token(std::string_view token, int64_t& value);
/// Decimal texts without an exponent, as the catalog counts them.
bool is_plain_number(std::string_view text);
bool is_boolean_word(std::string_view text);
/// "\x0aff": bytes as hex digits of lower case behind \x, as targets write them.
bool is_hex(std::string_view text);
/// As uuids are written back: lower case, with hyphens. `text` is a uuid.
bool is_plain_uuid(std::string_view text);

}  // namespace sluice::json
