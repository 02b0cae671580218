#include <algorithm>
#include <utility>

#include "arrow/text.hpp"
#include "scanner.hpp"
#include "scanner_place.hpp"

/// The scanner's rows that can't be read.
namespace sluice::csv {

bool has_line_break(const Cell& cell) {
  return cell.is_quoted && cell.text().find_first_of("\r\n") != std::string_view::npos;
}

void RowScanner::blame(RowFault fault) {
  if (!is_lenient_) throw error_of(fault);
  if (!fault_) fault_ = std::move(fault);
}

/// Where the row ends that has this fault is not known.
void RowScanner::refuse_pairing(RowFault fault) const {
  fault.message += "; a quoted cell of this row, which begins at byte " +
                   std::to_string(input_.place_of(row_begin_).offset) + ", holds line breaks";
  throw error_at(fault.offset, fault.message,
                 std::string(fault.hint) + "; or a quote before it may be missing, or be one too many");
}

/// A byte of a cell that may not stand there.
void RowScanner::blame_inside(const char* at, bool is_nul) {
  if (fault_) return;
  if (is_nul) return blame({offset_of(at), column_name(count_ - 1) + " holds a NUL byte", kNulHint});
  blame({offset_of(at), column_name(count_ - 1) + " has a quote inside a cell that does not begin with one",
         "quote the whole cell and double the quotes in it, or read with quote = \"none\""});
}

/// What decode_more has let pass.
void RowScanner::check_bytes() {
  const std::string_view row(buffer_.data() + begin_, next_ - begin_);
  if (fault_ || scan_.encoding != files::Encoding::utf8 || arrow::is_valid_utf8(row)) return;
  std::string ignored;
  const auto taken = static_cast<int64_t>(files::decode(scan_.encoding, row, ignored).taken);
  blame({row_begin_ + taken, kNotUtf8, kEncodingHint});
}

files::Unreadable RowScanner::unreadable_row() const {
  const files::Place place = input_.place_of(row_begin_);
  const size_t size = std::min(next_ - begin_, files::kMostKept);
  return {place.path, place.offset, row_end_ - row_begin_, {buffer_.data() + begin_, size}};
}

void RowScanner::check_width() {
  if (columns_.empty() || count_ == columns_.size()) return;
  RowFault fault{row_begin_,
                 "expected " + std::to_string(columns_.size()) + " cells, found " + std::to_string(count_) +
                     (count_ < columns_.size() ? "; the first one missing is of column " + columns_[count_] : ""),
                 "mend the row, or set the delimiter and quote that the file uses"};
  if (std::any_of(cells_.begin(), cells_.begin() + static_cast<int64_t>(count_), has_line_break))
    refuse_pairing(std::move(fault));
  blame(std::move(fault));
}

}  // namespace sluice::csv
