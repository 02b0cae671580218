#include "steps/sql_split.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.hpp"
#include "base/utf8.hpp"
#include "steps/sql_lexer.hpp"

namespace sluice::steps {
namespace {

using Kind = SqlLexer::Kind;

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::string first_of(const std::string& words) { return words.substr(0, words.find(' ')); }

/// Cuts one script. Used once.
class Splitter {
 public:
  Splitter(const std::string& script, SqlDialect dialect, const std::string& name)
      : script_(script), dialect_(dialect), name_(name), lexer_(script, dialect, name) {}

  std::vector<SqlStatement> split() {
    for (SqlLexer::Token token = lexer_.next(); token.kind != Kind::end; token = lexer_.next()) take(token);
    if (is_inside_body())
      refuse(statement_.line, "this statement has a body that does not end",
             is_rule_ ? "is a ) missing?" : "is an END missing, or a DELIMITER around it?");
    finish(script_.size());
    return std::move(statements_);
  }

 private:
  [[noreturn]] void refuse(int line, const std::string& what, const std::string& hint) const {
    throw Error(Code::invalid_argument, name_ + ":" + std::to_string(line) + ": " + what, hint);
  }

  bool is_open() const { return statement_.line > 0; }
  bool is_inside_body() const {
    return is_atomic_ || (is_rule_ && brackets_ > 0) ||
           (is_trigger_ && (body_ == Body::open || body_ == Body::behind_semicolon));
  }

  void take(const SqlLexer::Token& token) {
    if (token.kind == Kind::blank || token.kind == Kind::comment) return;
    if (ends_here(token)) {
      finish(token.begin);
      lexer_.go_to(token.begin + delimiter_.size());
      return;
    }
    if (!is_open()) {
      if (is_client_command(token)) return;
      statement_.line = token.line;
      begin_ = token.begin;
    }
    if (token.kind == Kind::word) return take_word(upper(lexer_.text_of(token)));
    if (token.kind == Kind::frame) return;
    if (token.kind == Kind::mark) brackets_ += script_[token.begin] == '(' ? 1 : script_[token.begin] == ')' ? -1 : 0;
    if (token.kind == Kind::mark && script_[token.begin] == '@' && statement_.words.starts_with("SET")) sigil_ += '@';
    const bool is_semicolon = lexer_.text_of(token) == ";";
    body_ = is_trigger_ && body_ != Body::none && is_semicolon ? Body::behind_semicolon : body_ == Body::none ? Body::none : Body::open;
  }

  bool ends_here(const SqlLexer::Token& token) {
    if (token.kind == Kind::text || token.kind == Kind::frame || lexer_.is_framed()) return false;
    if (is_atomic_ || (is_rule_ && brackets_ > 0)) return false;
    if (script_.compare(token.begin, delimiter_.size(), delimiter_) != 0) return false;
    return !is_trigger_ || body_ == Body::none || body_ == Body::ended;
  }

  void take_word(const std::string& word) {
    follow_body(word);
    if (word_count_ >= 4) return;
    statement_.words += (word_count_++ == 0 ? "" : " ") + sigil_ + word;
    sigil_.clear();
    is_trigger_ = is_trigger_ ||
                  (dialect_ == SqlDialect::sqlite && (statement_.words == "CREATE TRIGGER" || statement_.words == "CREATE TEMP TRIGGER" ||
                                                      statement_.words == "CREATE TEMPORARY TRIGGER"));
    is_rule_ = is_rule_ || (dialect_ == SqlDialect::postgres &&
                            (statement_.words == "CREATE RULE" || statement_.words == "CREATE OR REPLACE RULE"));
  }

  /// The bodies that hold semicolons of their own, beside rules: SQLite's triggers, PostgreSQL's BEGIN ATOMIC.
  void follow_body(const std::string& word) {
    if (is_trigger_) {
      if (body_ == Body::none) {
        if (word == "BEGIN") body_ = Body::open;
      } else {
        body_ = body_ == Body::behind_semicolon && word == "END" ? Body::ended : Body::open;
      }
    }
    if (dialect_ == SqlDialect::postgres) {
      if (word == "ATOMIC" && previous_ == "BEGIN") {
        is_atomic_ = true;
        cases_ = 0;
      } else if (is_atomic_ && word == "CASE") {
        ++cases_;
      } else if (is_atomic_ && word == "END" && cases_-- == 0) {
        is_atomic_ = false;
      }
    }
    previous_ = word;
  }

  /// Commands that no server knows.
  bool is_client_command(const SqlLexer::Token& token) {
    const std::string_view text = lexer_.text_of(token);
    if (text == "\\") {
      refuse(token.line, "\\" + lexer_.rest_of_line() + " is a command of the client, not SQL",
             "take it out; a step runs in the store that it names");
    }
    if (text == "." && dialect_ == SqlDialect::sqlite && lexer_.begins_line(token.begin)) {
      refuse(token.line, "." + lexer_.rest_of_line() + " is a command of the client, not SQL", "take it out");
    }
    if (dialect_ != SqlDialect::mysql || token.kind != Kind::word || upper(text) != "DELIMITER") return false;
    std::string rest = lexer_.rest_of_line();
    const size_t begin = rest.find_first_not_of(" \t\r");
    if (begin == std::string::npos) refuse(token.line, "DELIMITER without a delimiter", "write DELIMITER //, or whatever the file uses");
    delimiter_ = rest.substr(begin, rest.find_first_of(" \t\r", begin) - begin);
    return true;
  }

