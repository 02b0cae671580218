#include <algorithm>
#include <string_view>

#include "brackets.hpp"
#include "outline.hpp"

namespace sluice::json {

namespace {

constexpr int kAnyDepth = 1 << 20;

/// Looks at the members of an object in memory, as far as they go. Stops at anything that it doesn't expect: whoever
/// reads the file says what is wrong.
class Judge {
 public:
  explicit Judge(std::string_view text) : text_(text) {}

  Shape judge(Extent extent) {
    const bool is_closed = read_members();
    const bool has_more = is_closed && (skip_space() || extent == Extent::part);
    if (has_more && extent != Extent::enclosed) return Shape::lines;
    if (others_ > 0) return Shape::lines;
    if (objects_ > 0 && arrays_ == 0) return Shape::object;
    return tables_ > 0 && objects_ == 0 ? Shape::tables : Shape::lines;
  }

 private:
  bool skip_space() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    return at_ < text_.size();
  }
  char here() { return skip_space() ? text_[at_] : '\0'; }

  bool skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) at_ += text_[at_] == '\\' ? 1 : 0;
    return at_++ < text_.size();
  }

  /// True where the object's end was seen.
  bool read_members() {
    ++at_;
    while (here() == '"') {
      if (!skip_string() || here() != ':') return false;
      ++at_;
      if (!read_value() || here() != ',') break;
      ++at_;
    }
    if (here() != '}') return false;
    ++at_;
    return true;
  }

  bool read_value() {
    const char first = here();
    if (first == '\0') return false;
    if (first == '{') ++objects_;
    if (first == '[') count_array();
    if (first == '{' || first == '[') return skip_container();
    ++others_;
    if (first == '"') return skip_string();
    at_ = std::min(text_.find_first_of(",}", at_), text_.size());
    return at_ < text_.size();
  }

  void count_array() {
    ++arrays_;
    const size_t inside = std::min(text_.find_first_not_of(" \t\r\n", at_ + 1), text_.size());
    const char first = inside < text_.size() ? text_[inside] : ']';
    tables_ += first == '{' ? 1 : 0;
    others_ += first != '{' && first != ']' ? 1 : 0;
  }

  bool skip_container() {
    BracketScanner scanner(kAnyDepth);
    const size_t end = scanner.scan(text_.substr(at_), true);
    if (end == BracketScanner::kNone) return false;
    at_ += end;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  int objects_ = 0;
  int arrays_ = 0;
  int tables_ = 0;  // arrays whose first element is an object
  int others_ = 0;
};

}  // namespace

Shape judge_object(std::string_view text, Extent extent) { return Judge(text).judge(extent); }

}  // namespace sluice::json
