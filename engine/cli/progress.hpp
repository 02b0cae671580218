#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "journal/journal.hpp"

namespace sluice::cli {

/// Shows a run while it goes on, on standard error: one line per node that ends, and on a terminal a status line below them that
/// is drawn over. Lossy and coalescing: the journal is the record, this is the view. Thread-safe.
class Progress {
 public:
  enum class Style { quiet = 1, lines, terminal };
  /// terminal where standard error is one, else lines.
  static Style style_for(bool is_quiet);

  explicit Progress(Style style) : style_(style) {}
  ~Progress();

  void on_event(const journal::Event& event);
  void on_rows_in_flight(int64_t rows);

 private:
  struct Step {
    int64_t tasks = 0;
    int64_t done = 0;
    int64_t rows = 0;
    std::chrono::steady_clock::time_point started;
  };
  void line(const std::string& text);
  void clear();
  void draw();

  Style style_;
  std::mutex mutex_;
  std::map<std::string, Step> steps_;
  int64_t in_flight_ = 0;
  bool is_drawn_ = false;
};

}  // namespace sluice::cli