  void finish(size_t end) {
    if (is_open()) {
      statement_.text = script_.substr(begin_, end - begin_);
      statement_.text.erase(statement_.text.find_last_not_of(" \t\r\n") + 1);
      check(statement_);
      statements_.push_back(std::move(statement_));
    }
    statement_ = {};
    word_count_ = 0;
    previous_.clear();
    sigil_.clear();
    is_trigger_ = is_atomic_ = is_rule_ = false;
    brackets_ = 0;
    body_ = Body::none;
  }

  void check(const SqlStatement& statement) const {
    const std::string first = first_of(statement.words);
    static constexpr std::array<const char*, 6> kTransaction = {"BEGIN", "START", "COMMIT", "ROLLBACK", "END", "ABORT"};
    if (sets_autocommit(statement) ||
        std::find(kTransaction.begin(), kTransaction.end(), first) != kTransaction.end()) {
      refuse(statement.line, shorten_sql(statement.text) + " begins or ends a transaction, which the step does by itself",
             "take it out; autocommit = true runs every statement without one");
    }
    if (dialect_ == SqlDialect::mysql && first == "USE") {
      refuse(statement.line, shorten_sql(statement.text) + " goes to another database than that of the store", "take it out");
    }
    const std::string whole = first == "COPY" ? upper(statement.text) : "";
    const size_t from = whole.rfind("FROM");
    if (from != std::string::npos && whole.find_first_not_of(" \t\r\n", from + 4) == whole.find("STDIN", from)) {
      refuse(statement.line, "COPY ... FROM stdin takes its rows from a client", "write them as INSERT, or copy them by copy.tables");
    }
  }

  /// Back to 1 commits.
  bool sets_autocommit(const SqlStatement& statement) const {
    if (dialect_ != SqlDialect::mysql || first_of(statement.words) != "SET") return false;
    const std::string words = statement.words + " ";
    return words.find(" AUTOCOMMIT ") != std::string::npos || words.find(" @@AUTOCOMMIT ") != std::string::npos;
  }

  /// Where a SQLite trigger's body stands; it ends by "; END ;".
  enum class Body { none = 1, open, behind_semicolon, ended };

  const std::string& script_;
  SqlDialect dialect_;
  const std::string& name_;
  SqlLexer lexer_;
  std::string delimiter_ = ";";
  std::vector<SqlStatement> statements_;
  SqlStatement statement_;
  size_t begin_ = 0;
  int word_count_ = 0;
  std::string previous_;
  std::string sigil_;  // what makes the next word of a SET a variable
  bool is_trigger_ = false;
  bool is_atomic_ = false;
  bool is_rule_ = false;
  int brackets_ = 0;
  int cases_ = 0;
  Body body_ = Body::none;
};

}  // namespace

SqlDialect dialect_of_plugin(const std::string& plugin) {
  if (plugin == "mysql") return SqlDialect::mysql;
  return plugin == "sqlite" ? SqlDialect::sqlite : SqlDialect::postgres;
}

std::vector<SqlStatement> split_sql(const std::string& script, SqlDialect dialect, const std::string& name) {
  return Splitter(script, dialect, name).split();
}

bool commits_by_itself(const SqlStatement& statement) {
  static constexpr std::array<const char*, 23> kWords = {
      "CREATE", "ALTER", "DROP",   "TRUNCATE", "RENAME",  "ANALYZE",   "OPTIMIZE", "GRANT",
      "REVOKE", "LOCK",  "UNLOCK", "REPAIR",   "INSTALL", "UNINSTALL", "CHECK",    "FLUSH",
      "CACHE",  "RESET", "CHANGE", "STOP",     "IMPORT",  "CALL",      "EXECUTE"};
  static constexpr std::array<const char*, 4> kPairs = {"SET PASSWORD", "SET DEFAULT", "SET STATEMENT", "LOAD INDEX"};
  const std::string first = first_of(statement.words);
  if (first.empty() || std::find(kWords.begin(), kWords.end(), first) != kWords.end()) return true;
  return std::any_of(kPairs.begin(), kPairs.end(),
                     [&](const char* pair) { return (statement.words + " ").starts_with(std::string(pair) + " "); });
}

std::string shorten_sql(const std::string& text, size_t most) {
  std::string line;
  for (const char c : text) {
    const bool is_blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!is_blank) line += c;
    if (is_blank && !line.empty() && line.back() != ' ') line += ' ';
    if (line.size() > most + 4) break;
  }
  if (line.size() <= most) return line;
  return std::string(utf8_truncate(line, most)) + "...";
}

}  // namespace sluice::steps
