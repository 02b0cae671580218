#include "tokens.hpp"

#include <algorithm>

#include "quote.hpp"

namespace sluice::sqlite {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Where the white space or comment at `at` ends; `at` itself when there is none.
size_t skip_blank(std::string_view sql, size_t at) {
  if (is_space(sql[at])) return at + 1;
  if (sql.substr(at, 2) == "--") return std::min(sql.find('\n', at), sql.size());
  if (sql.substr(at, 2) == "/*") {
    const size_t close = sql.find("*/", at + 2);
    return close == std::string_view::npos ? sql.size() : close + 2;
  }
  return at;
}

Token quoted_token(std::string_view sql, size_t begin) {
  const char mark = sql[begin] == '[' ? ']' : sql[begin];
  Token token{mark == '\'' ? Token::Kind::string : Token::Kind::quoted_name, "", begin, sql.size()};
  for (size_t at = begin + 1; at < sql.size(); ++at) {
    if (sql[at] == mark) {
      const bool is_doubled = mark != ']' && at + 1 < sql.size() && sql[at + 1] == mark;
      if (!is_doubled) {
        token.end = at + 1;
        break;
      }
      ++at;
    }
    token.text += sql[at];
  }
  return token;
}

Token plain_token(std::string_view sql, size_t begin) {
  Token token{Token::Kind::symbol, "", begin, begin + 1};
  const bool is_number = is_digit(sql[begin]);
  if (is_number || is_letter(sql[begin])) {
    token.kind = is_number ? Token::Kind::number : Token::Kind::word;
    const auto belongs = [&](char c) { return is_letter(c) || is_digit(c) || c == '$' || (is_number && c == '.'); };
    while (token.end < sql.size() && belongs(sql[token.end])) ++token.end;
  }
  token.text = std::string(sql.substr(begin, token.end - begin));
  return token;
}

}  // namespace

bool Token::is_word(std::string_view word) const { return kind == Kind::word && same_name(text, word); }

std::vector<Token> tokens_from_sql(std::string_view sql) {
  std::vector<Token> tokens;
  for (size_t at = 0; at < sql.size();) {
    const size_t next = skip_blank(sql, at);
    if (next != at) {
      at = next;
      continue;
    }
    const bool is_quoted = sql[at] == '\'' || sql[at] == '"' || sql[at] == '`' || sql[at] == '[';
    tokens.push_back(is_quoted ? quoted_token(sql, at) : plain_token(sql, at));
    at = tokens.back().end;
  }
  return tokens;
}

size_t find_close(const std::vector<Token>& tokens, size_t open) {
  int depth = 0;
  for (size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].is_symbol('(')) ++depth;
    if (tokens[i].is_symbol(')') && --depth == 0) return i;
  }
  return tokens.size();
}

}  // namespace sluice::sqlite
