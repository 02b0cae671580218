#include "walker.hpp"

#include <algorithm>

#include "base/units.hpp"
#include "brackets.hpp"
#include "fault.hpp"
#include "strings.hpp"

namespace sluice::json {

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

constexpr size_t kMostShown = 64;

}  // namespace

bool Walker::ensure(size_t bytes) {
  while (window_.view().size() < bytes) {
    if (!window_.refill()) return false;
  }
  return true;
}

int Walker::peek() {
  while (true) {
    const std::string_view view = window_.view();
    size_t at = 0;
    while (at < view.size() && is_space(view[at])) ++at;
    window_.skip(at);
    if (at < view.size()) return static_cast<unsigned char>(view[at]);
    if (!window_.refill()) return -1;
  }
}

void Walker::refuse(const std::string& expected) {
  peek();
  ensure(kMostShown);
  const std::string_view found = window_.view();
  if (!found.empty() && found[0] == '/')
    window_.fail(offset(), "comments are not JSON, found " + shown(found), "remove the comments");
  window_.fail(offset(), "expected " + expected + ", found " + shown(found));
}

void Walker::expect(char c, const std::string& where) {
  if (peek() != static_cast<unsigned char>(c)) refuse(std::string("'") + c + "'" + (where.empty() ? "" : " " + where));
  window_.skip(1);
}

std::string Walker::take_string(const char* what) {
  if (peek() != '"') refuse(std::string(what) + " in double quotes");
  size_t end = 1;
  while (true) {
    if (!ensure(end + 1)) refuse_container(offset(), "the string that begins here is not closed", "");
    const char c = window_.view()[end];
    if (c == '"') break;
    end += c == '\\' ? 2 : 1;
    if (static_cast<int64_t>(end) > limits_.record) {
      refuse_container(offset(), "a string of more than " + size_to_text(limits_.record),
                       "raise the option max_record");
    }
  }
  const std::string_view text = window_.view().substr(0, end + 1);
  if (const auto fault = find_fault(text, 1)) {
    window_.fail(offset() + static_cast<int64_t>(fault->at), fault->message, fault->hint);
  }
  std::string unescaped;
  append_unescaped(text.substr(1, end - 1), unescaped);
  window_.skip(end + 1);
  return unescaped;
}

void Walker::skip_value() {
  const int first = peek();
  if (first == '{' || first == '[') {
    window_.skip(1);
    return skip_containers(1);
  }
  if (first == '"') return static_cast<void>(take_string("a value"));
  constexpr std::string_view kEnds = ",]} \n\r\t";
  size_t end = 0;
  while (ensure(end + 1) && kEnds.find(window_.view()[end]) == std::string_view::npos && end < kMostShown) ++end;
  if (end == 0) refuse("a value");
  const std::string_view word = window_.view().substr(0, end);
  if (end < kMostShown && find_fault(word, 1)) refuse("a value");
  window_.skip(end);
}

void Walker::skip_containers(int depth) {
  if (depth <= 0) return;
  const int64_t begin = offset();
  BracketScanner scanner(limits_.depth, depth);
  for (bool is_last = false;; is_last = !window_.refill()) {
    const size_t end = scanner.scan(window_.view(), is_last);
    if (scanner.is_too_deep()) {
      window_.fail(begin, "what opens here nests deeper than " + std::to_string(limits_.depth),
                   "raise the option max_depth");
    }
    if (end != BracketScanner::kNone) return window_.skip(end);
    window_.skip(scanner.consumed());
    if (is_last) break;
  }
  window_.fail(begin, "the file is cut off: what opens before this byte is not closed at the file's end",
               "get the whole file again");
}

/// A fault inside explains better why the end was not found.
void Walker::refuse_container(int64_t begin, const std::string& why, const std::string& hint) {
  const auto fault = find_fault(window_.view().substr(0, static_cast<size_t>(limits_.record)), limits_.depth);
  const bool is_cut = !fault || fault->message.find("cut off") != std::string::npos ||
                      fault->message.find("not closed") != std::string::npos;
  if (is_cut) window_.fail(begin, why, hint);
  window_.fail(begin + static_cast<int64_t>(fault->at),
               fault->message + " (in the record that begins at byte " + std::to_string(begin) + ")", fault->hint);
}

std::string_view Walker::take_container() {
  BracketScanner scanner(limits_.depth);
  const int64_t begin = offset();
  size_t consumed = 0;
  bool is_last = false;
  while (true) {
    const size_t end = scanner.scan(window_.view().substr(consumed), is_last);
    consumed += end == BracketScanner::kNone ? scanner.consumed() : end;
    if (scanner.is_too_deep()) {
      refuse_container(begin, "the record that begins here nests deeper than " + std::to_string(limits_.depth),
                       "raise the option max_depth");
    }
    if (static_cast<int64_t>(consumed) > limits_.record) {
      refuse_container(begin, "the record that begins here has more than " + size_to_text(limits_.record),
                       "raise the option max_record");
    }
    if (end != BracketScanner::kNone) break;
    if (is_last)
      refuse_container(begin, "the record that begins here is cut off by the file's end", "get the whole file again");
    is_last = !window_.refill();
  }
  const std::string_view record = window_.view().substr(0, consumed);
  window_.skip(consumed);
  return record;
}

}  // namespace sluice::json
