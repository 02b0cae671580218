#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "copy/convert_named.hpp"

/// Values that stay what they are, but for those that are cleaned; and numbers in people's spellings.
namespace sluice::copy {

namespace {

using arrow::Kind;

void append_same(const ColumnCast& cast, int64_t row) {
  switch (cast.from().kind) {
    case Kind::float32:
    case Kind::float64: return cast.out.append_double(cast.in.float64(row));
    case Kind::decimal: return cast.out.append_decimal(cast.in.decimal(row));
    case Kind::text:
    case Kind::number:
    case Kind::json:
    case Kind::binary:
    case Kind::uuid: return cast.out.append_bytes(cast.in.bytes(row));
    default: return cast.out.append_int64(cast.in.int64(row));
  }
}

void trim(const ColumnCast& cast) {
  constexpr std::string_view kSpaces = " \t\n\r\v\f";
  cast.for_each([&](int64_t row) {
    const std::string_view text = cast.in.bytes(row);
    const size_t begin = text.find_first_not_of(kSpaces);
    const size_t end = text.find_last_not_of(kSpaces);
    cast.out.append_bytes(begin == std::string_view::npos ? std::string_view{} : text.substr(begin, end - begin + 1));
  });
}

void null_bytes_if(const ColumnCast& cast) {
  const std::vector<std::string>& values = cast.step->call.values;
  cast.for_each([&](int64_t row) {
    const std::string_view bytes = cast.in.bytes(row);
    std::ranges::find(values, bytes) != values.end() ? cast.out.append_null() : cast.out.append_bytes(bytes);
  });
}

void null_integer_if(const ColumnCast& cast) {
  std::vector<int64_t> values;
  for (const std::string& text : cast.step->call.values) {
    if (const auto value = arrow::int64_from_text(text)) values.push_back(*value);
  }
  cast.for_each([&](int64_t row) {
    const int64_t value = cast.in.int64(row);
    std::ranges::count(values, value) > 0 ? cast.out.append_null() : cast.out.append_int64(value);
  });
}

void null_real_if(const ColumnCast& cast) {
  std::vector<double> values;
  for (const std::string& text : cast.step->call.values) {
    if (const auto value = arrow::double_from_text(text)) values.push_back(*value);
  }
  const bool is_single = cast.in.type().kind == Kind::float32;
  cast.for_each([&](int64_t row) {
    const double value = cast.in.float64(row);
    // -999.9 in four bytes is another number than in eight.
    const auto is_value = [&](double other) { return is_single ? static_cast<float>(value) == static_cast<float>(other) : value == other; };
    std::ranges::any_of(values, is_value) ? cast.out.append_null() : cast.out.append_double(value);
  });
}

void null_if(const ColumnCast& cast) {
  const std::vector<std::string>& values = cast.step->call.values;
  cast.for_each([&](int64_t row) {
    const bool is_one = std::ranges::count(values, arrow::value_to_text(cast.in, row)) > 0;
    is_one ? cast.out.append_null() : append_same(cast, row);
  });
}

CastFunction null_if_of(Kind kind) {
  if (kind == Kind::text || kind == Kind::binary) return null_bytes_if;
  if (is_integer(kind) && kind != Kind::uint64) return null_integer_if;
  return is_float(kind) ? null_real_if : null_if;
}

void change_nul(const ColumnCast& cast, std::string_view instead) {
  std::string changed;
  cast.for_each([&](int64_t row) {
    const std::string_view text = cast.in.bytes(row);
    if (text.find('\0') == std::string_view::npos) return cast.out.append_bytes(text);
    changed.clear();
    for (const char c : text) c == '\0' ? changed.append(instead) : changed.append(1, c);
    cast.out.append_bytes(changed);
  });
}

void strip_nul(const ColumnCast& cast) { change_nul(cast, {}); }

void replace_nul(const ColumnCast& cast) {
  const std::vector<std::string>& values = cast.step->call.values;
  change_nul(cast, values.empty() ? "\xEF\xBF\xBD" : std::string_view(values[0]));
}

/// A number in plain spelling; nullopt where thousands are not marked in groups of three, or it is no number.
class NumberText {
 public:
  explicit NumberText(const std::vector<std::string>& marks)
      : point_(marks.empty() ? '.' : marks[0][0]),
        group_(marks.size() > 1 ? std::optional(marks[1][0]) : std::nullopt) {}

  std::optional<std::string> read(std::string_view text) {
    std::string plain;
    const size_t point = text.find(point_);
    const std::string_view whole = text.substr(0, point);
    if (!add_whole(whole, plain)) return std::nullopt;
    if (point != std::string_view::npos) {
      const std::string_view fraction = text.substr(point + 1);
      if (fraction.empty() || fraction.find('.') != std::string_view::npos) return std::nullopt;
      plain.append(1, '.').append(fraction);
    }
    scratch_.clear();
    arrow::append_canonical_number(scratch_, plain);
    const bool is_number = scratch_.data()[0] != static_cast<char>(arrow::CanonicalTag::no_number);
    return is_number ? std::optional(plain) : std::nullopt;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  bool add_whole(std::string_view whole, std::string& plain) const {
    const bool is_grouped = group_ && whole.find(*group_) != std::string_view::npos;
    if (!is_grouped) {
      plain.append(whole);
      return whole.find('.') == std::string_view::npos;
    }
    if (!whole.empty() && (whole[0] == '-' || whole[0] == '+')) {
      plain.append(1, whole[0]);
      whole.remove_prefix(1);
    }
    return add_groups(whole, plain);
  }

  bool add_groups(std::string_view whole, std::string& plain) const {
    constexpr size_t kGroup = 3;
    for (bool is_first = true;; is_first = false) {
      const size_t end = whole.find(*group_);
      const std::string_view digits = whole.substr(0, end);
      const bool fits = is_first ? !digits.empty() && digits.size() <= kGroup : digits.size() == kGroup;
      if (!fits || !std::ranges::all_of(digits, is_digit)) return false;
      plain.append(digits);
      if (end == std::string_view::npos) return true;
      whole.remove_prefix(end + 1);
    }
  }

  char point_;
  std::optional<char> group_;
  arrow::CanonicalWriter scratch_;
};

void text_to_number(const ColumnCast& cast) {
  const std::vector<std::string>& marks = cast.step->call.values;
  NumberText spelling(marks);
  const std::string expected = "a decimal number" +
                               (marks.empty() ? "" : " with '" + marks[0] + "' as its decimal mark") +
                               (marks.size() < 2 ? "" : " and '" + marks[1] + "' between thousands");
  cast.for_each([&](int64_t row) {
    const auto plain = spelling.read(cast.in.bytes(row));
    if (!plain) cast.refuse(row, expected);
    cast.out.append_bytes(*plain);
  });
}

}  // namespace

CastFunction find_clean_cast(const std::string& name, const arrow::Type& from) {
  if (name == "trim") return trim;
  if (name == "null_if") return null_if_of(from.kind);
  if (name == "strip_nul") return strip_nul;
  if (name == "replace_nul") return replace_nul;
  return name == "number" ? text_to_number : nullptr;
}

}  // namespace sluice::copy
