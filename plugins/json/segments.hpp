#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "cutter.hpp"
#include "scan.hpp"

namespace sluice::json {

/// Positions in the store (see Mark): lower <= position < upper.
struct PositionRange {
  int64_t lower = std::numeric_limits<int64_t>::min();
  int64_t upper = std::numeric_limits<int64_t>::max();
};

/// The records of a table that begin in a range, over all its segments.
class RecordStream {
 public:
  /// All references must outlive it.
  RecordStream(const Scan& scan, const Table& table, const Settings& settings, PositionRange range,
               CheckCancelled check)
      : scan_(scan), table_(table), settings_(settings), range_(range), check_(std::move(check)) {}

  /// False at the end. Throws Error(data) with file and byte, Error(conflict) where a file has changed since the scan.
  bool next(Record& record);
  /// Steps over the record that next() has thrown at, or the last one that it has given. False where its end is not known.
  bool pass_over(files::Unreadable& passed) { return open_ && open_->cutter.pass_over(passed); }
  /// Of the last record.
  const Window& window() const { return open_->window; }
  /// "trades.json, record at byte 17".
  std::string name(const Record& record) const;

 private:
  struct Open {
    Open(const SourceFile& file, const Segment& segment, int64_t from, const Settings& settings, const CheckCancelled& check)
        : window(file, from, check),
          walker(window, {settings.max_record, settings.max_depth}),
          cutter(walker, segment, from > segment.begin) {}
    Open(const Open&) = delete;

    Window window;
    Walker walker;
    RecordCutter cutter;
  };

  bool open_next();
  bool cut(Record& record);
  bool is_beyond(int64_t offset) const { return base_of(table_.segments[segment_ - 1]) + offset >= range_.upper; }
  int64_t base_of(const Segment& segment) const { return scan_.files[segment.file].base; }
  int64_t end_of(size_t segment) const;

  const Scan& scan_;
  const Table& table_;
  const Settings& settings_;
  PositionRange range_;
  CheckCancelled check_;
  std::optional<Open> open_;
  size_t segment_ = 0;  // the next to open
  bool is_done_ = false;
};

}  // namespace sluice::json
