#include "fault.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "strings.hpp"

namespace sluice::json {

namespace {

/// Reads one value and throws the first fault.
class FaultFinder {
 public:
  FaultFinder(std::string_view text, int most_depth) : text_(text), most_depth_(most_depth) {}

  void read_all() {
    read_value(1);
    skip_space();
    if (at_ < text_.size()) fail("expected the end of the record, found " + found());
  }

 private:
  [[noreturn]] void fail(std::string message, std::string hint = {}) const {
    fail_at(at_, std::move(message), std::move(hint));
  }
  [[noreturn]] static void fail_at(size_t at, std::string message, std::string hint = {}) {
    throw Fault{at, std::move(message), std::move(hint)};
  }
  std::string found() const { return shown(text_.substr(at_)); }
  bool is_at(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
    if (is_at('/')) fail("comments are not JSON, found " + found(), "remove the comments");
  }

  void read_value(int depth) {
    skip_space();
    if (at_ >= text_.size()) fail("the record is cut off: expected a value, found the end");
    const char c = text_[at_];
    if (c == '{') return read_members(depth, '}');
    if (c == '[') return read_members(depth, ']');
    if (c == '"') return read_string();
    read_word();
  }

  void read_members(int depth, char close) {
    const size_t begin = at_;
    if (depth > most_depth_) fail("nests deeper than " + std::to_string(most_depth_), "raise the option max_depth");
    ++at_;
    skip_space();
    if (is_at(close)) return static_cast<void>(++at_);
    while (true) {
      if (close == '}') read_key();
      read_value(depth + 1);
      skip_space();
      if (at_ >= text_.size())
        fail_at(begin, std::string("the record is cut off: what opens here is not closed before the end"));
      if (is_at(close)) return static_cast<void>(++at_);
      if (!is_at(',')) fail(std::string("expected ',' or '") + close + "', found " + found());
      const size_t comma = at_++;
      skip_space();
      if (is_at(close)) fail_at(comma, std::string("a comma before '") + close + "' is not JSON", "remove the comma");
    }
  }

  void read_key() {
    skip_space();
    if (!is_at('"')) fail("expected a key in double quotes, found " + found());
    read_string();
    skip_space();
    if (!is_at(':')) fail("expected ':' after a key, found " + found());
    ++at_;
  }

  void read_string() {
    const size_t begin = at_++;
    while (true) {
      if (at_ >= text_.size()) fail_at(begin, "the string that begins here is not closed");
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') return static_cast<void>(++at_);
      if (c < 0x20)
        fail("a control character stands in a string as it is, found " + found(), "write it as \\n or \\u00XX");
      if (c == '\\') {
        read_escape();
      } else {
        const size_t length = utf8_length(text_, at_);
        if (length == 0) fail("not UTF-8, found " + found(), "convert the file to UTF-8");
        at_ += length;
      }
    }
  }

  void read_escape() {
    // A pair of surrogates is two escapes of six characters.
    for (const size_t length : {size_t{2}, size_t{6}, size_t{12}}) {
      if (at_ + length <= text_.size() && has_valid_escapes(text_.substr(at_, length))) {
        at_ += length;
        return;
      }
    }
    const std::string_view escape = text_.substr(at_, 6);
    const bool is_surrogate = escape.size() == 6 && escape[1] == 'u' && (escape[2] == 'd' || escape[2] == 'D');
    if (is_surrogate)
      fail("half of a surrogate pair, which is no character: " + std::string(escape), "repair the text in the source");
    fail("expected an escape such as \\n or \\u00e4, found " + shown(escape));
  }

  void read_word() {
    constexpr std::string_view kEnds = " \t\r\n,:[]{}\"/";
    const size_t end = std::min(text_.find_first_of(kEnds, at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    constexpr std::array<std::string_view, 3> kWords = {"true", "false", "null"};
    if (std::find(kWords.begin(), kWords.end(), word) == kWords.end() && !is_number(word)) {
      const std::string_view all = word.empty() ? text_.substr(at_) : word;
      const bool is_wrong_number = word == "NaN" || word == "Infinity" || word == "-Infinity";
      fail((is_wrong_number ? "JSON has no such number: " : "expected a value, found ") + shown(all),
           is_wrong_number ? "write null or a string instead" : "");
    }
    at_ = end;
  }

  std::string_view text_;
  int most_depth_;
  size_t at_ = 0;
};

}  // namespace

std::optional<Fault> find_fault(std::string_view text, int most_depth) {
  try {
    FaultFinder(text, most_depth).read_all();
    return std::nullopt;
  } catch (Fault& fault) {
    return std::move(fault);
  }
}

}  // namespace sluice::json
