#include "catalog/decide_expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

constexpr std::array<std::string_view, 7> kKeywords = {"AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN"};
constexpr std::array<std::string_view, 13> kOperators = {"==", "<>", "!=", "<=", ">=", "=", "<",
                                                         ">",  "+",  "-",  "(",  ")",  ","};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

bool is_numeric(Kind kind) {
  return is_integer(kind) || kind == Kind::decimal || kind == Kind::number || kind == Kind::float32 ||
         kind == Kind::float64;
}

/// Rewrites one expression, token by token. Used once.
class Rewriter {
 public:
  Rewriter(std::string_view text, const DecidedTable& table) : text_(text), table_(table) {}

  std::optional<std::string> rewrite() {
    while (skip_space()) {
      if (!take_token()) return std::nullopt;
    }
    const bool is_one_family = !(sees_numbers_ && sees_texts_);
    if (!sees_column_ || !is_one_family) return std::nullopt;
    return out_;
  }

 private:
  bool skip_space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size();
  }

  bool take_token() {
    const char c = text_[at_];
    if (c == '\'') return take_string();
    if (c == '"' || c == '`' || c == '[') return take_quoted_name(c == '[' ? ']' : c);
    if (is_digit(c)) return take_number();
    if (is_word(c)) return take_word();
    return take_operator();
  }

  bool take_string() {
    const size_t begin = at_++;
    while (at_ < text_.size()) {
      if (text_[at_++] != '\'') continue;
      if (at_ < text_.size() && text_[at_] == '\'') {
        ++at_;
        continue;
      }
      sees_texts_ = true;
      return emit(text_.substr(begin, at_ - begin));
    }
    return false;
  }

  bool take_quoted_name(char end) {
    const size_t begin = ++at_;
    const size_t close = text_.find(end, begin);
    if (close == std::string_view::npos) return false;
    at_ = close + 1;
    return emit_column(std::string(text_.substr(begin, close - begin)));
  }

  bool take_number() {
    const size_t begin = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    if (at_ < text_.size() && is_word(text_[at_])) return false;
    sees_numbers_ = true;
    return emit(text_.substr(begin, at_ - begin));
  }

  bool take_word() {
    const size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (std::ranges::find(kKeywords, upper(word)) != kKeywords.end()) return emit(upper(word));
    return emit_column(std::string(word));
  }

  bool take_operator() {
    for (const std::string_view each : kOperators) {
      if (text_.substr(at_, each.size()) != each) continue;
      at_ += each.size();
      // "--" would begin a comment.
      if (each == "-" && at_ < text_.size() && text_[at_] == '-') return false;
      return emit(each == "==" ? "=" : each);
    }
    return false;
  }

  bool emit_column(const std::string& name) {
    const int index = table_.find(name);
    if (index < 0) return false;
    const Kind kind = table_.columns[static_cast<size_t>(index)].compare.kind;
    if (is_numeric(kind)) sees_numbers_ = true;
    if (kind == Kind::text) sees_texts_ = true;
    sees_column_ = true;
    return (is_numeric(kind) || kind == Kind::text) &&
           emit(quoted(table_.table->columns[static_cast<size_t>(index)].name));
  }

  bool emit(std::string_view token) {
    if (!out_.empty()) out_ += ' ';
    out_ += token;
    return true;
  }

  std::string_view text_;
  const DecidedTable& table_;
  size_t at_ = 0;
  std::string out_;
  bool sees_column_ = false, sees_numbers_ = false, sees_texts_ = false;
};

}  // namespace

std::optional<std::string> portable_expression(const std::string& expression, const DecidedTable& table) {
  return Rewriter(expression, table).rewrite();
}

}  // namespace sluice::catalog
