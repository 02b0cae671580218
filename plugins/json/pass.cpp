#include "pass.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "brackets.hpp"

namespace sluice::json {

namespace {

/// So much of a file is looked at to tell whether lines are records.
constexpr size_t kLook = size_t{1} << 20;
constexpr size_t kMostOpen = size_t{1} << 20;

void skip_into(Window& window, size_t bytes, files::Unreadable& passed) {
  const size_t room = files::kMostKept - passed.text.size();
  passed.text += window.view().substr(0, std::min(bytes, room));
  passed.bytes += static_cast<int64_t>(bytes);
  window.skip(bytes);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const size_t first = std::min(text.find_first_not_of(kSpace), text.size());
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

bool is_one_of(std::string_view characters, char c) { return characters.find(c) != std::string_view::npos; }

/// Counts the brackets of one line.
class LineBalance {
 public:
  void take(std::string_view text) {
    for (const char c : text) take(c);
  }
  bool closes_too_much() const { return closes_too_much_; }

 private:
  void take(char c) {
    const bool is_escaped = std::exchange(is_escaped_, is_in_string_ && c == '\\' && !is_escaped_);
    if (c == '"' && !is_escaped) is_in_string_ = !is_in_string_;
    if (is_in_string_) return;
    if (c == '{' || c == '[') ++open_;
    if ((c == '}' || c == ']') && --open_ < 0) closes_too_much_ = true;
  }

  int64_t open_ = 0;
  bool is_in_string_ = false;
  bool is_escaped_ = false;
  bool closes_too_much_ = false;
};

bool is_one_object(std::string_view line) {
  constexpr int kAnyDepth = 1 << 20;
  BracketScanner scanner(kAnyDepth);
  return line.front() == '{' && scanner.scan(line, true) == line.size();
}

bool pass_scalar(Walker& walker, files::Unreadable& passed) {
  const int64_t begin = walker.offset();
  try {
    walker.skip_value();
  } catch (const Error& error) {
    if (error.code() != Code::data) throw;
    return false;
  }
  const auto bytes = static_cast<size_t>(walker.offset() - begin);
  if (!walker.window().rewind_to(begin)) return false;
  skip_into(walker.window(), bytes, passed);
  return true;
}

}  // namespace

Nesting::State Nesting::take_in_string(char c) {
  // A quote that is missing would hide what follows on the next lines.
  if (c == '\n') return State::broken;
  is_in_string_ = is_escaped_ || c != '"';
  is_escaped_ = !is_escaped_ && c == '\\';
  return State::open;
}

Nesting::State Nesting::take(char c) {
  if (is_in_string_) return take_in_string(c);
  if (is_one_of(" \t\r\n", c)) return State::open;
  if (last_ == '"' && !is_one_of(",:}]", c)) return State::broken;
  if (c == '"' && !is_one_of("{[,:", last_)) return State::broken;
  last_ = c;
  is_in_string_ = c == '"';
  if (c == '{' || c == '[') closing_.push_back(c == '{' ? '}' : ']');
  if (closing_.size() > kMostOpen) return State::broken;
  if (c != '}' && c != ']') return State::open;
  if (closing_.empty() || closing_.back() != c) return State::broken;
  closing_.pop_back();
  return closing_.empty() ? State::closed : State::open;
}

Nesting::State Nesting::take(std::string_view text, size_t& taken) {
  for (taken = 0; taken < text.size();) {
    const State state = take(text[taken++]);
    if (state != State::open) return state;
  }
  return State::open;
}

bool has_record_per_line(Window& window) {
  while (window.view().size() < kLook && window.refill()) {
  }
  const std::string_view view = window.view();
  const bool is_whole = view.size() < kLook;
  size_t lines = 0;
  size_t objects = 0;
  for (size_t at = 0; at < view.size();) {
    const size_t end = view.find('\n', at);
    if (end == std::string_view::npos && !is_whole) break;
    const std::string_view line = trimmed(view.substr(at, end - at));
    at = end == std::string_view::npos ? view.size() : end + 1;
    if (line.empty()) continue;
    ++lines;
    objects += is_one_object(line) ? 1 : 0;
  }
  return objects > 0 && 2 * objects >= lines;
}

bool pass_line(Window& window, files::Unreadable& passed) {
  LineBalance balance;
  do {
    const std::string_view view = window.view();
    const size_t end = view.find('\n');
    balance.take(view.substr(0, end));
    skip_into(window, std::min(end, view.size()), passed);
    if (end == std::string_view::npos) continue;
    window.skip(1);
    break;
  } while (window.refill());
  return !balance.closes_too_much();
}

bool pass_value(Walker& walker, files::Unreadable& passed) {
  const int first = walker.peek();
  if (first != '{' && first != '[') return pass_scalar(walker, passed);
  Nesting nesting;
  do {
    size_t taken = 0;
    const Nesting::State state = nesting.take(walker.window().view(), taken);
    if (state == Nesting::State::broken) return false;
    skip_into(walker.window(), taken, passed);
    if (state == Nesting::State::closed) return true;
  } while (walker.window().refill());
  return false;
}

}  // namespace sluice::json
