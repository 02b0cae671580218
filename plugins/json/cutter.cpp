#include "cutter.hpp"

#include <algorithm>

#include "pass.hpp"

namespace sluice::json {

bool RecordCutter::find_next() {
  const bool is_resumed = is_resumed_;
  is_resumed_ = false;
  if (layout_ == Layout::single) return is_first_ || is_resumed;
  if (layout_ == Layout::lines) {
    if (is_by_lines_ && is_behind_record_) end_line();
    return walker_.peek() != -1;
  }
  const bool is_piece = layout_ == Layout::elements || layout_ == Layout::members;
  if (is_piece && walker_.peek() == -1) return false;
  const char close = has_member_keys(layout_) ? '}' : ']';
  if (is_resumed) return true;
  if (walker_.peek() == static_cast<unsigned char>(close)) {
    walker_.window().skip(1);
    return false;
  }
  if (is_first_) return true;
  const int64_t comma = walker_.offset();
  if (walker_.peek() == -1)
    walker_.window().fail(comma, std::string("the file is cut off: expected ',' or '") + close + "' after a record",
                          "get the whole file again");
  walker_.expect(',', std::string("or '") + close + "' after a record");
  if (walker_.peek() == static_cast<unsigned char>(close)) {
    walker_.window().fail(comma, std::string("a comma before '") + close + "' is not JSON", "remove the comma");
  }
  return true;
}

/// Nothing but spaces may follow a record on its line.
void RecordCutter::end_line() {
  Window& window = walker_.window();
  do {
    const std::string_view view = window.view();
    const size_t found = view.find_first_not_of(" \t\r");
    window.skip(std::min(found, view.size()));
    if (found == std::string_view::npos) continue;
    is_by_lines_ = view[found] == '\n';
    return;
  } while (window.refill());
}

bool RecordCutter::keeps_lines(const Record& record) {
  is_by_lines_ = is_by_lines_ && record.text.find('\n') == std::string_view::npos;
  return is_by_lines_;
}

bool RecordCutter::next(Record& record) {
  record_at_ = text_at_ = -1;
  if (is_done_ || !find_next()) {
    is_done_ = true;
    return false;
  }
  is_first_ = false;
  walker_.peek();
  record.begin = record_at_ = walker_.offset();
  record.has_key = has_member_keys(layout_);
  if (record.has_key) {
    record.key = walker_.take_string("the key of a record");
    walker_.expect(':', "after a key");
  }
  const bool is_object = walker_.peek() == '{';
  record.text_at = text_at_ = walker_.offset();
  if (!is_object) walker_.refuse("a record, which begins with '{'");
  record.text = walker_.take_container();
  is_behind_record_ = true;
  return true;
}

bool RecordCutter::pass_over(files::Unreadable& passed) {
  Window& window = walker_.window();
  const bool is_line = layout_ == Layout::lines && is_by_lines_;
  const int64_t begin = is_line ? record_at_ : text_at_;
  if (begin < 0 || layout_ == Layout::single || (layout_ == Layout::lines && !is_line) || !window.rewind_to(begin)) return false;
  passed = {window.path(), record_at_, 0, {}};
  is_behind_record_ = false;
  return is_line ? pass_line(window, passed) : pass_value(passed);
}

/// What follows must be what follows records: else the brackets have closed by chance.
bool RecordCutter::pass_value(files::Unreadable& passed) {
  if (!json::pass_value(walker_, passed)) return false;
  const int behind = walker_.peek();
  const bool is_piece = layout_ == Layout::elements || layout_ == Layout::members;
  return behind == ',' || behind == (has_member_keys(layout_) ? '}' : ']') || (is_piece && behind == -1);
}

}  // namespace sluice::json
