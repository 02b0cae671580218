#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "arrow/type.hpp"
#include "sources.hpp"

namespace sluice::csv {

/// What a scan of one column's cells showed; the fields are those of the catalog's "evidence". Classes of texts are
/// told apart only while every text so far was of the class: they are exact where they add up to all values, and lower
/// bounds otherwise.
class ColumnEvidence {
 public:
  void add(std::string_view text);
  void add_null() { ++nulls; }
  /// The type that every value shows and whose own spelling of it is the very text of the file: "007", "+1", "1.10"
  /// beside "1.9" and "TRUE" stay texts. Counts integers and blobs as such then.
  void decide();

  arrow::Type type;     ///< after decide()
  arrow::Type carrier;  ///< what `read` delivers for it
  int64_t nulls = 0, integers = 0, texts = 0, blobs = 0;
  int64_t min_integer = 0, max_integer = 0;
  int64_t max_bytes = 0;
  int64_t dates = 0, timestamps = 0, zoned = 0, numbers = 0, uuids = 0, jsons = 0, true_false = 0;
  int max_digits = 0;

 private:
  enum Class : uint32_t {
    kInteger = 1,      // canonical, and of 64 bits
    kPlainNumber = 2,  // canonical, of any size
    kNumber = 4,
    kTime = 8,
    kUuid = 16,
    kLowerUuid = 32,
    kJson = 64,
    kBooleanWord = 128,
    kTrueFalse = 256,
    kHex = 512,
    kAll = 1023
  };
  bool may_be(uint32_t which) const { return (classes_ & which) != 0; }
  void keep(uint32_t which, bool is_one) { classes_ &= is_one ? kAll : ~which; }
  void look_for_number(std::string_view text);
  void look_for_integer(std::string_view text);
  void look_for_time(std::string_view text);
  void look_for_words(std::string_view text);
  void decide_kind(arrow::Kind kind, arrow::Kind carrier) { type = {kind}, carrier_kind(carrier); }
  void carrier_kind(arrow::Kind kind) { carrier = {kind}; }

  uint32_t classes_ = kAll;
  int scale_ = -1;  ///< of the first number
  bool is_one_scale_ = true;
  bool has_trailing_zero_ = false;
};

struct TableEvidence {
  int64_t rows = 0;
  int64_t unreadable = 0;      ///< rows with a fault, not among `rows`
  std::optional<Error> fault;  ///< of the first of them
  std::vector<ColumnEvidence> columns;
};

/// What becomes of rows that can't be read.
enum class Unreadable { refuse = 1, count };

/// One pass over the whole table.
TableEvidence scan_table(const Shape& shape, Unreadable unreadable, const std::atomic<bool>& cancelled);

}  // namespace sluice::csv
