#include "writer.hpp"

#include <charconv>
#include <cstring>

#include "arrow/infinite.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"

namespace sluice::csv {

namespace {

using arrow::Kind;

/// The one character that has a meaning at a file's very begin.
constexpr std::string_view kMark = "\xEF\xBB\xBF";

}  // namespace

RowWriter::RowWriter(const Dialect& dialect) : dialect_(dialect) {
  for (const char c : {dialect.delimiter, dialect.quote, dialect.escape, '\n', '\r'}) {
    is_special_[static_cast<unsigned char>(c)] = true;
  }
  // Characters that are not set, and a NUL, which load_rows refuses.
  is_special_[0] = false;
  is_integer_plain_ = !is_special_['-'] && dialect.comment != '-' && !dialect.null_text;
}

void RowWriter::separate() {
  if (!is_first_) out_ += dialect_.delimiter;
}

void RowWriter::put_null() {
  separate();
  if (dialect_.null_text) out_ += *dialect_.null_text;
  is_first_ = false;
}

void RowWriter::put_integer(std::string_view digits) {
  if (!is_integer_plain_) return put_text(digits);
  separate();
  out_ += digits;
  is_first_ = false;
}

void RowWriter::put_text(std::string_view text) {
  separate();
  if (!needs_quotes(text)) {
    out_ += text;
  } else if (dialect_.quote != 0) {
    put_quoted(text);
  } else {
    put_escaped(text);
  }
  is_first_ = false;
}

bool RowWriter::needs_quotes(std::string_view text) const {
  if (text.empty() || text == dialect_.null_text) return true;
  if (is_first_ && (text[0] == dialect_.comment || text.substr(0, kMark.size()) == kMark)) return true;
  for (const char c : text) {
    if (is_special_[static_cast<unsigned char>(c)]) return true;
  }
  return false;
}

void RowWriter::put_quoted(std::string_view text) {
  out_ += dialect_.quote;
  for (const char c : text) {
    const bool is_quote = c == dialect_.quote;
    if (is_quote || (dialect_.escape != 0 && c == dialect_.escape))
      out_ += dialect_.escape != 0 ? dialect_.escape : dialect_.quote;
    out_ += c;
  }
  out_ += dialect_.quote;
}

/// Without quotes there is only the escape character, and no way to tell an empty text from NULL, or to begin with a
/// comment.
void RowWriter::put_escaped(std::string_view text) {
  const bool is_null_like = dialect_.null_text ? text == *dialect_.null_text : text.empty();
  if (is_null_like || (dialect_.escape == 0 && !text.empty())) {
    throw Error(Code::data,
                "the value '" + std::string(utf8_truncate(text, 60)) +
                    "' can't be written without quotes so that it reads back",
                "set a quote character");
  }
  for (const char c : text) {
    if (is_special_[static_cast<unsigned char>(c)] || (c == dialect_.comment && c != 0)) out_ += dialect_.escape;
    out_ += c;
  }
}

void RowWriter::put_value(const arrow::ColumnView& column, int64_t row) {
  if (arrow::is_infinite_time(column, row)) {
    throw Error(Code::data, arrow::value_to_text(column, row) + " is no date or time that would read back as one",
                "map the column to text");
  }
  switch (column.type().kind) {
    case Kind::text:
    case Kind::json:
    case Kind::number: return put_text(column.bytes(row));
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
    case Kind::uint8:
    case Kind::uint16:
    case Kind::uint32: {
      char digits[24];
      const auto end = std::to_chars(digits, digits + sizeof digits, column.int64(row)).ptr;
      return put_integer({digits, static_cast<size_t>(end - digits)});
    }
    default: put_text(arrow::value_to_text(column, row));
  }
}

std::string header_text(const Dialect& dialect, const std::vector<arrow::Field>& columns) {
  std::string head = dialect.has_mark ? std::string(kMark) : "";
  if (!dialect.has_header) return head;
  RowWriter row(dialect);
  for (const arrow::Field& column : columns) row.put_text(column.name);
  row.end_row();
  return head + row.text();
}

}  // namespace sluice::csv
