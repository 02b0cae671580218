#include "evidence.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"

namespace sluice::csv {

namespace {

using arrow::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

/// "\x0aff", as binary values are written.
bool is_hex_bytes(std::string_view text) {
  return text.size() >= 2 && text[0] == '\\' && text[1] == 'x' && text.size() % 2 == 0 && is_lower_hex(text.substr(2));
}

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  return arrow::date_from_text(text).has_value();
}

bool is_boolean_word(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords = {"t", "f", "true", "false", "y", "n", "yes", "no"};
  const auto same = [&](std::string_view word) {
    return std::equal(word.begin(), word.end(), text.begin(), text.end(),
                      [](char a, char b) { return a == (b | 0x20); });
  };
  return text.size() <= 5 && std::any_of(kWords.begin(), kWords.end(), same);
}

bool is_json(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  const bool begins = first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
  return begins && arrow::is_json(text);
}

struct NumberParts {
  bool is_negative = false, has_sign = false, has_exponent = false;
  std::string_view whole, fraction;
  bool has_point = false;
};

bool split_number(std::string_view text, NumberParts& parts) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  parts.has_sign = at == 1;
  parts.is_negative = at == 1 && text[0] == '-';
  const auto digits = [&] {
    const size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return text.substr(begin, at - begin);
  };
  parts.whole = digits();
  parts.has_point = at < text.size() && text[at] == '.';
  if (parts.has_point) ++at, parts.fraction = digits();
  if (parts.whole.empty() && parts.fraction.empty()) return false;
  parts.has_exponent = at < text.size() && (text[at] | 0x20) == 'e';
  if (parts.has_exponent) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (digits().empty()) return false;
  }
  return at == text.size();
}

bool is_canonical(const NumberParts& parts) {
  const bool has_leading_zero = parts.whole.size() > 1 && parts.whole[0] == '0';
  if (parts.whole.empty() || has_leading_zero || parts.has_exponent) return false;
  if (parts.has_sign && !parts.is_negative) return false;
  if (parts.has_point && parts.fraction.empty()) return false;
  const bool is_zero = parts.whole == "0" && parts.fraction.find_first_not_of('0') == std::string_view::npos;
  return !(parts.is_negative && is_zero);
}

}  // namespace

void ColumnEvidence::add(std::string_view text) {
  ++texts;
  max_bytes = std::max(max_bytes, static_cast<int64_t>(text.size()));
  if (classes_ == 0) return;
  if (may_be(kNumber | kPlainNumber | kInteger)) look_for_number(text);
  if (may_be(kTime)) look_for_time(text);
  if (may_be(kUuid | kLowerUuid | kJson | kBooleanWord | kTrueFalse | kHex)) look_for_words(text);
}

void ColumnEvidence::look_for_number(std::string_view text) {
  // Most columns of numbers hold integers, which need no more than this.
  if (may_be(kInteger)) look_for_integer(text);
  NumberParts parts;
  const bool is_number = split_number(text, parts);
  keep(kNumber, is_number);
  keep(kPlainNumber, is_number && is_canonical(parts));
  if (!is_number) return;
  ++numbers;
  max_digits = std::max(max_digits, static_cast<int>(parts.whole.size()));
  const int scale = static_cast<int>(parts.fraction.size());
  if (scale_ < 0) scale_ = scale;
  is_one_scale_ &= scale == scale_;
  has_trailing_zero_ |= scale > 0 && parts.fraction.back() == '0';
}

void ColumnEvidence::look_for_integer(std::string_view text) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_negative = !text.empty() && text[0] == '-';
  const bool has_zero = text.size() > (is_negative ? 2u : 1u) && text[is_negative ? 1 : 0] == '0';
  const bool is_integer =
      code == std::errc() && end == text.data() + text.size() && !has_zero && !(is_negative && value == 0);
  keep(kInteger, is_integer);
  if (!is_integer) return;
  if (integers++ == 0) min_integer = max_integer = value;
  min_integer = std::min(min_integer, value);
  max_integer = std::max(max_integer, value);
}

