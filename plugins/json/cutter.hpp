#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "layout.hpp"
#include "walker.hpp"

namespace sluice::json {

/// A part of a file that holds records of one table. `begin` is behind the bracket that opens it.
struct Segment {
  size_t file = 0;
  Layout layout = Layout::lines;
  int64_t begin = 0;
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
  RecordCutter(Walker& walker, Layout layout, bool is_inside)
      : walker_(walker), layout_(layout), is_first_(!is_inside) {}

  /// False at the end; the walker then stands behind the closing bracket.
  bool next(Record& record);

 private:
  bool find_next();

  Walker& walker_;
  Layout layout_;
  bool is_first_;
  bool is_resumed_ = !is_first_;
  bool is_done_ = false;
};

}  // namespace sluice::json
