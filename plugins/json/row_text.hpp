#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/view.hpp"
#include "settings.hpp"

namespace sluice::json {

/// Appends a text as a JSON string in quotes. It must be UTF-8.
void append_quoted(std::string& out, std::string_view text);

/// Writes rows as JSON objects, so that reading them gives the same values. One thread.
class RowText {
 public:
  /// The columns of each object, in their order.
  RowText(std::vector<std::string> names, const Settings& settings);

  void begin_row();
  void put_null(size_t column);
  /// Throws Error(data) saying what of the value can't stand in JSON, without its place.
  void put_value(size_t column, const arrow::ColumnView& values, int64_t row);
  void end_row() { out_ += is_first_ ? "{}" : "}"; }
  /// As the key of a member, with the colon behind it.
  void put_member_key(const arrow::ColumnView& values, int64_t row);

  std::string& text() { return out_; }

 private:
  void put_name(size_t column);
  void put_integer(const arrow::ColumnView& values, int64_t row);
  void put_number(std::string_view text);
  void put_real(const arrow::ColumnView& values, int64_t row);
  void put_text(std::string_view text);
  void put_json(std::string_view text);
  void put_not_finite(const std::string& text);

  const Settings& settings_;
  std::vector<std::string> names_;  ///< with the quotes and the colon
  std::string out_;
  bool is_first_ = true;
};

}  // namespace sluice::json
