#include <algorithm>
#include <cstring>

#include "scanner.hpp"
#include "scanner_place.hpp"

/// The scanner's buffer: reading, decoding, and telling where a byte is.
namespace sluice::csv {

void RowScanner::require_row_start(const Scan& scan, int64_t offset) const {
  if (offset <= 0 || offset >= input_.size()) return;
  files::Input input(scan.segments);
  char first[4] = {};
  const bool is_mark = files::find_mark({first, input.read(first, sizeof first)}).size == offset;
  // In UTF-16 either byte of the character before may be the line break's.
  const int64_t width = files::encoded_size(scan.encoding, "\n");
  char before[2] = {};
  input.seek(std::max<int64_t>(0, offset - width));
  input.read(before, static_cast<size_t>(width));
  if (is_mark || std::any_of(before, before + width, [](char c) { return c == '\n' || c == '\r'; })) return;
  const files::Place place = input.place_of(offset);
  throw Error(Code::invalid_argument, place.path + ", byte " + std::to_string(place.offset) + ": no row begins there",
              "take bounds from plan_chunks of the same file");
}

void RowScanner::fill() {
  if (cancelled_ != nullptr && cancelled_->load(std::memory_order_relaxed)) {
    throw Error(Code::cancelled, input_.place_of(row_begin_).path + ": cancelled");
  }
  make_room();
  decode_more(read_more());
}

void RowScanner::make_room() {
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  next_ = begin_ = 0;
  if (end_ > kMostRow) {
    throw at_row(Code::data, "the row is longer than " + std::to_string(kMostRow >> 20) + " MiB",
                 "a quote in it may not end; mend it, or read with quote = \"none\"");
  }
  // Three bytes of UTF-8 may come of each byte read, and the sentinel stands behind them.
  if (buffer_.size() < end_ + 3 * kBlock + 8) buffer_.resize(2 * end_ + 3 * kBlock + 8);
}

/// Raw bytes go to their place in the buffer for UTF-8, behind what the last block left over, and to `raw_` for others.
size_t RowScanner::read_more() {
  const int64_t left = scan_.end - input_.position();
  const size_t most = static_cast<size_t>(std::clamp<int64_t>(left, 0, kBlock));
  const size_t held = raw_.size();
  if (scan_.encoding == files::Encoding::utf8) {
    std::memcpy(buffer_.data() + end_, raw_.data(), held);
    return input_.read(buffer_.data() + end_ + held, most);
  }
  raw_.resize(held + most);
  const size_t size = input_.read(raw_.data() + held, most);
  raw_.resize(held + size);
  return size;
}

void RowScanner::decode_more(size_t size) {
  const bool is_utf8 = scan_.encoding == files::Encoding::utf8;
  const std::string_view bytes =
      is_utf8 ? std::string_view(buffer_.data() + end_, raw_.size() + size) : std::string_view(raw_);
  decoded_.clear();
  const files::Decoded decoded = files::decode(scan_.encoding, bytes, decoded_);
  // A lenient scanner looks at each row by itself.
  const size_t taken = is_utf8 && is_lenient_ ? bytes.size() : decoded.taken;
  const size_t rest = bytes.size() - taken;
  if ((decoded.is_broken && taken != bytes.size()) || (size == 0 && rest > 0)) {
    throw error_at(input_.position() - static_cast<int64_t>(rest), std::string("the bytes are not ") + files::to_text(scan_.encoding),
                   kEncodingHint);
  }
  is_done_ = size == 0;
  if (is_utf8) {
    raw_.assign(bytes.substr(taken));
    end_ += taken;
    return;
  }
  std::memcpy(buffer_.data() + end_, decoded_.data(), decoded_.size());
  end_ += decoded_.size();
  raw_.erase(0, decoded.taken);
}

int64_t RowScanner::offset_of(const char* at) const {
  const char* const row = buffer_.data() + begin_;
  return row_begin_ + files::encoded_size(scan_.encoding, {row, static_cast<size_t>(at - row)});
}

Error RowScanner::error_at(int64_t offset, const std::string& message, const std::string& hint) const {
  const files::Place place = input_.place_of(offset);
  if (!lines_) lines_.emplace(scan_.segments, scan_.encoding);
  return Error(Code::data,
               place.path + ", line " + std::to_string(lines_->line_at(offset)) + ", byte " +
                   std::to_string(place.offset) + ": " + message,
               hint);
}

Error RowScanner::at_row(Code code, const std::string& message, const std::string& hint) const {
  const Error error = error_at(row_begin_, message, hint);
  return Error(code, error.message(), hint);
}

std::string RowScanner::column_name(size_t index) const {
  return "column " + (index < columns_.size() ? columns_[index] : std::to_string(index + 1));
}

}  // namespace sluice::csv
