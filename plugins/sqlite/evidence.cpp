#include "evidence.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <new>
#include <string>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

constexpr int kMostScale = 9;
constexpr std::array<double, kMostScale + 1> kPowers = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

struct ByteKinds {
  bool has_nul = false;
  bool has_high = false;
};

ByteKinds kinds_of_bytes(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101u;
  constexpr uint64_t kHighs = 0x8080808080808080u;
  uint64_t highs = 0;
  uint64_t zeros = 0;
  const char* at = text.data();
  size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t eight;
    std::memcpy(&eight, at, 8);
    highs |= eight & kHighs;
    zeros |= (eight - kOnes) & ~eight & kHighs;
  }
  for (; left > 0; ++at, --left) {
    highs |= static_cast<unsigned char>(*at) & 0x80u;
    zeros |= *at == 0 ? 1u : 0u;
  }
  return {zeros != 0, highs != 0};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int two_digits(const char* at) { return (at[0] - '0') * 10 + (at[1] - '0'); }

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const int i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!is_digit(text[static_cast<size_t>(i)])) return false;
  }
  const int month = two_digits(text.data() + 5);
  const int day = two_digits(text.data() + 8);
  if (month >= 1 && month <= 12 && day >= 1 && day <= 28 && text.substr(0, 4) != "0000") return true;
  return arrow::date_from_text(text).has_value();
}

/// Whether the double is what reading it back with so many digits behind the point gives. Both r and the power are
/// exact, so that their quotient is the double nearest to the decimal.
bool fits_scale(double value, int scale) {
  constexpr double kRoundsToInteger = 6755399441055744.0;  // 1.5 * 2^52: adding it leaves no room for a fraction
  const double shifted = value * kPowers[static_cast<size_t>(scale)];
  if (std::fabs(shifted) >= 2251799813685248.0) return std::isfinite(value) && value == std::trunc(value);
  const double rounded = (shifted + kRoundsToInteger) - kRoundsToInteger;
  return rounded / kPowers[static_cast<size_t>(scale)] == value;
}

bool is_boolean_word(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords = {"t", "f", "true", "false", "y", "n", "yes", "no"};
  return text.size() <= 5 &&
         std::any_of(kWords.begin(), kWords.end(), [&](auto word) { return same_name(text, word); });
}

bool is_json(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[')) return false;
  return arrow::is_json(text);
}

}  // namespace

void ColumnEvidence::add(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return add_integer(sqlite3_value_int64(value));
    case SQLITE_FLOAT: return add_real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
      if (data == nullptr) throw std::bad_alloc();
      return add_text({data, static_cast<size_t>(sqlite3_value_bytes(value))});
    }
    case SQLITE_BLOB:
      ++blobs;
      max_bytes = std::max<int64_t>(max_bytes, sqlite3_value_bytes(value));
      return;
    default: ++nulls;
  }
}

void ColumnEvidence::add_integer(int64_t value) {
  if (integers++ == 0) min_integer = max_integer = value;
  min_integer = std::min(min_integer, value);
  max_integer = std::max(max_integer, value);
  true_false += value == 0 || value == 1 ? 1 : 0;
}

void ColumnEvidence::add_real(double value) {
  ++reals;
  while (std::fabs(value) >= digits_limit_ && digits_limit_ <= 1e308) {
    ++max_digits;
    digits_limit_ *= 10;
  }
  if (max_scale >= 0 && !fits_scale(value, max_scale)) raise_scale(value);
}

void ColumnEvidence::raise_scale(double value) {
  do {
    ++max_scale;
  } while (max_scale <= kMostScale && !fits_scale(value, max_scale));
  if (max_scale > kMostScale || !std::isfinite(value)) max_scale = -1;
}

void ColumnEvidence::add_text(std::string_view text) {
  ++texts;
  max_bytes = std::max(max_bytes, static_cast<int64_t>(text.size()));
  const ByteKinds kinds = kinds_of_bytes(text);
  if (kinds.has_nul) ++nul_bytes;
  if (kinds.has_high && !arrow::is_valid_utf8(text)) ++invalid_utf8;
  classify(text);
}

void ColumnEvidence::classify(std::string_view text) {
  if (may_be_time_) may_be_time_ = add_time(text);
  if (may_be_number_) may_be_number_ = add_number(text);
  if (may_be_uuid_) {
    may_be_uuid_ = text.size() >= 32 && text.size() <= 38 && arrow::uuid_from_text(text).has_value();
    uuids += may_be_uuid_ ? 1 : 0;
  }
  if (may_be_json_) {
    may_be_json_ = is_json(text);
    jsons += may_be_json_ ? 1 : 0;
  }
  if (may_be_boolean_) {
    may_be_boolean_ = is_boolean_word(text);
    true_false += may_be_boolean_ ? 1 : 0;
  }
}

bool ColumnEvidence::add_time(std::string_view text) {
  if (is_date(text)) {
    ++dates;
    return true;
  }
  if (text.size() < 11 || !is_digit(text[0])) return false;
  const auto parsed = arrow::timestamp_from_text(text);
  if (!parsed || !parsed->has_time) return false;
  ++(parsed->has_zone ? zoned : timestamps);
  return true;
}

bool ColumnEvidence::add_number(std::string_view text) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const size_t first = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  const size_t whole = at - first;
  size_t behind = 0;
  if (at < text.size() && text[at] == '.') {
    const size_t point = at++;
    while (at < text.size() && is_digit(text[at])) ++at;
    behind = at - point - 1;
  }
  if (at != text.size() || whole + behind == 0) return false;
  ++numbers;
  if (static_cast<int64_t>(whole) > max_digits) {
    max_digits = static_cast<int>(whole);
    digits_limit_ = whole <= 308 ? std::pow(10.0, static_cast<double>(whole)) : HUGE_VAL;
  }
  return true;
}

TableEvidence scan_table(Session& session, const TableShape& shape) {
  std::string names;
  std::vector<size_t> scanned;
  for (size_t i = 0; i < shape.columns.size(); ++i) {
    if (shape.columns[i].is_generated) continue;
    names += (scanned.empty() ? "" : ", ") + quote_name(shape.name) + "." + quote_name(shape.columns[i].name);
    scanned.push_back(i);
  }
  TableEvidence evidence;
  evidence.columns.resize(shape.columns.size());
  if (scanned.empty()) return evidence;
  Statement rows(session, "SELECT " + names + " FROM " + quote_name(shape.name), "scanning " + shape.name);
  while (rows.step()) {
    ++evidence.rows;
    for (size_t i = 0; i < scanned.size(); ++i) {
      evidence.columns[scanned[i]].add(sqlite3_column_value(rows.get(), static_cast<int>(i)));
    }
  }
  return evidence;
}

}  // namespace sluice::sqlite
