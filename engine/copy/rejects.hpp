#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "arrow/view.hpp"
#include "base/error.hpp"
#include "store/session.hpp"

/// Rows that could not be written: kept whole with their reason, never dropped silently.
namespace sluice::copy {

/// Who refused a row.
enum class RejectSide { source = 1, convert, target };
/// "source", "convert", "target".
const char* to_text(RejectSide side);

struct Reject {
  RejectSide side = RejectSide::source;
  store::LeftOut row;
};

/// One line of JSON: {"side", "code", "key", "column", "reason", "row": {...}}.
std::string to_json(const Reject& reject);
/// The row of a batch as the JSON that a reject keeps: column to text, or null.
std::string row_to_json(const std::vector<arrow::Field>& fields, const std::vector<arrow::ColumnView>& views, int64_t row);

/// The sqlstate of the error that says so: it is no fault of one row.
inline constexpr const char* kTooManyRejects = "SL006";

/// Whether the rows are to blame for an error, not the stores.
bool is_fault_of_rows(const Error& error);

/// How many rows a step may reject, over all its workers. Thread-safe.
class RejectLimit {
 public:
  /// `taken`: what earlier processes of this run committed.
  RejectLimit(int64_t limit, int64_t taken) : limit_(limit), taken_(taken) {}

  /// Throws Error(data) with the row's reason when there are too many.
  void take(const Reject& reject);
  /// Rows of a chunk that was rolled back count no longer.
  void give_back(int64_t rows) { taken_ -= rows; }

 private:
  const int64_t limit_;
  std::atomic<int64_t> taken_;
};

}  // namespace sluice::copy
