#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "files/unreadable.hpp"
#include "layout.hpp"
#include "walker.hpp"

namespace sluice::json {

/// A part of a file that holds records of one table. `begin` is behind the bracket that opens it.
struct Segment {
  size_t file = 0;
  Layout layout = Layout::lines;
  int64_t begin = 0;
  bool is_by_lines = false;  ///< of Layout::lines: each record has a line of its own, so that a broken one ends where its line does
};

/// One record, or one member of an object of records. Texts are valid until the next one is cut.
struct Record {
  int64_t begin = 0;    ///< in the file: where it may be begun to be read
  int64_t text_at = 0;  ///< in the file: of `text`
  bool has_key = false;
  std::string key;  ///< of a member, unescaped
  std::string_view text;
};

/// Cuts a segment into records, one after another. Throws Error(data) with file and byte where there is none.
class RecordCutter {
 public:
  /// The walker stands behind the segment's opening bracket, or at a record where `is_inside`.
  RecordCutter(Walker& walker, const Segment& segment, bool is_inside)
      : walker_(walker), layout_(segment.layout), is_by_lines_(segment.is_by_lines), is_first_(!is_inside) {}

  /// False at the end; the walker then stands behind the closing bracket.
  bool next(Record& record);
  /// Where the record begins at which next() has stopped, or which it has cut; -1 between records.
  int64_t record_at() const { return record_at_; }
  /// Steps over this record, which can't be read; it must be called before anything else. False where nothing tells for sure where it
  /// ends: only a line's end does, and brackets that close in their order.
  bool pass_over(files::Unreadable& passed);
  /// Whether this record, which is sound, and all those before it have lines of their own, as the segment has it. From the first one on
  /// that has not, no line's end is the end of a record.
  bool keeps_lines(const Record& record);

 private:
  bool find_next();
  bool pass_value(files::Unreadable& passed);
  void end_line();

  Walker& walker_;
  Layout layout_;
  bool is_by_lines_;
  bool is_behind_record_ = false;  // and not yet at the end of its line
  bool is_first_;
  bool is_resumed_ = !is_first_;
  bool is_done_ = false;
  int64_t record_at_ = -1;
  int64_t text_at_ = -1;
};

}  // namespace sluice::json
