#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "arrow/text.hpp"
#include "catalog/decide_target.hpp"
#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "true", "y", "yes", "on"};
constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "false", "n", "no", "off"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool contains(const std::array<std::string_view, 6>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_decimal_text(const std::string& text) {
  // A default is short; what a double reads is a decimal number.
  return arrow::double_from_text(text).has_value();
}

/// "" where the text is no value of the type.
std::string literal_in(const std::string& text, const Type& type) {
  if (is_integer(type.kind)) return arrow::int64_from_text(text) ? text : "";
  switch (type.kind) {
    case Kind::boolean: return contains(kTrue, lower(text)) ? "true" : contains(kFalse, lower(text)) ? "false" : "";
    case Kind::float32:
    case Kind::float64:
    case Kind::number: return is_decimal_text(text) ? text : "";
    case Kind::decimal: return arrow::decimal_from_text(text, type.precision, type.scale) ? text : "";
    case Kind::date: return arrow::date_from_text(text) ? text : "";
    case Kind::time: return arrow::time_from_text(text) ? text : "";
    case Kind::timestamp:
    case Kind::timestamptz: return arrow::timestamp_from_text(text) ? text : "";
    case Kind::uuid: return arrow::uuid_from_text(text) ? text : "";
    default: return text;
  }
}

bool takes_clock(Kind kind) {
  return kind == Kind::date || kind == Kind::time || kind == Kind::timestamp || kind == Kind::timestamptz ||
         kind == Kind::text;
}

}  // namespace

Default adjust_default(const Default& from, const Type& type, bool same_kind, std::string& problem) {
  const auto drop = [&](const std::string& why) {
    problem = why;
    return Default{};
  };
  if (from.kind == "none") return from;
  if (from.kind == "native") {
    return same_kind ? from : drop("default " + from.text + " is in the source's own language");
  }
  if (from.kind == "now" || from.kind == "today") {
    return takes_clock(type.kind) ? from : drop("default '" + from.kind + "' is no value of " + arrow::to_text(type));
  }
  if (from.kind == "uuid") {
    const bool takes_uuid = type.kind == Kind::uuid || type.kind == Kind::text;
    return takes_uuid ? from : drop("default 'uuid' is no value of " + arrow::to_text(type));
  }
  const bool is_free_text = type.kind == Kind::text || type.kind == Kind::json || type.kind == Kind::binary;
  const std::string literal = literal_in(from.text, type);
  if (literal.empty() && !is_free_text)
    return drop("default '" + from.text + "' is no value of " + arrow::to_text(type));
  return {.kind = "literal", .text = literal};
}

}  // namespace sluice::catalog
