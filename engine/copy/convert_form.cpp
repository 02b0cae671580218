#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "copy/convert_named.hpp"

/// Values that are written in another form: as text, as digits, as JSON.
namespace sluice::copy {

namespace {

using arrow::Kind;

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> make_values() {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  return values;
}
constexpr auto kValues = make_values();

/// RFC 4648, padding present or not. Bits that no byte takes must be zero: two texts never mean the same bytes.
std::optional<std::string> bytes_from_base64(std::string_view text) {
  if (text.size() % 4 == 0 && !text.empty() && text.back() == '=')
    text.remove_suffix(text[text.size() - 2] == '=' ? 2 : 1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int8_t value = kValues[static_cast<uint8_t>(c)];
    if (value < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held & 0xFF));
  }
  const bool has_rest = (bits & ((1u << held) - 1)) != 0;
  return has_rest ? std::nullopt : std::optional(bytes);
}

std::string base64_from_bytes(std::string_view bytes) {
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < bytes.size() ? static_cast<uint8_t>(bytes[at + i]) : 0u);
    for (size_t i = 0; i < 4; ++i) text.push_back(at + i > bytes.size() ? '=' : kAlphabet[bits >> (18 - 6 * i) & 63]);
  }
  return text;
}

void decode_base64(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto bytes = bytes_from_base64(cast.in.bytes(row));
    if (!bytes) cast.refuse(row, "base64");
    cast.out.append_bytes(*bytes);
  });
}

void encode_base64(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { cast.out.append_bytes(base64_from_bytes(cast.in.bytes(row))); });
}

void decode_hex(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    std::string_view digits = cast.in.bytes(row);
    const std::string_view mark = digits.substr(0, 2);
    if (mark == "\\x" || mark == "0x" || mark == "0X") digits.remove_prefix(2);
    const auto bytes = arrow::bytes_from_hex(digits);
    if (!bytes) cast.refuse(row, "an even number of hex digits");
    cast.out.append_bytes(*bytes);
  });
}

void encode_hex(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { cast.out.append_bytes(arrow::bytes_to_hex(cast.in.bytes(row))); });
}

/// The text inside a JSON string, where that is an object or array itself.
std::optional<std::string> opened(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\n\r");
  if (begin == std::string_view::npos || text[begin] != '"') return std::nullopt;
  const auto value = nlohmann::json::parse(text, nullptr, false);
  if (!value.is_string()) return std::nullopt;
  std::string inside = value.get<std::string>();
  const size_t first = inside.find_first_not_of(" \t\n\r");
  const bool is_container = first != std::string::npos && (inside[first] == '{' || inside[first] == '[');
  return is_container && arrow::is_json(inside) ? std::optional(std::move(inside)) : std::nullopt;
}

void to_json(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const std::string_view text = cast.in.bytes(row);
    if (!arrow::is_json(text)) cast.refuse(row, "JSON");
    const auto inside = opened(text);
    cast.out.append_bytes(inside ? std::string_view(*inside) : text);
  });
}

void to_uuid(const ColumnCast& cast) {
  constexpr size_t kBytes = 16;
  const bool is_packed = cast.from().kind == Kind::binary;
  cast.for_each([&](int64_t row) {
    const std::string_view value = cast.in.bytes(row);
    if (is_packed && value.size() == kBytes) return cast.out.append_bytes(value);
    const auto bytes = is_packed ? std::nullopt : arrow::uuid_from_text(value);
    if (!bytes) cast.refuse(row, is_packed ? "the 16 bytes of a uuid" : "a uuid");
    cast.out.append_bytes(*bytes);
  });
}

std::optional<bool> truth_of(std::string_view text) {
  std::string word(text);
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view yes : {"1", "t", "true", "y", "yes", "on"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "false", "n", "no", "off"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

void text_to_boolean(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto truth = truth_of(cast.in.bytes(row));
    if (!truth) cast.refuse(row, "one of 0 1 t f true false y n yes no on off");
    cast.out.append_int64(*truth ? 1 : 0);
  });
}

void integer_to_boolean(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const int64_t value = cast.in.int64(row);
    if (value != 0 && value != 1) cast.refuse(row, "0 or 1");
    cast.out.append_int64(value);
  });
}

}  // namespace

CastFunction find_form_cast(const std::string& name, const arrow::Type& from) {
  if (name == "boolean") return from.kind == Kind::text ? text_to_boolean : integer_to_boolean;
  if (name == "base64") return from.kind == Kind::text ? decode_base64 : encode_base64;
  if (name == "hex") return from.kind == Kind::text ? decode_hex : encode_hex;
  if (name == "json") return to_json;
  return name == "uuid" ? to_uuid : nullptr;
}

}  // namespace sluice::copy
