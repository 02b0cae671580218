#include "cutter.hpp"

namespace sluice::json {

bool RecordCutter::find_next() {
  const bool is_resumed = is_resumed_;
  is_resumed_ = false;
  if (layout_ == Layout::single) return is_first_ || is_resumed;
  if (layout_ == Layout::lines) return walker_.peek() != -1;
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

bool RecordCutter::next(Record& record) {
  if (is_done_ || !find_next()) {
    is_done_ = true;
    return false;
  }
  is_first_ = false;
  walker_.peek();
  record.begin = walker_.offset();
  record.has_key = has_member_keys(layout_);
  if (record.has_key) {
    record.key = walker_.take_string("the key of a record");
    walker_.expect(':', "after a key");
  }
  if (walker_.peek() != '{') walker_.refuse("a record, which begins with '{'");
  record.text_at = walker_.offset();
  record.text = walker_.take_container();
  return true;
}

}  // namespace sluice::json
