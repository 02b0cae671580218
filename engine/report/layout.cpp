#include "report/layout.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/clock.hpp"
#include "base/escape.hpp"
#include "base/units.hpp"

namespace sluice::report {
namespace {

constexpr const char* kGap = "  ";

/// Characters, as near as a terminal without width tables can be told: bytes that don't continue one.
size_t width_of(const std::string& text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

}  // namespace

std::string shown(const std::string& text) { return escape_terminal(text); }

std::string time_text(int64_t time_us) {
  if (time_us == 0) return "-";
  // "2026-01-31T13:05:00.123Z" without T and milliseconds.
  std::string text = calendar_to_text(Clock::Calendar(std::chrono::microseconds(time_us)));
  text[10] = ' ';
  return text.substr(0, 19) + " UTC";
}

std::string seconds_text(double seconds) {
  if (!(seconds >= 0)) return "-";
  if (seconds >= 1 && seconds < 60) seconds = std::round(seconds * 10) / 10;
  return duration_to_text(std::chrono::milliseconds(std::llround(std::min(seconds, 1e12) * 1000)));
}

std::string count_of(int64_t count, const std::string& one, const std::string& many) {
  return count_to_text(count) + " " + (count == 1 ? one : many);
}

void Table::add(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = shown(cell);
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const {
  std::string line;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i > 0) line += kGap;
    const std::string padding(widths[i] - width_of(cells[i]), ' ');
    line += columns_[i].align == Align::right ? padding + cells[i] : cells[i] + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string Table::text(const std::string& indent) const {
  std::vector<std::string> titles;
  std::vector<size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(width_of(column.title));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  const bool has_titles =
      std::any_of(titles.begin(), titles.end(), [](const std::string& title) { return !title.empty(); });
  std::string text;
  if (has_titles) text += indent + line(titles, widths) + "\n";
  for (const auto& row : rows_) text += indent + line(row, widths) + "\n";
  return text;
}

}  // namespace sluice::report
