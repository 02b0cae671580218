#pragma once

#include <string>
#include <string_view>

#include "steps/sql_split.hpp"

namespace sluice::steps {

/// Goes over a script token by token. Part of sql_split.hpp's work.
class SqlLexer {
 public:
  /// A frame is where MySQL's /*!40101 begins and where it ends; the server runs what is between.
  enum class Kind { end = 1, blank, comment, text, word, mark, frame };
  struct Token {
    Kind kind = Kind::end;
    size_t begin = 0;
    size_t end = 0;
    int line = 0;
  };

  /// A byte order mark at the begin is passed over.
  SqlLexer(const std::string& script, SqlDialect dialect, const std::string& name);

  /// Throws Error(invalid_argument) for a quote or a comment that does not end.
  Token next();
  std::string_view text_of(const Token& token) const { return std::string_view(script_).substr(token.begin, token.end - token.begin); }
  /// From here to the end of the line, which is passed over.
  std::string rest_of_line();
  /// Moves back or forward to a place of the line at hand.
  void go_to(size_t place) { at_ = place; }
  size_t place() const { return at_; }
  /// Nothing but blanks stands before it on its line.
  bool begins_line(size_t place) const;
  /// Between the two ends of a frame.
  bool is_framed() const { return framed_since_ > 0; }

 private:
  bool starts(const char* text) const;
  bool is_mysql() const { return dialect_ == SqlDialect::mysql; }
  bool skip_frame();
  bool skip_word();
  bool skip_comment();
  bool skip_block();
  bool skip_text();
  bool skip_dollar();
  void skip_quoted(char close, bool escapes);
  [[noreturn]] void refuse_open(const std::string& what, int line) const;

  const std::string& script_;
  SqlDialect dialect_;
  const std::string& name_;
  size_t begin_;
  size_t at_;
  size_t counted_;  // line_ is that of this place
  int line_ = 1;
  int framed_since_ = 0;  // the line where the open frame begins; 0: none is
};

}  // namespace sluice::steps
