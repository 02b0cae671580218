#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "shape.hpp"

namespace sluice::sqlite {

class Session;

/// What a scan of one column's values showed; the fields are those of the catalog's "evidence". Counts are rows.
/// Classes of texts are told apart only while every text so far was of the class: `dates`, `timestamps` and `zoned`
/// together, `numbers`, `uuids`, `jsons` are exact where they add up to `texts`, and lower bounds otherwise.
class ColumnEvidence {
 public:
  void add(sqlite3_value* value);

  int64_t nulls = 0, integers = 0, reals = 0, texts = 0, blobs = 0;
  int64_t min_integer = 0, max_integer = 0;
  int64_t max_bytes = 0;
  int64_t dates = 0, timestamps = 0, zoned = 0, numbers = 0, uuids = 0, jsons = 0;
  int64_t true_false = 0;
  int64_t nul_bytes = 0, invalid_utf8 = 0;
  int max_scale = 0;
  int max_digits = 0;

 private:
  void add_integer(int64_t value);
  void add_real(double value);
  void add_text(std::string_view text);
  void classify(std::string_view text);
  void raise_scale(double value);
  bool add_time(std::string_view text);
  bool add_number(std::string_view text);

  bool may_be_time_ = true;
  bool may_be_number_ = true;
  bool may_be_uuid_ = true;
  bool may_be_json_ = true;
  bool may_be_boolean_ = true;
  double digits_limit_ = 1;  // 10 ^ max_digits
};

struct TableEvidence {
  int64_t rows = 0;
  std::vector<ColumnEvidence> columns;  ///< in the order of the shape's columns
};

/// One pass over the whole table. Generated columns stay empty.
TableEvidence scan_table(Session& session, const TableShape& shape);

}  // namespace sluice::sqlite
