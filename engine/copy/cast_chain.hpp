#pragma once

#include <vector>

#include "copy/convert.hpp"
#include "copy/convert_cast.hpp"

namespace sluice::copy {

/// The way of one column from its carrier to its comparison type: the casts that the map names, then the mapping's own.
/// Belongs to one thread.
class CastChain {
 public:
  CastChain(const catalog::ColumnMapping& column, Side side);

  /// The values are the same bytes already.
  bool is_empty() const { return stages_.empty(); }

  /// Converts one column of a batch into `out` (release set). `name` is the column's on this side. Throws Error(data).
  void run(const RowPlace& place, const std::string& name, const arrow::ColumnView& in, ArrowArray* out);

 private:
  struct Stage {
    CastFunction function;
    catalog::CastStep step;  ///< without a name for the mapping's own cast
    arrow::ColumnBuilder builder;
  };
  void add(CastFunction function, const catalog::CastStep& step, const catalog::ColumnMapping& column);

  std::vector<Stage> stages_;
};

}  // namespace sluice::copy
