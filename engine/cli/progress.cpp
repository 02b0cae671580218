#include "cli/progress.hpp"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "base/units.hpp"
#include "journal/events.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;
namespace kind = journal::kind;

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", seconds);
  return text;
}

}  // namespace

Progress::Style Progress::style_for(bool is_quiet) {
  if (is_quiet) return Style::quiet;
  return isatty(STDERR_FILENO) ? Style::terminal : Style::lines;
}

Progress::~Progress() { clear(); }

void Progress::on_event(const journal::Event& event) {
  if (style_ == Style::quiet) return;
  std::lock_guard lock(mutex_);
  const json data = json::parse(event.data);
  if (event.kind == kind::node_started) {
    steps_[event.node].started = std::chrono::steady_clock::now();
  } else if (event.kind == kind::tasks_planned) {
    steps_[event.node].tasks = data.value("tasks", int64_t{0}) + data.value("done", int64_t{0});
    steps_[event.node].done = data.value("done", int64_t{0});
  } else if (event.kind == kind::task_done) {
    ++steps_[event.node].done;
    steps_[event.node].rows += data.value("rows", int64_t{0});
  } else if (event.kind == kind::task_failed) {
    const auto wait = data.value("wait_ms", int64_t{-1});
    const std::string next = wait < 0 ? "" : "; again in " + std::to_string(wait) + " ms";
    line("  retry   " + event.node + " " + event.task + ": " + data.at("error").value("message", "") + next);
  } else if (event.kind == kind::node_passed && data.contains("seconds")) {
    const std::string summary = data.value("summary", "");
    line("  passed  " + event.node + "  " + seconds_text(data.value("seconds", 0.0)) + (summary.empty() ? "" : "  " + summary));
    steps_.erase(event.node);
  } else if (event.kind == kind::node_failed) {
    line("  FAILED  " + event.node + "  " + data.at("error").value("message", ""));
    steps_.erase(event.node);
  } else if (event.kind == kind::rollback_started) {
    line("rolling back to " + data.value("to", "") + ": " + data.value("reason", ""));
  } else if (event.kind == kind::undo_done) {
    line("  undone  " + event.node);
  } else if (event.kind == kind::undo_failed) {
    line("  UNDO FAILED  " + event.node + "  " + data.at("error").value("message", ""));
  } else if (event.kind == kind::note) {
    line("  note    " + data.value("text", ""));
  }
  draw();
}

void Progress::on_rows_in_flight(int64_t rows) {
  if (style_ != Style::terminal) return;
  std::lock_guard lock(mutex_);
  in_flight_ = rows;
  draw();
}

void Progress::line(const std::string& text) {
  clear();
  std::fprintf(stderr, "%s\n", escape_terminal(text).c_str());
}

void Progress::clear() {
  if (!is_drawn_) return;
  std::fprintf(stderr, "\r\033[K");
  is_drawn_ = false;
}

void Progress::draw() {
  if (style_ != Style::terminal || steps_.empty()) return;
  const auto& [path, step] = *steps_.begin();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - step.started).count();
  const int64_t rows = step.rows + in_flight_;
  std::string text = "  " + path + "  " + std::to_string(step.done) + "/" + std::to_string(step.tasks) + " tasks";
  if (rows > 0) text += "  " + count_to_text(rows) + " rows";
  if (rows > 0 && seconds > 0.5) text += "  " + count_to_text(static_cast<int64_t>(static_cast<double>(rows) / seconds)) + " rows/s";
  if (steps_.size() > 1) text += "  and " + std::to_string(steps_.size() - 1) + " more";
  std::fprintf(stderr, "\r\033[K%s", escape_terminal(text).substr(0, 110).c_str());
  std::fflush(stderr);
  is_drawn_ = true;
}

}  // namespace sluice::cli
