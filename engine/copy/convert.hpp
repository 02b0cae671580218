#pragma once

#include <memory>
#include <string>
#include <vector>

#include "arrow/stream.hpp"
#include "catalog/mapping.hpp"

namespace sluice::copy {

/// Which side of a mapping is converted to the comparison types.
enum class Side { source = 1, target };

/// The fields that `read` is asked for (carriers, names of that side) and the ones that conversion yields (comparison
/// types, target names). Of a source with transforms: what is read before them, and what comes out of them.
std::vector<arrow::Field> carrier_fields(const catalog::TableMapping& table, Side side);
std::vector<arrow::Field> compare_fields(const catalog::TableMapping& table);
std::vector<std::string> column_names(const catalog::TableMapping& table, Side side);

/// Brings batches of carriers to exactly the comparison types. Columns with Cast::none and equal formats are passed on
/// without a copy. Throws Error(data) naming table, key (values of the key columns where they are among the columns),
/// column, value and what was expected. Belongs to one thread.
class Converter {
 public:
  Converter(const catalog::TableMapping& table, Side side);
  ~Converter();
  /// Takes the batch.
  arrow::Array convert(arrow::Array batch);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What becomes of rows that can't be converted.
enum class Unfit { refused = 1, passed_over };

/// A reader whose batches are `inner`'s, converted.
std::unique_ptr<arrow::BatchReader> converted(std::unique_ptr<arrow::BatchReader> inner, const catalog::TableMapping& table, Side side,
                                              Unfit unfit = Unfit::refused);

}  // namespace sluice::copy
