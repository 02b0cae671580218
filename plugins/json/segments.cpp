#include "segments.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace sluice::json {

int64_t RecordStream::end_of(size_t segment) const {
  if (segment + 1 >= table_.segments.size()) return std::numeric_limits<int64_t>::max();
  return base_of(table_.segments[segment + 1]) + table_.segments[segment + 1].begin;
}

bool RecordStream::open_next() {
  for (; segment_ < table_.segments.size(); ++segment_) {
    const Segment& segment = table_.segments[segment_];
    const int64_t begin = base_of(segment) + segment.begin;
    if (end_of(segment_) <= range_.lower) continue;
    if (begin >= range_.upper) return false;
    const int64_t from = std::max(begin, range_.lower) - base_of(segment);
    ++segment_;
    open_.emplace(scan_.files[segment.file], segment, from, settings_, check_);
    return true;
  }
  return false;
}

/// A record that can't be read belongs to the range that it begins in, and to no other.
bool RecordStream::cut(Record& record) {
  try {
    return open_->cutter.next(record);
  } catch (const Error& error) {
    if (error.code() != Code::data) throw;
    if (open_->cutter.record_at() < 0 || !is_beyond(open_->cutter.record_at())) throw;
    record.begin = open_->cutter.record_at();
    return true;
  }
}

bool RecordStream::next(Record& record) {
  while (!is_done_) {
    if (open_ && cut(record)) {
      if (!is_beyond(record.begin)) return true;
      is_done_ = true;
    } else if (!open_next()) {
      is_done_ = true;
    }
  }
  return false;
}

std::string RecordStream::name(const Record& record) const {
  return open_->window.path() + ", record at byte " + std::to_string(record.text_at);
}

}  // namespace sluice::json
