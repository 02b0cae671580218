#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::sqlite {

/// A piece of SQL text. `text` is without quotes; [begin, end) is its place.
struct Token {
  enum class Kind { word, quoted_name, string, number, symbol };
  Kind kind = Kind::symbol;
  std::string text;
  size_t begin = 0;
  size_t end = 0;

  bool is_symbol(char c) const { return kind == Kind::symbol && text[0] == c; }
  /// An unquoted word, in any case.
  bool is_word(std::string_view word) const;
};

/// All tokens of an SQL text, comments and white space left out. Never fails: an unclosed quote ends with the text.
std::vector<Token> tokens_from_sql(std::string_view sql);

/// The index of the parenthesis that closes the one at `open`, or tokens.size().
size_t find_close(const std::vector<Token>& tokens, size_t open);

}  // namespace sluice::sqlite
