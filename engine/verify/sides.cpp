#include "verify/sides.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "copy/transform_stage.hpp"

namespace sluice::verify {

namespace {

using arrow::Kind;

bool is_integer(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }

std::vector<size_t> find_key_columns(const catalog::TableMapping& table) {
  std::vector<size_t> columns;
  for (const std::string& name : table.key) {
    const auto found = std::ranges::find(table.columns, name, &catalog::ColumnMapping::target);
    if (found == table.columns.end()) {
      throw Error(Code::internal, table.target_table + ": key column " + name + " is not among the compared columns");
    }
    columns.push_back(static_cast<size_t>(found - table.columns.begin()));
  }
  return columns;
}

/// Ascending in the order of the integers.
arrow::RowHash integer_key(const arrow::ColumnView& column, int64_t row) {
  if (column.is_null(row)) return {.low = 0, .high = 1};
  const auto bits = static_cast<uint64_t>(column.int64(row));
  constexpr uint64_t kSign = uint64_t{1} << 63;
  return {.low = column.type().kind == Kind::uint64 ? bits : bits ^ kSign, .high = 0};
}

}  // namespace

store::Range range_for_target(const store::Range& range, const catalog::TableMapping& table) {
  store::Range renamed = range;
  for (std::string& name : renamed.key) {
    const auto found = std::ranges::find(table.columns, name, &catalog::ColumnMapping::source);
    if (found != table.columns.end()) name = found->target;
  }
  return renamed;
}

std::unique_ptr<arrow::BatchReader> read_side(const TableSide& side, const store::Range& range) {
  const bool is_source = side.side == copy::Side::source;
  store::ReadSpec spec;
  spec.schema = is_source ? side.table.source_schema : side.table.target_schema;
  spec.table = is_source ? side.table.source_table : side.table.target_table;
  spec.columns = copy::column_names(side.table, side.side);
  spec.wanted = copy::carrier_fields(side.table, side.side);
  spec.range = range;
  if (is_source) spec.where = side.table.where;
  const bool passes_over = is_source && side.copied.rejects > 0;
  if (passes_over) spec.left_out = [](const store::LeftOut&) {};
  auto reader = copy::converted(side.session.read(spec), side.table, side.side,
                                passes_over ? copy::Unfit::passed_over : copy::Unfit::refused);
  if (!is_source || side.copied.transform == nullptr) return reader;
  copy::OnRowError on_error;
  if (passes_over) on_error = [](int64_t, const Error&) {};
  return copy::transformed(std::move(reader), side.table, *side.copied.transform, on_error);
}

void scan_side(const TableSide& side, const store::Range& range, const CheckCancelled& check, const TakeBatch& take) {
  const auto reader = read_side(side, range);
  for (arrow::Array batch = reader->next(); !batch.empty(); batch = reader->next()) {
    if (check) check();
    take(*batch);
  }
}

void run_both(const CheckCancelled& check, const SideWork& source, const SideWork& target) {
  std::atomic<bool> failed = false;
  std::exception_ptr first;
  const CheckCancelled check_both = [&] {
    if (failed) throw Error(Code::cancelled, "the other side failed");
    if (check) check();
  };
  const auto run = [&](const SideWork& work) {
    try {
      work(check_both);
    } catch (...) {
      if (!failed.exchange(true)) first = std::current_exception();
    }
  };
  std::thread beside(run, std::cref(source));
  run(target);
  beside.join();
  if (first) std::rethrow_exception(first);
}

RowKeys::RowKeys(const catalog::TableMapping& table)
    : fields_(copy::compare_fields(table)), key_columns_(find_key_columns(table)), hasher_(fields_) {
  is_integer_ = key_columns_.size() == 1 && is_integer(fields_[key_columns_[0]].type.kind);
}

const std::vector<KeyedRow>& RowKeys::compute(const ArrowArray& batch) {
  rows_.resize(static_cast<size_t>(batch.length));
  hasher_.hash(batch, hashes_);
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i] = {.key = hashes_[i], .row = hashes_[i], .times = 1};
  if (is_integer_) {
    set_integer_keys(batch);
  } else if (!key_columns_.empty()) {
    hasher_.hash_columns(batch, key_columns_, hashes_);
    for (size_t i = 0; i < rows_.size(); ++i) rows_[i].key = hashes_[i];
  }
  return rows_;
}

void RowKeys::set_integer_keys(const ArrowArray& batch) {
  const arrow::ColumnView column = arrow::view_batch(fields_, batch)[key_columns_[0]];
  for (size_t i = 0; i < rows_.size(); ++i) rows_[i].key = integer_key(column, static_cast<int64_t>(i));
}

}  // namespace sluice::verify
