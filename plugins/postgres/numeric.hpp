#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "arrow/builder.hpp"

/// PostgreSQL's binary numeric: groups of four decimal digits, the first of them worth 10000^weight.
namespace sluice::postgres::numeric {

using arrow::Int128;

/// Most bytes that encode_decimal writes.
inline constexpr size_t kMaxDecimalBytes = 8 + 2 * 12;

/// Writes the binary form of unscaled * 10^-scale at `out` (kMaxDecimalBytes free) and answers its length. 0 <= scale
/// <= 38.
size_t encode_decimal(Int128 unscaled, int scale, char* out);

/// Appends the binary form of a decimal text ("-12.50", "1e-7", "NaN", "-Infinity"). False where `text` is not a number
/// or is beyond what numeric holds. `*fraction_digits` is set to the digits behind the point that are needed.
bool encode_text(std::string_view text, std::string& out, int* fraction_digits);

enum class Fit { ok, not_a_number, too_precise, too_large };

/// Reads the binary form as unscaled * 10^-scale, exactly. Precision is checked against `precision` digits.
Fit decode_decimal(std::string_view binary, int precision, int scale, Int128& unscaled);

/// The server's text for it, for messages and columns of kind number.
std::string decode_text(std::string_view binary);

}  // namespace sluice::postgres::numeric
