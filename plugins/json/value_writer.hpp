#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/owner.hpp"
#include "evidence.hpp"
#include "record.hpp"

namespace sluice::json {

/// Builds batches out of JSON's values. A value must fit its field exactly, else Error(data) names the record, the
/// column and what was found:
/// - text, number, json, binary: strings by their text (NUL bytes are passed on), everything else by its source text,
/// and
///   strings, too, in columns of Form::json
/// - integers: numbers in range that are written as integers
/// - float64: numbers that the nearest double gives back
/// - boolean: true and false
class ValueWriter {
 public:
  /// `name_row` says which record is being written, for messages. Throws Error(unsupported) for a field of another
  /// type.
  ValueWriter(std::vector<arrow::Field> fields, std::function<std::string()> name_row);

  /// `value` may be NULL: the key is missing.
  void append(size_t column, const Value* value, Form form);
  /// The key of a member: a text, or an integer where the field is one.
  void append_text(size_t column, std::string_view text);
  void append_integer(size_t column, int64_t value);

  const std::vector<arrow::Field>& fields() const { return builder_.fields(); }
  /// About the size of the batch so far.
  int64_t bytes() const { return bytes_; }
  arrow::Array finish();

 private:
  void append_bytes(size_t column, const Value& value, Form form);
  void append_hex(size_t column, std::string_view text);
  void put_bytes(size_t column, std::string_view bytes);
  void append_real(size_t column, const Value& value);
  [[noreturn]] void refuse(size_t column, std::string_view found) const;

  /// Integers of a column must lie within these.
  struct Span {
    arrow::Kind kind = arrow::Kind::text;
    bool is_bytes = false;
    int64_t least = 0;
    int64_t greatest = 0;
  };

  arrow::BatchBuilder builder_;
  std::function<std::string()> name_row_;
  std::vector<Span> spans_;
  std::string scratch_;
  int64_t bytes_ = 0;
};

}  // namespace sluice::json
