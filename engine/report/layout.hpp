#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Small pieces of text that reports, status and lists share. Whatever comes from outside goes through `shown` or a
/// Table.
namespace sluice::report {

/// Foreign text for a terminal, on one line.
std::string shown(const std::string& text);

/// "2025-11-20 23:05:11 UTC", "-" for 0.
std::string time_text(int64_t time_us);
/// "850ms", "1.2s", "1m30s"; "-" for less than zero.
std::string seconds_text(double seconds);
/// "1,203 rows", "1 row".
std::string count_of(int64_t count, const std::string& one, const std::string& many);

/// Columns of text as wide as their widest cell; numbers stand on the right. Escapes its cells.
class Table {
 public:
  enum class Align { left = 1, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Missing cells are empty.
  void add(std::vector<std::string> cells);
  bool is_empty() const { return rows_.empty(); }
  /// With a line of titles where a column has one; each line led by `indent`.
  std::string text(const std::string& indent) const;

 private:
  std::string line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace sluice::report
