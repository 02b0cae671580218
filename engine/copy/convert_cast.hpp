#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/view.hpp"
#include "catalog/mapping.hpp"

/// The casts of convert.hpp, each over a whole column.
namespace sluice::copy {

enum class Side;

/// Names a row of the batch that is being converted: "orders (id=7)". Owns nothing.
class RowPlace {
 public:
  RowPlace(const catalog::TableMapping& table, Side side, const std::vector<arrow::ColumnView>& views)
      : table_(table), side_(side), views_(views) {}
  std::string describe(int64_t row) const;
  /// "id=7"; "" where no key is known.
  std::string key(int64_t row) const;

 private:
  const catalog::TableMapping& table_;
  Side side_;
  const std::vector<arrow::ColumnView>& views_;
};

/// One column's way from `in` to `out`. Valid for one call.
struct ColumnCast {
  const RowPlace& place;
  const std::string& name;
  const arrow::ColumnView& in;
  arrow::ColumnBuilder& out;
  const catalog::CastStep* step = nullptr;  ///< with the values given, where the map names the cast

  const arrow::Type& from() const { return in.type(); }
  const arrow::Type& to() const { return out.field().type; }
  /// Throws Error(data) naming table, key, column, the value and what it should have been.
  [[noreturn]] void refuse(int64_t row, const std::string& expected) const;

  /// Calls `convert(row)` for every row that is not NULL; it must append one value.
  template <typename Convert>
  void for_each(Convert&& convert) const {
    for (int64_t row = 0; row < in.length(); ++row) {
      if (in.is_null(row)) {
        out.append_null();
      } else {
        convert(row);
      }
    }
  }
};

using CastFunction = void (*)(const ColumnCast&);

/// nullptr: the values are the same bytes already.
CastFunction find_cast_function(catalog::Cast cast, const arrow::Type& from, const arrow::Type& to);
/// The same among numbers, and among texts and times; nullptr where it is none of theirs.
CastFunction find_number_cast(catalog::Cast cast, const arrow::Type& from, const arrow::Type& to);
CastFunction find_text_cast(catalog::Cast cast, const arrow::Type& from, const arrow::Type& to);

bool is_integer(arrow::Kind kind);
bool is_float(arrow::Kind kind);

}  // namespace sluice::copy
