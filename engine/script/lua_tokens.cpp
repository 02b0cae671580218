#include "script/lua_tokens.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace sluice::script {
namespace {

using Kind = LuaToken::Kind;

bool is_letter(char c) {
  // LuaJIT takes every byte above 127 as part of a name.
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_part(char c) { return is_letter(c) || is_digit(c); }

bool is_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 21> kKeywords = {
      "and",   "break", "do",  "else", "elseif", "end",    "false", "for",  "function", "if",   "in",
      "local", "nil",   "not", "or",   "repeat", "return", "then",  "true", "until",    "while"};
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

class Cutter {
 public:
  explicit Cutter(std::string_view source) : source_(source) {}

  std::vector<LuaToken> cut() {
    if (peek() == '#') skip_line();
    while (skip_blanks() && !is_broken_) cut_one();
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  bool is_at_end() const { return at_ >= source_.size(); }

  void advance(size_t count = 1) {
    for (; count > 0 && !is_at_end(); --count, ++at_) line_ += source_[at_] == '\n' ? 1 : 0;
  }
  void skip_line() {
    while (!is_at_end() && peek() != '\n') ++at_;
  }

  /// False at the end.
  bool skip_blanks() {
    while (!is_at_end()) {
      if (std::isspace(static_cast<unsigned char>(peek())) != 0) {
        advance();
      } else if (peek() == '-' && peek(1) == '-') {
        skip_comment();
      } else {
        return true;
      }
    }
    return false;
  }

  void skip_comment() {
    at_ += 2;
    if (long_bracket_level() < 0)
      skip_line();
    else
      skip_long_text();
  }

  /// Equal signs between the brackets of "[==[" here; -1 where there is no such thing.
  int long_bracket_level() const {
    if (peek() != '[') return -1;
    size_t ahead = 1;
    while (peek(ahead) == '=') ++ahead;
    return peek(ahead) == '[' ? static_cast<int>(ahead - 1) : -1;
  }

  void skip_long_text() {
    const std::string close = "]" + std::string(static_cast<size_t>(long_bracket_level()), '=') + "]";
    const size_t found = source_.find(close, at_ + close.size());
    is_broken_ = found == std::string_view::npos;
    advance((is_broken_ ? source_.size() : found + close.size()) - at_);
  }

  void skip_quoted_text() {
    const char quote = peek();
    advance();
    while (!is_at_end() && peek() != quote) advance(peek() == '\\' ? 2 : 1);
    is_broken_ = is_at_end();
    advance();
  }

  /// Digits, letters and points; a sign only behind an exponent's letter.
  void skip_number() {
    const char exponent = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') ? 'p' : 'e';
    char last = '\0';
    while (is_name_part(peek()) || peek() == '.' || ((peek() == '+' || peek() == '-') && (last | 0x20) == exponent)) {
      last = peek();
      ++at_;
    }
  }

  void skip_symbol() {
    static constexpr std::array<std::string_view, 7> kLong = {"...", "..", "==", "~=", "<=", ">=", "::"};
    for (const std::string_view symbol : kLong) {
      if (source_.substr(at_, symbol.size()) != symbol) continue;
      at_ += symbol.size();
      return;
    }
    ++at_;
  }

  void cut_one() {
    LuaToken token{Kind::symbol, at_, at_, line_};
    if (is_letter(peek())) {
      while (is_name_part(peek())) ++at_;
      token.kind = is_keyword(source_.substr(token.begin, at_ - token.begin)) ? Kind::keyword : Kind::name;
    } else if (is_digit(peek()) || (peek() == '.' && is_digit(peek(1)))) {
      token.kind = Kind::number;
      skip_number();
    } else if (peek() == '"' || peek() == '\'') {
      token.kind = Kind::text;
      skip_quoted_text();
    } else if (long_bracket_level() >= 0) {
      token.kind = Kind::text;
      skip_long_text();
    } else {
      skip_symbol();
    }
    token.end = at_;
    if (!is_broken_) tokens_.push_back(token);
  }

  std::string_view source_;
  size_t at_ = 0;
  int line_ = 1;
  bool is_broken_ = false;
  std::vector<LuaToken> tokens_;
};

}  // namespace

std::vector<LuaToken> cut_lua(std::string_view source) { return Cutter(source).cut(); }

std::string_view text_of(const LuaToken& token, std::string_view source) {
  return source.substr(token.begin, token.end - token.begin);
}

std::string_view content_of(const LuaToken& token, std::string_view source) {
  const std::string_view text = text_of(token, source);
  if (text.front() != '[') return text.substr(1, text.size() - 2);
  const size_t width = text.find('[', 1) + 1;
  return text.substr(width, text.size() - 2 * width);
}

}  // namespace sluice::script
