#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "arrow/type.hpp"
#include "record.hpp"

namespace sluice::json {

/// How a column's values are handed out as text: `json` as their source text, `text` as what a string says, `hex` as
/// the bytes that a string's digits behind \x say, `any` as what a string says or anything else is written, the others
/// as they are written.
enum class Form { text = 1, integer, number, boolean, json, hex, any };

/// What a scan of all values of one key showed. Counts are rows. Classes of strings are told apart only while every
/// string so far was of the class: see catalog::Evidence.
class ColumnEvidence {
 public:
  /// `scratch` is the caller's, for strings with escapes.
  void add(const Value& value, std::string& scratch);
  void add_text(std::string_view text);
  void add_integer(int64_t value);
  /// The same value in every one of so many rows, as far as evidence goes.
  ColumnEvidence repeated(int64_t rows) const;

  int64_t values() const { return booleans + integers + numbers + strings + objects + arrays; }
  bool is_mixed() const;
  Form form() const;
  /// What people would call it: "string", "number", "boolean", "object", "array", "null", "mixed".
  std::string native() const;
  /// What the values are: dates, times and uuids where every string is one and written in one way.
  arrow::Type type() const;
  arrow::Type carrier() const;
  /// The catalog's "evidence". Booleans are no class of it: such a column is taken as its type says.
  nlohmann::json to_json(int64_t rows) const;
  /// "12 numbers, 3 strings".
  std::string describe() const;

  int64_t present = 0;  ///< rows that have the key, null or not
  int64_t nulls = 0, booleans = 0, integers = 0, numbers = 0, strings = 0, objects = 0, arrays = 0;

 private:
  void add_number(std::string_view text);
  void classify(std::string_view text);

  int64_t min_integer_ = 0, max_integer_ = 0;
  int64_t max_bytes_ = 0;      // of strings' texts
  int64_t max_raw_bytes_ = 0;  // of source texts
  int64_t dates_ = 0, timestamps_ = 0, zoned_ = 0, number_texts_ = 0, uuids_ = 0, plain_uuids_ = 0, jsons_ = 0,
          hexes_ = 0;
  int64_t true_false_ = 0, nul_bytes_ = 0;
  int max_scale_ = 0, max_digits_ = 0;
  bool may_be_time_ = true, may_be_number_ = true, may_be_uuid_ = true, may_be_json_ = true, may_be_boolean_ = true,
       may_be_hex_ = true;
};

}  // namespace sluice::json
