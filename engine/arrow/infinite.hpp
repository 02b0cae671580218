#pragma once

#include <cstdint>

#include "arrow/view.hpp"

/// PostgreSQL's dates and timestamps may be infinite. Where a store is asked to keep them, the extreme values of the carriers stand for
/// them, and for nothing else: a finite time that would be one is refused. Their texts are "infinity" and "-infinity".
namespace sluice::arrow {

inline constexpr int64_t kInfiniteDay = INT32_MAX;
inline constexpr int64_t kMinusInfiniteDay = INT32_MIN;
inline constexpr int64_t kInfiniteMicros = INT64_MAX;
inline constexpr int64_t kMinusInfiniteMicros = INT64_MIN;

inline bool is_infinite_day(int64_t days) { return days == kInfiniteDay || days == kMinusInfiniteDay; }
inline bool is_infinite_moment(int64_t micros) { return micros == kInfiniteMicros || micros == kMinusInfiniteMicros; }

/// Of a column of dates or timestamps; false for others.
inline bool is_infinite_time(const ColumnView& column, int64_t row) {
  switch (column.type().kind) {
    case Kind::date: return is_infinite_day(column.int64(row));
    case Kind::timestamp:
    case Kind::timestamptz: return is_infinite_moment(column.int64(row));
    default: return false;
  }
}

}  // namespace sluice::arrow
