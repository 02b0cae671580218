#include "row_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "arrow/infinite.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "fault.hpp"
#include "strings.hpp"

namespace sluice::json {

namespace {

using arrow::Kind;

constexpr std::array<bool, 256> make_special() {
  std::array<bool, 256> special{};
  for (size_t c = 0; c < 0x20; ++c) special[c] = true;
  special['"'] = special['\\'] = true;
  return special;
}

constexpr std::array<bool, 256> kSpecial = make_special();

void append_escape(std::string& out, char c) {
  constexpr const char* kHex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u00";
  out += kHex[static_cast<unsigned char>(c) >> 4];
  out += kHex[c & 15];
}

/// A number of exact decimal text as JSON writes it: no plus, no zeros before it, digits on both sides of the point.
std::string json_number(std::string_view text) {
  const bool is_negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  while (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') text.remove_prefix(1);
  std::string number = is_negative ? "-" : "";
  if (!text.empty() && text[0] == '.') number += '0';
  const size_t point = text.find('.');
  const bool ends_bare =
      point != std::string_view::npos && (point + 1 == text.size() || text[point + 1] < '0' || text[point + 1] > '9');
  number += ends_bare ? std::string(text.substr(0, point)) + std::string(text.substr(point + 1)) : std::string(text);
  return number;
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  const char* from = text.data();
  const char* const end = from + text.size();
  for (const char* at = from; at != end; ++at) {
    if (!kSpecial[static_cast<unsigned char>(*at)]) continue;
    out.append(from, at);
    append_escape(out, *at);
    from = at + 1;
  }
  out.append(from, end);
  out += '"';
}

RowText::RowText(std::vector<std::string> names, const Settings& settings) : settings_(settings) {
  for (const std::string& name : names) {
    std::string& written = names_.emplace_back();
    append_quoted(written, name);
    written += ':';
  }
}

void RowText::begin_row() { is_first_ = true; }

void RowText::put_name(size_t column) {
  out_ += is_first_ ? '{' : ',';
  out_ += names_[column];
  is_first_ = false;
}

void RowText::put_null(size_t column) {
  put_name(column);
  out_ += "null";
}

void RowText::put_value(size_t column, const arrow::ColumnView& values, int64_t row) {
  put_name(column);
  if (arrow::is_infinite_time(values, row)) {
    throw Error(Code::data, arrow::value_to_text(values, row) + " is no date or time that would read back as one",
                "map the column to text");
  }
  switch (values.type().kind) {
    case Kind::boolean:
    case Kind::uint64:
    case Kind::decimal: out_ += arrow::value_to_text(values, row); return;
    case Kind::number: return put_number(values.bytes(row));
    case Kind::float32:
    case Kind::float64: return put_real(values, row);
    case Kind::text: return put_text(values.bytes(row));
    case Kind::json: return put_json(values.bytes(row));
    case Kind::binary:
    case Kind::date:
    case Kind::time:
    case Kind::uuid: return append_quoted(out_, arrow::value_to_text(values, row));
    case Kind::timestamp:
    case Kind::timestamptz: {
      std::string text = arrow::value_to_text(values, row);
      if (const size_t space = text.find(' '); space != std::string::npos) text[space] = 'T';
      if (text.ends_with("+00")) text.replace(text.size() - 3, 3, "Z");
      return append_quoted(out_, text);
    }
    default: put_integer(values, row);
  }
}

void RowText::put_integer(const arrow::ColumnView& values, int64_t row) {
  char digits[24];
  out_.append(digits, std::to_chars(digits, digits + sizeof digits, values.int64(row)).ptr);
}

void RowText::put_number(std::string_view text) {
  if (is_number(text)) {
    out_ += text;
    return;
  }
  if (text == "NaN" || text == "Infinity" || text == "-Infinity") return put_not_finite(std::string(text));
  const std::string number = json_number(text);
  if (!is_number(number)) throw Error(Code::data, "expected a number, found " + shown(text));
  out_ += number;
}

/// Whole numbers get a fraction, so that a column of them is not taken for one of integers.
void RowText::put_real(const arrow::ColumnView& values, int64_t row) {
  const std::string text = arrow::value_to_text(values, row);
  if (!is_number(text)) return put_not_finite(text);
  out_ += text;
  if (text.find_first_of(".e") == std::string::npos) out_ += ".0";
}

void RowText::put_not_finite(const std::string& text) {
  if (settings_.nonfinite == NonFinite::null) {
    out_ += "null";
    return;
  }
  throw Error(Code::data, "JSON has no number " + text,
              "set the target's option nonfinite = \"null\", or map the column to text");
}

void RowText::put_text(std::string_view text) {
  if (!arrow::is_valid_utf8(text)) {
    throw Error(Code::data, "expected UTF-8, found other bytes",
                "map the column to binary, or clean the value in the source");
  }
  append_quoted(out_, text);
}

void RowText::put_json(std::string_view text) {
  if (const auto fault = find_fault(text, settings_.max_depth - 1)) {
    throw Error(Code::data, "expected JSON, found at its byte " + std::to_string(fault->at) + ": " + fault->message,
                fault->hint.empty() ? "clean the value in the source" : fault->hint);
  }
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (text.substr(first, 4) == "null" && settings_.json_null == JsonNull::refuse) {
    throw Error(Code::data, "the JSON value null would read back as NULL",
                "set the target's option json_null = \"null\", or make it NULL in the source");
  }
  // A line break can only be white space here: a record stays on its line.
  const size_t begin = out_.size();
  out_ += text;
  std::replace_if(
      out_.begin() + static_cast<int64_t>(begin), out_.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

void RowText::put_member_key(const arrow::ColumnView& values, int64_t row) {
  if (values.type().kind == Kind::text) {
    put_text(values.bytes(row));
  } else {
    append_quoted(out_, arrow::value_to_text(values, row));
  }
  out_ += ':';
}

}  // namespace sluice::json
