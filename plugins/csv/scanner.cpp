#include "scanner.hpp"

#include <algorithm>
#include <cstring>

#include "scanner_place.hpp"

namespace sluice::csv {

RowScanner::RowScanner(const Scan& scan, const std::atomic<bool>* cancelled)
    : scan_(scan), cancelled_(cancelled), input_(scan.segments) {
  if (scan_.end < 0) scan_.end = input_.size();
  set_kinds();
  require_row_start(scan_, scan_.begin);
  require_row_start(scan_, scan_.end);
  input_.seek(scan_.begin);
  row_begin_ = row_end_ = scan_.begin;
  buffer_.resize(kFirstBuffer);
}

void RowScanner::set_kinds() {
  const auto set = [&](char character, Kind kind) {
    if (character != 0) kinds_[static_cast<unsigned char>(character)] = kind;
  };
  kinds_[0] = kNul;
  set(scan_.dialect.delimiter, kDelimiter);
  set('\n', kLineFeed);
  set('\r', kReturn);
  set(scan_.dialect.quote, kQuote);
  set(scan_.dialect.escape, kEscape);
}

void RowScanner::expect(const std::vector<std::string>& columns) { columns_ = columns; }

bool RowScanner::next() {
  for (;;) {
    begin_ = next_;
    row_begin_ = row_end_;
    switch (parse()) {
      case Step::row: return true;
      case Step::end: return false;
      case Step::more: fill(); break;
      case Step::skip: break;
    }
  }
}

RowScanner::Step RowScanner::parse() {
  char* at = buffer_.data() + begin_;
  char* const end = buffer_.data() + end_;
  if (at == end) return is_done_ ? Step::end : Step::more;
  if (*at == scan_.dialect.comment && scan_.dialect.comment != 0) return skip_comment(at, end);
  const bool is_blank = (*at == '\n' || *at == '\r') && columns_.size() != 1;
  *end = '\n';
  fault_.reset();
  for (count_ = 0;;) {
    Cell& cell = add_cell();
    const bool is_quoted = at != end && kinds_[static_cast<unsigned char>(*at)] == kQuote;
    at = is_quoted ? parse_quoted(at, end, cell) : parse_plain(at, end, cell);
    if (at == nullptr) return Step::more;
    if (at == end && !is_done_) return Step::more;
    if (at == end || kinds_[static_cast<unsigned char>(*at)] != kDelimiter) break;
    ++at;
  }
  if (at != end && *at == '\r') {
    if (at + 1 == end && !is_done_) return Step::more;
    at += at + 1 != end && at[1] == '\n' ? 2 : 1;
  } else if (at != end) {
    ++at;
  }
  next_ = static_cast<size_t>(at - buffer_.data());
  row_end_ = offset_of(at);
  if (is_blank) return Step::skip;
  if (is_lenient_) check_bytes();
  check_width();
  if (!fault_) complete_cells();
  return Step::row;
}

RowScanner::Step RowScanner::skip_comment(char* at, char* end) {
  char* const stop = std::find_if(at, end, [](char c) { return c == '\n' || c == '\r'; });
  const bool may_go_on = stop == end || (*stop == '\r' && stop + 1 == end);
  if (may_go_on && !is_done_) return Step::more;
  char* next = stop;
  if (next != end && *next == '\r' && next + 1 != end && next[1] == '\n') ++next;
  if (next != end) ++next;
  next_ = static_cast<size_t>(next - buffer_.data());
  row_end_ = offset_of(next);
  return Step::skip;
}

Cell& RowScanner::add_cell() {
  if (count_ == cells_.size()) cells_.emplace_back();
  Cell& cell = cells_[count_++];
  cell.is_quoted = cell.has_escapes = false;
  return cell;
}

char* RowScanner::parse_plain(char* at, char* end, Cell& cell) {
  cell.data = at;
  for (;;) {
    while (kinds_[static_cast<unsigned char>(*at)] == kPlain) ++at;
    const uint8_t kind = kinds_[static_cast<unsigned char>(*at)];
    if (at >= end || kind < kQuote) break;
    if (kind == kNul || kind == kQuote) {
      blame_inside(at, kind == kNul);
      ++at;
      continue;
    }
    cell.has_escapes = true;
    if (at + 2 > end) {
      if (!is_done_) return nullptr;
      throw error_at(offset_of(at), "the file ends behind an escape character");
    }
    at += 2;
  }
  cell.size = static_cast<size_t>(at - cell.data);
  return at;
}

/// The closing quote, or null.
char* RowScanner::find_quote(char* at, char* end, Cell& cell) {
  const char quote = scan_.dialect.quote;
  const char escape = scan_.dialect.escape;
  for (;;) {
    char* found = escape == 0 ? static_cast<char*>(std::memchr(at, quote, static_cast<size_t>(end - at)))
                              : std::find_if(at, end, [&](char c) { return c == quote || c == escape; });
    if (found == nullptr || found == end) return nullptr;
    const bool is_last = found + 1 == end;
    if (is_last && !(is_done_ && *found == quote)) return nullptr;
    if (*found == quote && (is_last || found[1] != quote)) return found;
    cell.has_escapes = true;
    at = found + 2;
  }
}

char* RowScanner::parse_quoted(char* at, char* end, Cell& cell) {
  cell.is_quoted = true;
  cell.data = at + 1;
  char* const close = find_quote(at + 1, end, cell);
  if (close == nullptr) {
    if (!is_done_) return nullptr;
    throw error_at(offset_of(at), column_name(count_ - 1) + " begins with a quote that does not end",
                   "close it, or read with quote = \"none\"");
  }
  cell.size = static_cast<size_t>(close - cell.data);
  if (const void* nul = std::memchr(cell.data, 0, cell.size)) blame_inside(static_cast<const char*>(nul), true);
  char* const behind = close + 1;
  const auto kind = behind == end ? uint8_t{kDelimiter} : kinds_[static_cast<unsigned char>(*behind)];
  if (kind != kDelimiter && kind != kLineFeed && kind != kReturn) {
    RowFault fault{offset_of(behind), column_name(count_ - 1) + " has text behind its closing quote",
                   "double the quotes inside of it, or set the escape character that the file uses"};
    if (has_line_break(cell)) refuse_pairing(std::move(fault));
    blame(std::move(fault));
    return parse_plain(behind, end, cell);
  }
  return behind;
}

void RowScanner::complete_cells() {
  const std::optional<std::string>& null_text = scan_.dialect.null_text;
  for (size_t i = 0; i < count_; ++i) {
    Cell& cell = cells_[i];
    if (!cell.is_quoted && (null_text ? cell.text() == *null_text : cell.size == 0)) {
      cell.data = nullptr;
    } else if (cell.has_escapes) {
      unescape(cell);
    }
  }
}

void RowScanner::unescape(Cell& cell) const {
  const char* from = cell.data;
  const char* const end = cell.data + cell.size;
  char* to = cell.data;
  while (from != end) {
    const bool is_doubled = cell.is_quoted && *from == scan_.dialect.quote;
    const bool is_escape = scan_.dialect.escape != 0 && *from == scan_.dialect.escape;
    if (is_doubled || is_escape) ++from;
    *to++ = *from++;
  }
  cell.size = static_cast<size_t>(to - cell.data);
}

}  // namespace sluice::csv
