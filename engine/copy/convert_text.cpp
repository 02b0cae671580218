#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "copy/convert_cast.hpp"

namespace sluice::copy {

namespace {

using arrow::Kind;
using catalog::Cast;

constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::array<std::string_view, 5> kTrue = {"t", "true", "y", "yes", "1"};
constexpr std::array<std::string_view, 5> kFalse = {"f", "false", "n", "no", "0"};

bool is_word_of(const std::array<std::string_view, 5>& words, std::string_view text) {
  const auto equals = [&](std::string_view word) {
    return std::ranges::equal(word, text, [](char a, unsigned char b) { return a == std::tolower(b); });
  };
  return std::ranges::any_of(words, equals);
}

void text_to_boolean(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const std::string_view text = cast.in.bytes(row);
    const bool is_true = is_word_of(kTrue, text);
    if (!is_true && !is_word_of(kFalse, text)) cast.refuse(row, "one of t f true false y n yes no 1 0");
    cast.out.append_int64(is_true ? 1 : 0);
  });
}

int64_t floor_days(int64_t micros) {
  const int64_t days = micros / kMicrosPerDay;
  return micros % kMicrosPerDay < 0 ? days - 1 : days;
}

/// The day of a timestamp at 00:00.
std::optional<int64_t> day_of(int64_t micros) {
  if (micros % kMicrosPerDay != 0) return std::nullopt;
  const int64_t days = floor_days(micros);
  const bool fits = days >= std::numeric_limits<int32_t>::min() && days <= std::numeric_limits<int32_t>::max();
  return fits ? std::optional(days) : std::nullopt;
}

std::optional<int64_t> date_of(std::string_view text) {
  if (const auto days = arrow::date_from_text(text)) return *days;
  const auto parsed = arrow::timestamp_from_text(text);
  if (!parsed || parsed->has_zone) return std::nullopt;
  return day_of(parsed->micros);
}

void text_to_date(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto days = date_of(cast.in.bytes(row));
    if (!days) cast.refuse(row, "a date, YYYY-MM-DD");
    cast.out.append_int64(*days);
  });
}

void text_to_time(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto micros = arrow::time_from_text(cast.in.bytes(row));
    if (!micros) cast.refuse(row, "a time, HH:MM:SS");
    cast.out.append_int64(*micros);
  });
}

void text_to_timestamp(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto parsed = arrow::timestamp_from_text(cast.in.bytes(row));
    if (!parsed || parsed->has_zone) cast.refuse(row, "a timestamp without zone, YYYY-MM-DD HH:MM:SS");
    cast.out.append_int64(parsed->micros);
  });
}

void text_to_timestamptz(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto parsed = arrow::timestamp_from_text(cast.in.bytes(row));
    if (!parsed) cast.refuse(row, "a timestamp, YYYY-MM-DD HH:MM:SS+00");
    cast.out.append_int64(parsed->micros);
  });
}

void text_to_uuid(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto bytes = arrow::uuid_from_text(cast.in.bytes(row));
    if (!bytes) cast.refuse(row, "a uuid");
    cast.out.append_bytes(*bytes);
  });
}

void text_to_json(const ColumnCast& cast) {
  arrow::CanonicalWriter scratch;
  cast.for_each([&](int64_t row) {
    scratch.clear();
    if (!arrow::append_canonical_json(scratch, cast.in.bytes(row))) cast.refuse(row, "JSON");
    cast.out.append_bytes(cast.in.bytes(row));
  });
}

void any_to_text(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { cast.out.append_bytes(arrow::value_to_text(cast.in, row)); });
}

void date_to_timestamp(const ColumnCast& cast) {
  constexpr int64_t kMostDays = std::numeric_limits<int64_t>::max() / kMicrosPerDay;
  cast.for_each([&](int64_t row) {
    const int64_t days = cast.in.int64(row);
    if (days > kMostDays || days < -kMostDays) cast.refuse(row, "a date that a timestamp can hold");
    cast.out.append_int64(days * kMicrosPerDay);
  });
}

void timestamp_to_date(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    const auto days = day_of(cast.in.int64(row));
    if (!days) cast.refuse(row, "a timestamp at 00:00");
    cast.out.append_int64(*days);
  });
}

/// Both count from the same instant in UTC.
void keep_instant(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { cast.out.append_int64(cast.in.int64(row)); });
}

void binary_to_text(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) {
    if (!arrow::is_valid_utf8(cast.in.bytes(row))) cast.refuse(row, "UTF-8 text");
    cast.out.append_bytes(cast.in.bytes(row));
  });
}

void binary_to_uuid(const ColumnCast& cast) {
  constexpr size_t kUuidBytes = 16;
  cast.for_each([&](int64_t row) {
    if (cast.in.bytes(row).size() != kUuidBytes) cast.refuse(row, "16 bytes");
    cast.out.append_bytes(cast.in.bytes(row));
  });
}

void uuid_to_binary(const ColumnCast& cast) {
  cast.for_each([&](int64_t row) { cast.out.append_bytes(cast.in.bytes(row)); });
}

}  // namespace

CastFunction find_text_cast(Cast cast, const arrow::Type& from, const arrow::Type& to) {
  switch (cast) {
    case Cast::text_boolean: return text_to_boolean;
    case Cast::text_date: return text_to_date;
    case Cast::text_time: return text_to_time;
    case Cast::text_timestamp: return text_to_timestamp;
    case Cast::text_timestamptz: return text_to_timestamptz;
    case Cast::text_uuid: return text_to_uuid;
    case Cast::text_json: return text_to_json;
    case Cast::to_text: return any_to_text;
    case Cast::date_timestamp: return from.kind == Kind::date ? date_to_timestamp : timestamp_to_date;
    case Cast::utc_timestamp: return keep_instant;
    default: break;
  }
  if (from.kind == Kind::binary && to.kind == Kind::text) return binary_to_text;
  if (from.kind == Kind::binary && to.kind == Kind::uuid) return binary_to_uuid;
  if (from.kind == Kind::uuid && to.kind == Kind::binary) return uuid_to_binary;
  return nullptr;
}

}  // namespace sluice::copy
