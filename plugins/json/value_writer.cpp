#include "value_writer.hpp"

#include <limits>
#include <utility>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "strings.hpp"

namespace sluice::json {

namespace {

constexpr int64_t kFixedBytes = 8;

template <typename T>
void set_span(int64_t& least, int64_t& greatest) {
  least = std::numeric_limits<T>::min();
  greatest = std::numeric_limits<T>::max();
}

/// False for kinds that JSON's values can't be delivered as.
bool find_span(arrow::Kind kind, int64_t& least, int64_t& greatest) {
  switch (kind) {
    case arrow::Kind::int8: set_span<int8_t>(least, greatest); return true;
    case arrow::Kind::int16: set_span<int16_t>(least, greatest); return true;
    case arrow::Kind::int32: set_span<int32_t>(least, greatest); return true;
    case arrow::Kind::int64: set_span<int64_t>(least, greatest); return true;
    case arrow::Kind::uint8: set_span<uint8_t>(least, greatest); return true;
    case arrow::Kind::uint16: set_span<uint16_t>(least, greatest); return true;
    case arrow::Kind::uint32: set_span<uint32_t>(least, greatest); return true;
    default: return kind == arrow::Kind::boolean || kind == arrow::Kind::float64;
  }
}

bool is_bytes_kind(arrow::Kind kind) {
  return kind == arrow::Kind::text || kind == arrow::Kind::number || kind == arrow::Kind::json ||
         kind == arrow::Kind::binary;
}

bool same_number(std::string_view a, std::string_view b) {
  arrow::CanonicalWriter left, right;
  arrow::append_canonical_number(left, a);
  arrow::append_canonical_number(right, b);
  return left.from(0) == right.from(0);
}

}  // namespace

ValueWriter::ValueWriter(std::vector<arrow::Field> fields, std::function<std::string()> name_row)
    : builder_(std::move(fields)), name_row_(std::move(name_row)) {
  for (const arrow::Field& field : builder_.fields()) {
    Span span;
    span.kind = field.type.kind;
    span.is_bytes = is_bytes_kind(span.kind);
    if (!span.is_bytes && !find_span(span.kind, span.least, span.greatest)) {
      throw Error(Code::unsupported,
                  field.name +
                      ": JSON is delivered as text, number, json, binary, integers, float64 and boolean, not " +
                      arrow::to_text(field.type));
    }
    spans_.push_back(span);
  }
}

arrow::Array ValueWriter::finish() {
  bytes_ = 0;
  return builder_.finish();
}

void ValueWriter::append(size_t column, const Value* value, Form form) {
  if (value == nullptr || value->kind == Kind::null) {
    builder_.column(column).append_null();
    bytes_ += 1;
    return;
  }
  const Span& span = spans_[column];
  if (span.is_bytes) return append_bytes(column, *value, form);
  if (span.kind == arrow::Kind::boolean) {
    if (value->kind != Kind::boolean) refuse(column, value->raw);
    builder_.column(column).append_int64(value->raw == "true" ? 1 : 0);
    bytes_ += 1;
    return;
  }
  if (value->kind != Kind::number) refuse(column, value->raw);
  if (span.kind == arrow::Kind::float64) return append_real(column, *value);
  const auto number = value->raw == "-0" ? std::nullopt : arrow::int64_from_text(value->raw);
  if (!number || *number < span.least || *number > span.greatest) refuse(column, value->raw);
  builder_.column(column).append_int64(*number);
  bytes_ += kFixedBytes;
}

void ValueWriter::append_bytes(size_t column, const Value& value, Form form) {
  const bool is_string = value.kind == Kind::string;
  if ((form == Form::text || form == Form::hex) && !is_string) refuse(column, value.raw);
  std::string_view text = value.raw;
  if (is_string && form != Form::json) {
    text = value.content();
    if (value.has_escapes) {
      scratch_.clear();
      append_unescaped(text, scratch_);
      text = scratch_;
    }
  }
  if (form == Form::hex && spans_[column].kind == arrow::Kind::binary) return append_hex(column, text);
  put_bytes(column, text);
}

void ValueWriter::append_hex(size_t column, std::string_view text) {
  const auto bytes = text.substr(0, 2) == "\\x" ? arrow::bytes_from_hex(text.substr(2)) : std::nullopt;
  if (!bytes) refuse(column, text);
  put_bytes(column, *bytes);
}

void ValueWriter::put_bytes(size_t column, std::string_view bytes) {
  builder_.column(column).append_bytes(bytes);
  bytes_ += static_cast<int64_t>(bytes.size()) + 4;
}

void ValueWriter::append_real(size_t column, const Value& value) {
  const auto real = arrow::double_from_text(value.raw);
  if (!real || !same_number(arrow::double_to_text(*real), value.raw)) refuse(column, value.raw);
  builder_.column(column).append_double(*real);
  bytes_ += kFixedBytes;
}

void ValueWriter::append_text(size_t column, std::string_view text) {
  if (spans_[column].is_bytes) return put_bytes(column, text);
  const Value number{Kind::number, text};
  append(column, &number, Form::integer);
}

void ValueWriter::append_integer(size_t column, int64_t value) {
  const std::string text = std::to_string(value);
  const Value number{Kind::number, text};
  append(column, &number, Form::integer);
}

void ValueWriter::refuse(size_t column, std::string_view found) const {
  const arrow::Field& field = builder_.fields()[column];
  throw Error(
      Code::data,
      name_row_() + ", column " + field.name + ": expected " + arrow::to_text(field.type) + ", found " + shown(found),
      "map the column to a type that holds it, or clean the value in the source");
}

}  // namespace sluice::json
