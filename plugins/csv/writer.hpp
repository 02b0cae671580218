#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "arrow/view.hpp"
#include "files/loading.hpp"
#include "settings.hpp"

namespace sluice::csv {

class Session;

/// Mark and header of a file; empty where the dialect has neither.
std::string header_text(const Dialect& dialect, const std::vector<arrow::Field>& columns);

/// Writes cells so that reading them by the same dialect gives the same texts and NULLs.
class RowWriter {
 public:
  explicit RowWriter(const Dialect& dialect);

  void begin_row() { is_first_ = true; }
  void put_null();
  void put_text(std::string_view text);
  void put_integer(std::string_view digits);
  void put_value(const arrow::ColumnView& column, int64_t row);
  void end_row() { out_ += '\n'; }

  std::string& text() { return out_; }

 private:
  void separate();
  bool needs_quotes(std::string_view text) const;
  void put_quoted(std::string_view text);
  void put_escaped(std::string_view text);

  Dialect dialect_;
  std::array<bool, 256> is_special_{};
  std::string out_;
  bool is_first_ = true;
  bool is_integer_plain_ = false;  ///< digits and a minus never need quotes
};

/// Inside a guard: writes the rows into a part of the table. Throws Error(not_found) for a table that this run did not
/// make, Error(data) for texts that hold NUL or are not UTF-8.
files::Loaded load_rows(Session& session, const sdk::LoadSpec& spec, arrow::BatchReader& batches);

}  // namespace sluice::csv