void ColumnEvidence::look_for_time(std::string_view text) {
  if (is_date(text)) {
    ++dates;
    return;
  }
  const auto parsed = text.size() >= 11 && is_digit(text[0]) ? arrow::timestamp_from_text(text) : std::nullopt;
  keep(kTime, parsed && parsed->has_time);
  if (may_be(kTime)) ++(parsed->has_zone ? zoned : timestamps);
}

void ColumnEvidence::look_for_words(std::string_view text) {
  if (may_be(kUuid)) {
    const bool is_uuid = text.size() >= 32 && text.size() <= 38 && arrow::uuid_from_text(text).has_value();
    keep(kUuid, is_uuid);
    keep(kLowerUuid, is_uuid && arrow::uuid_to_text(*arrow::uuid_from_text(text)) == text);
    uuids += is_uuid ? 1 : 0;
  }
  if (may_be(kJson)) {
    keep(kJson, is_json(text));
    jsons += may_be(kJson) ? 1 : 0;
  }
  if (may_be(kBooleanWord)) {
    keep(kBooleanWord, is_boolean_word(text));
    keep(kTrueFalse, text == "true" || text == "false");
    true_false += may_be(kBooleanWord) ? 1 : 0;
  }
  keep(kHex, is_hex_bytes(text));
  // Without these the columns that are only texts would be looked at for each word anew.
  if (!may_be(kUuid)) keep(kLowerUuid, false);
  if (!may_be(kBooleanWord)) keep(kTrueFalse, false);
}

void ColumnEvidence::decide() {
  const int64_t values = texts;
  const bool is_integer = values > 0 && may_be(kInteger);
  if (!is_integer) integers = min_integer = max_integer = 0;
  decide_kind(Kind::text, Kind::text);
  if (values == 0) return;
  const bool is_spelled_one_way = is_one_scale_ || !has_trailing_zero_;
  if (is_integer) {
    decide_kind(Kind::int64, Kind::int64);
    texts = 0;
  } else if (may_be(kPlainNumber) && is_spelled_one_way) {
    decide_kind(Kind::number, Kind::text);
  } else if (may_be(kTime) && dates == values) {
    decide_kind(Kind::date, Kind::text);
  } else if (may_be(kTime) && timestamps == values) {
    decide_kind(Kind::timestamp, Kind::text);
  } else if (may_be(kTime) && zoned == values) {
    decide_kind(Kind::timestamptz, Kind::text);
  } else if (may_be(kLowerUuid)) {
    decide_kind(Kind::uuid, Kind::text);
  } else if (may_be(kTrueFalse)) {
    decide_kind(Kind::boolean, Kind::text);
  } else if (may_be(kHex)) {
    decide_kind(Kind::binary, Kind::binary);
    blobs = std::exchange(texts, 0);
  }
}

TableEvidence scan_table(const Shape& shape, Unreadable unreadable, const std::atomic<bool>& cancelled) {
  TableEvidence evidence;
  evidence.columns.resize(shape.columns.size());
  RowScanner rows(shape.scan(), &cancelled);
  rows.expect(shape.columns);
  if (unreadable == Unreadable::count) rows.be_lenient();
  while (rows.next()) {
    if (rows.has_fault()) {
      if (evidence.unreadable++ == 0) evidence.fault = rows.fault();
      continue;
    }
    ++evidence.rows;
    for (size_t i = 0; i < evidence.columns.size(); ++i) {
      const Cell& cell = rows.cell(i);
      rows.is_null(cell) ? evidence.columns[i].add_null() : evidence.columns[i].add(cell.text());
    }
  }
  for (ColumnEvidence& column : evidence.columns) column.decide();
  return evidence;
}

}  // namespace sluice::csv
