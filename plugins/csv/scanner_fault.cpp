#include <algorithm>

#include "arrow/text.hpp"
#include "scanner.hpp"
#include "scanner_place.hpp"

/// The scanner's rows that can't be read.
namespace sluice::csv {

void RowScanner::blame(const Error& error) {
  if (!is_lenient_) throw error;
  if (!fault_) fault_ = error;
}

/// A byte of a cell that may not stand there.
void RowScanner::blame_inside(const char* at, bool is_nul) {
  if (fault_) return;
  if (is_nul) return blame(error_at(offset_of(at), column_name(count_ - 1) + " holds a NUL byte", kNulHint));
  blame(error_at(offset_of(at), column_name(count_ - 1) + " has a quote inside a cell that does not begin with one",
                 "quote the whole cell and double the quotes in it, or read with quote = \"none\""));
}

/// What decode_more has let pass.
void RowScanner::check_bytes() {
  const std::string_view row(buffer_.data() + begin_, next_ - begin_);
  if (fault_ || scan_.encoding != files::Encoding::utf8 || arrow::is_valid_utf8(row)) return;
  std::string ignored;
  const auto taken = static_cast<int64_t>(files::decode(scan_.encoding, row, ignored).taken);
  blame(error_at(row_begin_ + taken, kNotUtf8, kEncodingHint));
}

files::Unreadable RowScanner::unreadable_row() const {
  const files::Place place = input_.place_of(row_begin_);
  const size_t size = std::min(next_ - begin_, files::kMostKept);
  return {place.path, place.offset, row_end_ - row_begin_, {buffer_.data() + begin_, size}};
}

void RowScanner::check_width() {
  if (fault_ || columns_.empty() || count_ == columns_.size()) return;
  blame(at_row(Code::data,
               "expected " + std::to_string(columns_.size()) + " cells, found " + std::to_string(count_) +
                   (count_ < columns_.size() ? "; the first one missing is of column " + columns_[count_] : ""),
               "mend the row, or set the delimiter and quote that the file uses"));
}

}  // namespace sluice::csv
