#include "evidence.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "strings.hpp"

namespace sluice::json {

namespace {

constexpr int kMostScale = 9;
constexpr int kMostDigits = 1000000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// An integer of 64 bits whose text is the only one it has: "-0" is none.
bool integer_from_token(std::string_view token, int64_t& value) {
  if (token.size() > 20 || token == "-0") return false;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  return error == std::errc() && end == token.data() + token.size();
}

struct Size {
  int digits = 0;
  int scale = 0;
};

/// Digits before and behind the point, the exponent counted in.
Size size_of_number(std::string_view token) {
  const size_t exponent_at = std::min(token.find_first_of("eE"), token.size());
  const std::string_view mantissa = token.substr(0, exponent_at);
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  const int sign = !mantissa.empty() && (mantissa[0] == '-' || mantissa[0] == '+') ? 1 : 0;
  int exponent = 0;
  if (exponent_at < token.size()) {
    const char* begin = token.data() + exponent_at + 1;
    if (*begin == '+') ++begin;
    const auto [end, error] = std::from_chars(begin, token.data() + token.size(), exponent);
    if (error != std::errc()) exponent = *begin == '-' ? -kMostDigits : kMostDigits;
    exponent = std::clamp(exponent, -kMostDigits, kMostDigits);
  }
  const int whole = static_cast<int>(point) - sign;
  const int behind = point < mantissa.size() ? static_cast<int>(mantissa.size() - point) - 1 : 0;
  return {std::max(whole + exponent, 0), std::max(behind - exponent, 0)};
}

/// Decimal texts without an exponent, as the catalog counts them.
bool is_plain_number(std::string_view text) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  size_t digits = 0;
  bool has_point = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !has_point) {
      has_point = true;
    } else if (is_digit(text[at])) {
      ++digits;
    } else {
      return false;
    }
  }
  return digits > 0;
}

