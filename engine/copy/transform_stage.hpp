#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "arrow/stream.hpp"
#include "catalog/mapping.hpp"
#include "copy/convert_cast.hpp"
#include "copy/made_value.hpp"
#include "workflow/table_transform.hpp"

namespace sluice::copy {

/// What became of the rows that a stage took: those that it handed on are not among them.
struct TransformCounts {
  int64_t filtered = 0;
  int64_t rejected = 0;
};

/// Called with a row of the batch that was taken last and what is wrong with it: table, key, column, value, file:line.
/// Throws to stop, which is the default; where it returns, the row is left out as rejected.
using OnRowError = std::function<void(int64_t row, const Error& error)>;

/// Behind the conversion of a source: converted batches go in, batches of the comparison types come out, made by the
/// table's functions. Belongs to one thread.
class TransformStage {
 public:
  TransformStage(const catalog::TableMapping& table, workflow::TableTransform& transform, OnRowError on_error = {});

  /// Takes a converted batch; the one before must be used up.
  void take(arrow::Array batch);
  /// Rows made of it, never none; an empty Array when the batch is used up.
  arrow::Array next();
  /// The batch that was taken last; whole only within on_error.
  const ArrowArray& taken() const { return *batch_; }
  const TransformCounts& counts() const { return counts_; }

 private:
  struct Column {
    int input = -1;  ///< index among the columns that were read; -1: added
    MadeValueWriter writer;
    arrow::ColumnBuilder builder;
  };
  /// A value that the column can't hold; caught within the stage.
  struct Refusal {
    int64_t row;
    Error error;
  };

  void report(const workflow::TransformFault& fault);
  void reject(int64_t row, const Error& error);
  std::string source_value(int64_t row, int column) const;
  arrow::Array build(const workflow::MadeRows& rows);
  void select_rows(const workflow::MadeRows& rows);
  bool stays(const workflow::MadeRows& rows, size_t index) const;
  arrow::Array build_column(const workflow::MadeRows& rows, size_t index);
  void append_made(const workflow::MadeRows& rows, int64_t at, size_t index);
  [[noreturn]] void refuse(int64_t row, size_t index, const MadeValue& value, const char* expected) const;

  catalog::TableMapping table_;
  catalog::TableMapping before_;
  workflow::TableTransform& transform_;
  OnRowError on_error_;
  std::vector<arrow::Field> fields_;  ///< of what goes in
  std::vector<Column> columns_;
  arrow::Array batch_;
  std::vector<arrow::ColumnView> views_;
  std::vector<bool> rejected_;   ///< rows of the batch
  std::vector<int64_t> wanted_;  ///< rows of what was made that are handed on
  bool is_whole_ = false;        ///< those are the batch's rows, as they were
  TransformCounts counts_;
};

/// A reader whose batches are `inner`'s, which are converted, through the table's functions. `transform` must outlive it.
std::unique_ptr<arrow::BatchReader> transformed(std::unique_ptr<arrow::BatchReader> inner, const catalog::TableMapping& table,
                                                workflow::TableTransform& transform, OnRowError on_error = {});

}  // namespace sluice::copy
