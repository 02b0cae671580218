#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arrow/view.hpp"
#include "script/transform_batch.hpp"
#include "workflow/table_transform.hpp"

/// The memory behind a TransformBatch.
namespace sluice::script {

/// Results of one column, as many as `resize` said. Not shared between threads.
class ResultColumn {
 public:
  void resize(size_t rows);
  void clear(size_t from, size_t to);
  OutColumn out() { return {tags_.data(), values_.data(), sizes_.data()}; }
  workflow::MadeColumn made() const { return {tags_.data(), values_.data(), sizes_.data()}; }
  size_t size() const { return tags_.size(); }

 private:
  std::vector<uint8_t> tags_;
  std::vector<int64_t> values_;
  std::vector<uint32_t> sizes_;
};

/// One table's batch as Lua sees it, and what Lua makes of it. Stays where it is: Lua keeps its address.
class BatchMemory {
 public:
  /// `made`: which columns of the target functions make, by index; `has_rows`: there is a row function.
  BatchMemory(size_t inputs, std::vector<bool> made, bool has_rows);
  BatchMemory(const BatchMemory&) = delete;
  BatchMemory& operator=(const BatchMemory&) = delete;

  TransformBatch& raw() { return raw_; }
  std::vector<int32_t>& selected() { return selected_; }
  /// Takes a batch, whose views live until the next one. All its rows are selected.
  void begin(const std::vector<arrow::Field>& fields, const ArrowArray& batch);
  /// Empties the rows that came out.
  void begin_rows();
  /// What is set from the row at `out` on is forgotten: its function failed.
  void forget_row();
  const std::vector<arrow::ColumnView>& views() const { return views_; }
  std::vector<workflow::MadeColumn> made_columns() const;
  std::vector<workflow::MadeColumn> set_columns() const;

 private:
  static int32_t grow_bytes(TransformBatch* batch, int32_t more);
  static int32_t grow_rows(TransformBatch* batch, int32_t more);
  static int32_t read_text(TransformBatch* batch, const InColumn* column, int32_t row);
  static BatchMemory& of(TransformBatch* batch);
  void resize_rows(size_t rows);
  void point_out();

  TransformBatch raw_{};  // first: `of` finds the owner by it
  std::vector<bool> is_made_;
  bool has_rows_;
  std::vector<InColumn> in_;
  std::vector<arrow::ColumnView> views_;
  std::vector<ResultColumn> made_;
  std::vector<ResultColumn> set_;
  std::vector<OutColumn> made_out_;
  std::vector<OutColumn> set_out_;
  std::vector<int32_t> selected_;
  std::vector<int32_t> origin_;
  std::vector<char> bytes_;
  std::string text_;
};

}  // namespace sluice::script
