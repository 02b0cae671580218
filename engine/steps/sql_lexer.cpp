#include "steps/sql_lexer.hpp"

#include <algorithm>
#include <cctype>

#include "base/error.hpp"

namespace sluice::steps {
namespace {

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }

constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

SqlLexer::SqlLexer(const std::string& script, SqlDialect dialect, const std::string& name)
    : script_(script),
      dialect_(dialect),
      name_(name),
      begin_(script.starts_with(kByteOrderMark) ? 3 : 0),
      at_(begin_),
      counted_(begin_) {}

bool SqlLexer::starts(const char* text) const { return script_.compare(at_, std::char_traits<char>::length(text), text) == 0; }

bool SqlLexer::begins_line(size_t place) const {
  while (place > begin_ && (script_[place - 1] == ' ' || script_[place - 1] == '\t')) --place;
  return place == begin_ || script_[place - 1] == '\n';
}

std::string SqlLexer::rest_of_line() {
  const size_t end = std::min(script_.find('\n', at_), script_.size());
  std::string rest = script_.substr(at_, end - at_);
  at_ = end;
  return rest;
}

SqlLexer::Token SqlLexer::next() {
  line_ += static_cast<int>(std::count(script_.begin() + static_cast<long>(counted_), script_.begin() + static_cast<long>(at_), '\n'));
  counted_ = at_;
  Token token{Kind::end, at_, at_, line_};
  if (at_ >= script_.size()) {
    if (is_framed()) refuse_open("a comment", framed_since_);
    return token;
  }
  if (is_space(script_[at_])) {
    while (at_ < script_.size() && is_space(script_[at_])) ++at_;
    token.kind = Kind::blank;
  } else if (is_mysql() && skip_frame()) {
    token.kind = Kind::frame;
  } else if (skip_comment()) {
    token.kind = Kind::comment;
  } else if (skip_text()) {
    token.kind = Kind::text;
  } else if (skip_word()) {
    token.kind = Kind::word;
  } else {
    ++at_;
    token.kind = Kind::mark;
  }
  token.end = at_;
  return token;
}

void SqlLexer::refuse_open(const std::string& what, int line) const {
  throw Error(Code::invalid_argument, name_ + ":" + std::to_string(line) + ": " + what + " begins here and does not end");
}

bool SqlLexer::skip_frame() {
  if (is_framed() && starts("*/")) {
    at_ += 2;
    framed_since_ = 0;
    return true;
  }
  if (is_framed() || (!starts("/*!") && !starts("/*M!"))) return false;
  framed_since_ = line_;
  at_ = script_.find('!', at_) + 1;
  // The version from which on it counts.
  for (int digits = 0;
       digits < 6 && at_ < script_.size() && std::isdigit(static_cast<unsigned char>(script_[at_])) != 0; ++digits)
    ++at_;
  return true;
}

bool SqlLexer::skip_word() {
  if (!is_word(script_[at_])) return false;
  // PostgreSQL's names go on behind a $.
  const bool takes_dollar = dialect_ == SqlDialect::postgres;
  while (at_ < script_.size() && (is_word(script_[at_]) || (takes_dollar && script_[at_] == '$'))) ++at_;
  return true;
}

bool SqlLexer::skip_comment() {
  const bool is_dash = starts("--") && (!is_mysql() || at_ + 2 >= script_.size() || is_space(script_[at_ + 2]));
  if (is_dash || (is_mysql() && script_[at_] == '#')) {
    at_ = std::min(script_.find('\n', at_), script_.size());
    return true;
  }
  return starts("/*") && skip_block();
}

bool SqlLexer::skip_block() {
  int depth = 0;
  while (at_ < script_.size()) {
    if (starts("/*") && (depth == 0 || dialect_ == SqlDialect::postgres)) {
      ++depth;
      at_ += 2;
    } else if (starts("*/")) {
      at_ += 2;
      if (--depth == 0) return true;
    } else {
      ++at_;
    }
  }
  refuse_open("a comment", line_);
}

bool SqlLexer::skip_text() {
  const char c = script_[at_];
  const bool is_postgres = dialect_ == SqlDialect::postgres;
  if (is_postgres && c == '$') return skip_dollar();
  if (is_postgres && (c == 'e' || c == 'E') && at_ + 1 < script_.size() && script_[at_ + 1] == '\'') {
    ++at_;
    skip_quoted('\'', true);
    return true;
  }
  if (c == '\'' || c == '"') {
    skip_quoted(c, is_mysql());
    return true;
  }
  if (c == '`' && !is_postgres) {
    skip_quoted(c, false);
    return true;
  }
  if (c != '[' || dialect_ != SqlDialect::sqlite) return false;
  const size_t close = script_.find(']', at_);
  if (close == std::string::npos) refuse_open("a name in brackets", line_);
  at_ = close + 1;
  return true;
}

void SqlLexer::skip_quoted(char close, bool escapes) {
  for (++at_; at_ < script_.size(); ++at_) {
    if (escapes && script_[at_] == '\\') {
      ++at_;
    } else if (script_[at_] == close) {
      // A doubled one stands for itself.
      if (at_ + 1 >= script_.size() || script_[at_ + 1] != close) {
        ++at_;
        return;
      }
      ++at_;
    }
  }
  refuse_open(std::string("a text in ") + close, line_);
}

bool SqlLexer::skip_dollar() {
  size_t end = at_ + 1;
  while (end < script_.size() && is_word(script_[end])) ++end;
  if (end >= script_.size() || script_[end] != '$' || std::isdigit(static_cast<unsigned char>(script_[at_ + 1])) != 0) return false;
  const std::string tag = script_.substr(at_, end - at_ + 1);
  const size_t close = script_.find(tag, end + 1);
  if (close == std::string::npos) refuse_open("a text in " + tag, line_);
  at_ = close + tag.size();
  return true;
}

}  // namespace sluice::steps