bool is_boolean_word(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords = {"t", "f", "true", "false", "y", "n", "yes", "no"};
  const auto same = [&](std::string_view word) {
    return std::equal(word.begin(), word.end(), text.begin(), text.end(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
  };
  return text.size() <= 5 && std::any_of(kWords.begin(), kWords.end(), same);
}

/// As uuids are written back: lower case, with hyphens.
bool is_plain_uuid(std::string_view text) {
  return text.size() == 36 && std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

void ColumnEvidence::add(const Value& value, std::string& scratch) {
  ++present;
  if (value.kind != Kind::null) max_raw_bytes_ = std::max(max_raw_bytes_, static_cast<int64_t>(value.raw.size()));
  switch (value.kind) {
    case Kind::null: ++nulls; return;
    case Kind::boolean: ++booleans; return;
    case Kind::object: ++objects; return;
    case Kind::array: ++arrays; return;
    case Kind::number: return add_number(value.raw);
    case Kind::string: break;
  }
  if (!has_escapes(value.content())) return add_text(value.content());
  scratch.clear();
  append_unescaped(value.content(), scratch);
  add_text(scratch);
}

void ColumnEvidence::add_integer(int64_t value) {
  if (integers++ == 0) min_integer_ = max_integer_ = value;
  min_integer_ = std::min(min_integer_, value);
  max_integer_ = std::max(max_integer_, value);
}

void ColumnEvidence::add_number(std::string_view token) {
  int64_t value = 0;
  const Size size = size_of_number(token);
  max_digits_ = std::max(max_digits_, size.digits);
  if (max_scale_ >= 0) max_scale_ = size.scale > kMostScale ? -1 : std::max(max_scale_, size.scale);
  if (integer_from_token(token, value)) return add_integer(value);
  ++numbers;
}

void ColumnEvidence::add_text(std::string_view text) {
  ++strings;
  max_bytes_ = std::max(max_bytes_, static_cast<int64_t>(text.size()));
  if (text.find('\0') != std::string_view::npos) ++nul_bytes_;
  classify(text);
}

void ColumnEvidence::classify(std::string_view text) {
  if (may_be_time_) {
    const bool may = text.size() >= 10 && is_digit(text[0]);
    const auto parsed = may ? arrow::timestamp_from_text(text) : std::nullopt;
    may_be_time_ = parsed.has_value() && (parsed->has_time || text.size() == 10);
    if (may_be_time_) ++(!parsed->has_time ? dates_ : parsed->has_zone ? zoned_ : timestamps_);
  }
  if (may_be_number_) {
    may_be_number_ = is_plain_number(text);
    number_texts_ += may_be_number_ ? 1 : 0;
    if (may_be_number_) {
      const Size size = size_of_number(text);
      max_digits_ = std::max(max_digits_, size.digits);
      if (max_scale_ >= 0) max_scale_ = size.scale > kMostScale ? -1 : std::max(max_scale_, size.scale);
    }
  }
  if (may_be_uuid_) {
    may_be_uuid_ = text.size() >= 32 && text.size() <= 38 && arrow::uuid_from_text(text).has_value();
    uuids_ += may_be_uuid_ ? 1 : 0;
    plain_uuids_ += may_be_uuid_ && is_plain_uuid(text) ? 1 : 0;
  }
  if (may_be_json_) {
    may_be_json_ = !text.empty() && (text[0] == '{' || text[0] == '[') && arrow::is_json(text);
    jsons_ += may_be_json_ ? 1 : 0;
  }
  if (may_be_boolean_) {
    may_be_boolean_ = is_boolean_word(text);
    true_false_ += may_be_boolean_ ? 1 : 0;
  }
}

ColumnEvidence ColumnEvidence::repeated(int64_t rows) const {
  ColumnEvidence all = *this;
  const int64_t whole = present;
  // A class that holds for every value holds for every copy; of the others nobody can tell.
  for (int64_t ColumnEvidence::*count :
       {&ColumnEvidence::present, &ColumnEvidence::nulls, &ColumnEvidence::booleans, &ColumnEvidence::integers,
        &ColumnEvidence::numbers, &ColumnEvidence::strings, &ColumnEvidence::dates_, &ColumnEvidence::timestamps_,
        &ColumnEvidence::zoned_, &ColumnEvidence::number_texts_, &ColumnEvidence::uuids_, &ColumnEvidence::plain_uuids_,
        &ColumnEvidence::jsons_, &ColumnEvidence::true_false_}) {
    all.*count = this->*count == whole ? rows : 0;
  }
  return all;
}

bool ColumnEvidence::is_mixed() const {
  const auto kinds = {booleans, integers + numbers, strings, objects, arrays};
  return std::count_if(kinds.begin(), kinds.end(), [](int64_t count) { return count > 0; }) > 1;
}

Form ColumnEvidence::form() const {
  if (is_mixed() || objects > 0 || arrays > 0) return Form::json;
  if (booleans > 0) return Form::boolean;
  if (numbers > 0) return Form::number;
  return integers > 0 ? Form::integer : Form::text;
}

std::string ColumnEvidence::native() const {
  if (is_mixed()) return "mixed";
  if (values() == 0) return "null";
  if (objects > 0) return "object";
  if (arrays > 0) return "array";
  if (booleans > 0) return "boolean";
  return strings > 0 ? "string" : "number";
}

arrow::Type ColumnEvidence::type() const {
  switch (form()) {
    case Form::json: return {arrow::Kind::json};
    case Form::boolean: return {arrow::Kind::boolean};
    case Form::number: return {arrow::Kind::number};
    case Form::integer: return {arrow::Kind::int64};
    default: break;
  }
  if (strings == 0) return {arrow::Kind::text};
  if (dates_ == strings) return {arrow::Kind::date};
  if (timestamps_ == strings) return {arrow::Kind::timestamp};
  if (zoned_ == strings) return {arrow::Kind::timestamptz};
  if (plain_uuids_ == strings) return {arrow::Kind::uuid};
  return {arrow::Kind::text};
}

arrow::Type ColumnEvidence::carrier() const {
  switch (form()) {
    case Form::boolean: return {arrow::Kind::boolean};
    case Form::integer: return {arrow::Kind::int64};
    default: return {arrow::Kind::text};
  }
}

nlohmann::json ColumnEvidence::to_json(int64_t rows) const {
  nlohmann::json seen = {{"rows", rows}, {"nulls", rows - values()}};
  const Form held = form();
  if (held == Form::boolean) {
    seen["true_false"] = booleans;
  } else if (held == Form::integer) {
    seen.update({{"integers", integers}, {"min_integer", min_integer_}, {"max_integer", max_integer_}});
  } else if (held == Form::number) {
    seen.update({{"texts", values()},
                 {"numbers", values()},
                 {"max_scale", max_scale_},
                 {"max_digits", max_digits_},
                 {"max_bytes", max_raw_bytes_}});
  } else if (held == Form::json) {
    seen.update({{"texts", values()}, {"jsons", values()}, {"max_bytes", max_raw_bytes_}});
  } else {
    seen.update({{"texts", strings},
                 {"max_bytes", max_bytes_},
                 {"dates", dates_},
                 {"timestamps", timestamps_},
                 {"zoned", zoned_},
                 {"numbers", number_texts_},
                 {"uuids", uuids_},
                 {"jsons", jsons_},
                 {"true_false", true_false_},
                 {"nul_bytes", nul_bytes_},
                 {"max_scale", max_scale_},
                 {"max_digits", max_digits_}});
  }
  return seen;
}

std::string ColumnEvidence::describe() const {
  std::string text;
  const auto add = [&](int64_t count, const char* what) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  add(strings, "string");
  add(integers + numbers, "number");
  add(booleans, "boolean");
  add(objects, "object");
  add(arrays, "array");
  return text;
}

}  // namespace sluice::json
