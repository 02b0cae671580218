#include "value_writer.hpp"

#include <charconv>
#include <limits>
#include <new>
#include <utility>

#include "arrow/text.hpp"
#include "base/error.hpp"

namespace sluice::sqlite {

namespace {

using arrow::Kind;

constexpr int64_t kFixedBytes = 8;
constexpr int64_t kMostExactInDouble = int64_t{1} << 53;
constexpr size_t kMostShown = 60;

std::string_view text_of(sqlite3_value* value) {
  const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (data == nullptr) throw std::bad_alloc();
  return {data, static_cast<size_t>(sqlite3_value_bytes(value))};
}

std::string_view blob_of(sqlite3_value* value) {
  const auto* data = static_cast<const char*>(sqlite3_value_blob(value));
  return {data == nullptr ? "" : data, static_cast<size_t>(sqlite3_value_bytes(value))};
}

std::string shortened(std::string text, size_t whole) {
  return whole > kMostShown ? text + "... (" + std::to_string(whole) + " bytes)" : text;
}

/// A value with its storage class, for messages.
std::string shown(sqlite3_value* value) {
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return "INTEGER " + std::to_string(sqlite3_value_int64(value));
    case SQLITE_FLOAT: return "REAL " + arrow::double_to_text(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const std::string_view text = text_of(value);
      const std::string_view head = text.substr(0, kMostShown);
      if (!arrow::is_valid_utf8(text)) return "TEXT x'" + shortened(arrow::bytes_to_hex(head), text.size()) + "'";
      return "TEXT '" + shortened(std::string(head), text.size()) + "'";
    }
    default: {
      const std::string_view blob = blob_of(value);
      return "BLOB x'" + shortened(arrow::bytes_to_hex(blob.substr(0, kMostShown)), blob.size()) + "'";
    }
  }
}

bool find_span(Kind kind, int64_t& least, int64_t& greatest) {
  const auto set = [&](auto zero) {
    least = std::numeric_limits<decltype(zero)>::min();
    greatest = std::numeric_limits<decltype(zero)>::max();
    return true;
  };
  switch (kind) {
    case Kind::boolean: least = 0, greatest = 1; return true;
    case Kind::int8: return set(int8_t{});
    case Kind::int16: return set(int16_t{});
    case Kind::int32: return set(int32_t{});
    case Kind::int64: return set(int64_t{});
    case Kind::uint8: return set(uint8_t{});
    case Kind::uint16: return set(uint16_t{});
    case Kind::uint32: return set(uint32_t{});
    default: return kind == Kind::float64 || kind == Kind::text || kind == Kind::binary;
  }
}

}  // namespace

ValueWriter::ValueWriter(std::vector<arrow::Field> fields, std::function<std::string()> name_row)
    : builder_(std::move(fields)), name_row_(std::move(name_row)) {
  for (const arrow::Field& field : builder_.fields()) {
    Form form;
    form.kind = field.type.kind;
    if (!find_span(form.kind, form.least, form.greatest)) {
      throw Error(Code::unsupported, field.name + ": SQLite delivers integers, float64, text and binary, not " +
                                         arrow::to_text(field.type));
    }
    forms_.push_back(form);
  }
}

arrow::Array ValueWriter::finish() {
  bytes_ = 0;
  return builder_.finish();
}

void ValueWriter::append(size_t column, sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) {
    builder_.column(column).append_null();
    bytes_ += 1;
    return;
  }
  switch (forms_[column].kind) {
    case Kind::float64: bytes_ += append_real(column, value, type); break;
    case Kind::text: bytes_ += append_text(column, value, type); break;
    case Kind::binary: bytes_ += append_binary(column, value, type); break;
    default: bytes_ += append_integer(column, value, type);
  }
}

int64_t ValueWriter::append_integer(size_t column, sqlite3_value* value, int type) {
  if (type != SQLITE_INTEGER) refuse(column, value, "an INTEGER");
  const int64_t number = sqlite3_value_int64(value);
  const Form& span = forms_[column];
  if (number < span.least || number > span.greatest) {
    refuse(column, value, std::to_string(span.least) + " to " + std::to_string(span.greatest));
  }
  builder_.column(column).append_int64(number);
  return kFixedBytes;
}

int64_t ValueWriter::append_real(size_t column, sqlite3_value* value, int type) {
  if (type == SQLITE_FLOAT) {
    builder_.column(column).append_double(sqlite3_value_double(value));
    return kFixedBytes;
  }
  if (type != SQLITE_INTEGER) refuse(column, value, "a REAL");
  const int64_t number = sqlite3_value_int64(value);
  if (number > kMostExactInDouble || number < -kMostExactInDouble)
    refuse(column, value, "a number that a double keeps exactly");
  builder_.column(column).append_double(static_cast<double>(number));
  return kFixedBytes;
}

int64_t ValueWriter::append_text(size_t column, sqlite3_value* value, int type) {
  arrow::ColumnBuilder& builder = builder_.column(column);
  if (type == SQLITE_TEXT) {
    const std::string_view text = text_of(value);
    if (!arrow::is_valid_utf8(text)) refuse(column, value, "UTF-8");
    builder.append_bytes(text);
    return static_cast<int64_t>(text.size()) + 4;
  }
  if (type == SQLITE_FLOAT) {
    builder.append_bytes(arrow::double_to_text(sqlite3_value_double(value)));
    return 2 * kFixedBytes;
  }
  if (type != SQLITE_INTEGER) refuse(column, value, "a TEXT or a number");
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, sqlite3_value_int64(value));
  builder.append_bytes({digits, static_cast<size_t>(end.ptr - digits)});
  return 2 * kFixedBytes;
}

int64_t ValueWriter::append_binary(size_t column, sqlite3_value* value, int type) {
  if (type != SQLITE_BLOB && type != SQLITE_TEXT) refuse(column, value, "a BLOB or a TEXT");
  const std::string_view bytes = type == SQLITE_BLOB ? blob_of(value) : text_of(value);
  builder_.column(column).append_bytes(bytes);
  return static_cast<int64_t>(bytes.size()) + 4;
}

void ValueWriter::refuse(size_t column, sqlite3_value* value, const std::string& expected) const {
  const arrow::Field& field = builder_.fields()[column];
  throw Error(Code::data,
              name_row_() + ", column " + field.name + ": expected " + expected + " (" + arrow::to_text(field.type) +
                  "), found " + shown(value),
              "map the column to a type that holds it, or clean the value in the source");
}

}  // namespace sluice::sqlite
