#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "abi/plugin_abi.h"
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

  /// From now on rows that don't fit go there. `sink` must outlive this.
  void reject_into(const sluice_reject_sink* sink) { rejects_ = sink; }

  const std::vector<arrow::Field>& fields() const override { return writer_.fields(); }
  arrow::Array next() override;

 private:
  void append(ValueWriter& writer);
  bool fits();
  std::string row_as_json() const;

  Statement statement_;
  RowNamer namer_;
  const sluice_reject_sink* rejects_ = nullptr;
  ValueWriter writer_;
  BatchLimits limits_;
  bool is_done_ = false;
};

}  // namespace sluice::sqlite
