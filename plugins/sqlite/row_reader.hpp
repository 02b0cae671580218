#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "arrow/stream.hpp"
#include "statement.hpp"
#include "value_writer.hpp"

namespace sluice::sqlite {

/// Where batches end; 0 means the default.
struct BatchLimits {
  int64_t rows = 0;
  int64_t bytes = 0;
};

/// Says which row a statement stands on, for messages: "orders, row rowid = 17".
using RowNamer = std::function<std::string(const Statement&)>;

/// Steps a statement straight into batches. The first columns are the fields' values, the rest is for the namer.
class RowReader : public arrow::BatchReader {
 public:
  /// `statement` has been prepared and bound. Throws Error(unsupported) for a field that SQLite doesn't deliver.
  RowReader(Statement statement, std::vector<arrow::Field> fields, BatchLimits limits, RowNamer namer);

  const std::vector<arrow::Field>& fields() const override { return writer_.fields(); }
  arrow::Array next() override;

 private:
  Statement statement_;
  RowNamer namer_;
  ValueWriter writer_;
  BatchLimits limits_;
  bool is_done_ = false;
};

}  // namespace sluice::sqlite
