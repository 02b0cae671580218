#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "files/input.hpp"
#include "files/unreadable.hpp"
#include "line_counter.hpp"
#include "settings.hpp"

namespace sluice::csv {

/// One cell of the row that a scanner stands on.
struct Cell {
  char* data = nullptr;
  size_t size = 0;
  bool is_quoted = false;
  bool has_escapes = false;  ///< as written; `data` holds what it means once the row is complete

  std::string_view text() const { return {data, size}; }
};

/// Which bytes of a table are scanned, and as what.
struct Scan {
  std::vector<files::Segment> segments;
  Dialect dialect;  ///< with its delimiter
  files::Encoding encoding = files::Encoding::utf8;
  int64_t begin = 0;  ///< at a row
  int64_t end = -1;   ///< at a row; -1: the end of the table
};

/// What is wrong at a byte, without the place as a text: that takes another look at the file.
struct RowFault {
  int64_t offset = 0;
  std::string message;
  const char* hint = "";
};

/// Cuts bytes into rows of cells, in one pass and without copies. One thread.
class RowScanner {
 public:
  /// `cancelled` may be null. Throws Error(invalid_argument) where begin or end is inside a row.
  explicit RowScanner(const Scan& scan, const std::atomic<bool>* cancelled = nullptr);

  /// The columns that every row must have; names are for messages. Before it is called any width will do.
  void expect(const std::vector<std::string>& columns);

  /// From now on a row that can't be read is a row with a fault, as long as it is known where it ends: a ragged one,
  /// one with a quote inside a cell or text behind a closing one, with NUL, or with bytes that are not UTF-8. Errors
  /// stay a quote that doesn't end, bytes that another encoding doesn't have, and text behind the closing quote of a
  /// cell of several lines or the wrong number of cells beside one: the quotes may have been paired wrongly since a row
  /// far before, so that whole rows would hide in this one.
  void be_lenient() { is_lenient_ = true; }
  /// Of the row that the scanner stands on, whose cells then mean nothing.
  bool has_fault() const { return fault_.has_value(); }
  /// That fault with its place, for which the file is read again up to it, from the last one on.
  Error fault() const { return error_of(*fault_); }
  /// That row as it is written.
  files::Unreadable unreadable_row() const;

  /// Goes to the next row; false at the end. Cells are valid until the next call. Throws Error(data) with file, line
  /// and byte for bytes that are not of the encoding, NUL, quotes that don't end or stand inside a cell, and ragged
  /// rows.
  bool next();
  const std::vector<Cell>& cells() const { return cells_; }
  size_t width() const { return count_; }
  const Cell& cell(size_t index) const { return cells_[index]; }
  /// NULL by the dialect's rule.
  bool is_null(const Cell& cell) const { return cell.data == nullptr; }

  /// Byte at which the row begins, and the one behind it.
  int64_t row_begin() const { return row_begin_; }
  int64_t row_end() const { return row_end_; }

  /// An error at the row that the scanner stands on: "shop.csv, line 7, byte 123: ...".
  Error at_row(Code code, const std::string& message, const std::string& hint = {}) const;

 private:
  enum class Step { row = 1, skip, more, end };
  enum Kind : uint8_t { kPlain = 0, kDelimiter, kLineFeed, kReturn, kQuote, kNul, kEscape };

  void set_kinds();
  Step parse();
  Step skip_comment(char* at, char* end);
  Step finish_row(char* at);
  /// Both answer where the cell ends, or null where its end is not in the buffer yet.
  char* parse_plain(char* at, char* end, Cell& cell);
  char* parse_quoted(char* at, char* end, Cell& cell);
  char* find_quote(char* at, char* end, Cell& cell);
  Cell& add_cell();
  void complete_cells();
  void unescape(Cell& cell) const;
  void check_width();
  void check_bytes();
  /// Throws, or keeps the row's first fault.
  void blame(RowFault fault);
  [[noreturn]] void refuse_pairing(RowFault fault) const;
  void blame_inside(const char* at, bool is_nul);
  void require_row_start(const Scan& scan, int64_t offset) const;

  void fill();
  void make_room();
  size_t read_more();
  void decode_more(size_t size);

  int64_t offset_of(const char* at) const;
  Error error_at(int64_t offset, const std::string& message, const std::string& hint = {}) const;
  Error error_of(const RowFault& fault) const { return error_at(fault.offset, fault.message, fault.hint); }
  std::string column_name(size_t index) const;

  Scan scan_;
  const std::atomic<bool>* cancelled_;
  files::Input input_;
  std::array<uint8_t, 256> kinds_{};
  std::vector<std::string> columns_;

  std::vector<char> buffer_;  ///< decoded text and one byte more, for a sentinel
  size_t begin_ = 0;          ///< of the row
  size_t next_ = 0;           ///< of the row behind it
  size_t end_ = 0;            ///< of what is decoded
  std::string raw_;           ///< bytes that are not decoded yet
  std::string decoded_;
  bool is_done_ = false;

  std::vector<Cell> cells_;
  size_t count_ = 0;
  int64_t row_begin_ = 0;
  int64_t row_end_ = 0;
  bool is_lenient_ = false;
  std::optional<RowFault> fault_;
  mutable std::optional<LineCounter> lines_;  // once an error wants it
};

}  // namespace sluice::csv
