#include "workflow/criterion_tokens.hpp"

#include <algorithm>
#include <array>

namespace sluice::workflow {
namespace {

using Kind = CriterionToken::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_part(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_keyword(const std::string& word) {
  static constexpr std::array<const char*, 4> kKeywords = {"and", "or", "not", "for"};
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

class Cutter {
 public:
  explicit Cutter(const std::string& text) : text_(text) {}

  std::vector<CriterionToken> cut() {
    while (skip_spaces(), at_ < text_.size()) tokens_.push_back(cut_one());
    tokens_.push_back({Kind::end, "", "", text_.size(), text_.size()});
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void skip_spaces() {
    while (is_space(peek())) ++at_;
  }

  template <typename Predicate>
  std::string take_while(Predicate holds) {
    const size_t begin = at_;
    while (at_ < text_.size() && holds(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  CriterionToken cut_one() {
    CriterionToken token;
    token.begin = at_;
    if (is_digit(peek()))
      cut_number(token);
    else if (is_letter(peek()) || peek() == '_')
      cut_name(token);
    else if (peek() == '[')
      cut_table(token);
    else
      cut_symbol(token);
    token.end = at_;
    return token;
  }

  void cut_number(CriterionToken& token) {
    token.kind = Kind::number;
    token.text = take_while(is_digit);
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      token.text += "." + take_while(is_digit);
    }
    token.unit = cut_unit();
  }

  /// "/s" counts as a unit only right behind the digits: elsewhere it is a division.
  std::string cut_unit() {
    if (peek() == '/' && peek(1) == 's' && !is_name_part(peek(2))) return take(2);
    const size_t start = at_;
    skip_spaces();
    if (peek() == '%') return take(1);
    std::string word = take_while([](char c) { return is_name_part(c); });
    // "3 proof.missing" lacks an operator, it has no unit.
    const bool is_metric = word.find('.') != std::string::npos;
    if (word.empty() || is_keyword(word) || is_metric) {
      at_ = start;
      return "";
    }
    if (peek() == '/' && peek(1) == 's' && !is_name_part(peek(2))) word += take(2);
    return word;
  }

  std::string take(size_t count) {
    at_ += count;
    return text_.substr(at_ - count, count);
  }

  void cut_name(CriterionToken& token) {
    token.kind = Kind::name;
    token.text = take_while(is_name_part);
  }

  void cut_table(CriterionToken& token) {
    token.kind = Kind::table;
    const size_t close = text_.find(']', at_);
    if (close == std::string::npos) throw criterion_error(text_, at_, at_ + 1, "[ is never closed");
    token.text = text_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
  }

  void cut_symbol(CriterionToken& token) {
    static constexpr std::array<const char*, 5> kPairs = {"<=", ">=", "==", "!=", "~="};
    token.kind = Kind::symbol;
    token.text = text_.substr(at_, 2);
    if (std::find(kPairs.begin(), kPairs.end(), token.text) != kPairs.end()) {
      at_ += 2;
      return;
    }
    token.text = text_.substr(at_, 1);
    if (token.text == "=") throw criterion_error(text_, at_, at_ + 1, "= does not compare; write ==");
    if (token.text.find_first_of("<>+-*/(),") == std::string::npos) {
      throw criterion_error(text_, at_, at_ + 1, "unexpected character in a criterion");
    }
    ++at_;
  }

  const std::string& text_;
  size_t at_ = 0;
  std::vector<CriterionToken> tokens_;
};

size_t count_characters(const std::string& text, size_t begin, size_t end) {
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<size_t>(std::count_if(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                           text.begin() + static_cast<std::ptrdiff_t>(end), is_first_byte));
}

}  // namespace

std::vector<CriterionToken> cut_criterion(const std::string& text) { return Cutter(text).cut(); }

Error criterion_error(const std::string& text, size_t begin, size_t end, const std::string& message) {
  std::string line = text;
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  const size_t last = std::min(std::max(end, begin), text.size());
  const size_t carets = std::max<size_t>(1, count_characters(text, begin, last));
  return Error(Code::invalid_argument, message + "\n    " + line + "\n    " +
                                           std::string(count_characters(text, 0, begin), ' ') +
                                           std::string(carets, '^'));
}

}  // namespace sluice::workflow
