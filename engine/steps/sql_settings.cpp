#include "steps/sql_settings.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "steps/sql_lexer.hpp"

namespace sluice::steps {
namespace {

using Kind = SqlLexer::Kind;

/// A token that counts.
struct Piece {
  Kind kind = Kind::mark;
  std::string text;     ///< a word's in capitals
  std::string written;  ///< as it stands there
};

std::vector<Piece> pieces_of(const SqlStatement& statement, SqlDialect dialect) {
  const std::string name = "statement";
  SqlLexer lexer(statement.text, dialect, name);
  std::vector<Piece> pieces;
  for (SqlLexer::Token token = lexer.next(); token.kind != Kind::end; token = lexer.next()) {
    if (token.kind == Kind::blank || token.kind == Kind::comment || token.kind == Kind::frame) continue;
    Piece piece{token.kind, std::string(lexer.text_of(token)), std::string(lexer.text_of(token))};
    if (piece.kind == Kind::word) {
      std::transform(piece.text.begin(), piece.text.end(), piece.text.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

std::string word_of(const SqlStatement& statement, size_t index) {
  std::string_view rest = statement.words;
  for (; index > 0; --index) {
    const size_t blank = rest.find(' ');
    if (blank == std::string_view::npos) return "";
    rest.remove_prefix(blank + 1);
  }
  return std::string(rest.substr(0, rest.find(' ')));
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* each) { return word == each; });
}

/// Reads a SET of MySQL.
class SetReader {
 public:
  explicit SetReader(const std::vector<Piece>& pieces) : pieces_(pieces) {}

  /// Nothing is set but the session's variables, to literals.
  bool is_literal() {
    if (!take("SET")) return false;
    do {
      if (!take_item()) return false;
    } while (take(","));
    return take(";") || at_ == pieces_.size();
  }

 private:
  bool take(const char* text) {
    const bool is_next = at_ < pieces_.size() && pieces_[at_].kind != Kind::text && pieces_[at_].text == text;
    if (is_next) ++at_;
    return is_next;
  }

  bool take_item() {
    if (take("NAMES")) return take_value(true) && (!take("COLLATE") || take_value(true));
    if (take("CHARSET") || (take("CHARACTER") && take("SET"))) return take_value(true);
    if (take("ROLE")) return take_value(true);
    const bool has_scope = take("SESSION") || take("LOCAL");
    if (has_scope && take("TRANSACTION")) {
      at_ = pieces_.size();
      return true;
    }
    return take_assignment();
  }

  bool take_assignment() {
    const bool has_at = take("@");
    const bool is_system = !has_at || take("@");
    if (has_at && is_system && (take("SESSION") || take("LOCAL")) && !take(".")) return false;
    if (at_ >= pieces_.size() || pieces_[at_].kind == Kind::mark || pieces_[at_].text == "PASSWORD") return false;
    ++at_;
    if (!take("=") && !(take(":") && take("="))) return false;
    return take_value(is_system);
  }

  /// A bare word is a name (utf8mb4, ON), but behind a variable of the user's own it is worked out.
  bool take_value(bool may_be_name) {
    const bool has_sign = take("-") || take("+");
    if (at_ >= pieces_.size()) return false;
    const Piece& value = pieces_[at_];
    if (value.kind == Kind::mark) return false;
    const bool is_number =
        value.kind == Kind::word && std::isdigit(static_cast<unsigned char>(value.text.front())) != 0;
    const bool is_fit =
        is_number ||
        (!has_sign && (value.kind == Kind::text || may_be_name || is_one_of(value.text, {"TRUE", "FALSE", "NULL"})));
    ++at_;
    if (is_number && take(".")) {
      if (at_ < pieces_.size() && pieces_[at_].kind == Kind::word) ++at_;
    }
    return is_fit;
  }

  const std::vector<Piece>& pieces_;
  size_t at_ = 0;
};

/// Its body runs later, in sessions of others.
bool defines_routine(const SqlStatement& statement, const std::vector<Piece>& pieces) {
  if (!is_one_of(word_of(statement, 0), {"CREATE", "ALTER"})) return false;
  return std::any_of(pieces.begin(), pieces.end(), [](const Piece& piece) {
    return piece.kind == Kind::word && is_one_of(piece.text, {"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"});
  });
}

/// SETs of MySQL that reach beyond the session, or the next transaction alone.
bool sets_elsewhere(const SqlStatement& statement) {
  return is_one_of(word_of(statement, 1),
                   {"GLOBAL", "@@GLOBAL", "PERSIST", "@@PERSIST", "PERSIST_ONLY", "@@PERSIST_ONLY", "PASSWORD",
                    "STATEMENT", "TRANSACTION", "DEFAULT", "RESOURCE"});
}

bool is_mark(const std::vector<Piece>& pieces, size_t at, const char* mark) {
  return at < pieces.size() && pieces[at].kind == Kind::mark && pieces[at].text == mark;
}

/// A variable @name at this place; @@name is the server's.
bool is_variable(const std::vector<Piece>& pieces, size_t at) {
  if (!is_mark(pieces, at, "@") || at + 1 >= pieces.size() || pieces[at + 1].kind == Kind::mark) return false;
  return at == 0 || !is_mark(pieces, at - 1, "@");
}

bool is_assigned(const SqlStatement& statement, const std::vector<Piece>& pieces, size_t at) {
  if (is_one_of(word_of(statement, 0), {"CALL", "GET"})) return true;
  if (at > 0 && pieces[at - 1].kind == Kind::word && pieces[at - 1].text == "INTO") return true;
  return is_mark(pieces, at + 2, ":") && is_mark(pieces, at + 3, "=");
}

std::string set_by_mysql(const SqlStatement& statement, const std::vector<Piece>& pieces) {
  if (word_of(statement, 0) == "SET" && !sets_elsewhere(statement)) {
    if (SetReader(pieces).is_literal()) return "";
    for (size_t at = 0; at < pieces.size(); ++at) {
      if (is_variable(pieces, at) && (is_mark(pieces, at + 2, "=") || is_mark(pieces, at + 2, ":")))
        return "the variable @" + pieces[at + 1].written;
    }
    return "a setting that is worked out";
  }
  for (size_t at = 0; at < pieces.size(); ++at) {
    if (is_variable(pieces, at) && is_assigned(statement, pieces, at)) return "the variable @" + pieces[at + 1].written;
  }
  return "";
}

}  // namespace

bool sets_session(const SqlStatement& statement, SqlDialect dialect) {
  const std::string first = word_of(statement, 0);
  // PostgreSQL takes nothing but literals there.
  if (dialect == SqlDialect::postgres) {
    return first == "RESET" ||
           (first == "SET" && !is_one_of(word_of(statement, 1), {"LOCAL", "TRANSACTION", "CONSTRAINTS"}));
  }
  return dialect == SqlDialect::mysql && first == "SET" && SetReader(pieces_of(statement, dialect)).is_literal();
}

std::string value_of_session(const SqlStatement& statement, SqlDialect dialect) {
  if (word_of(statement, 0) == "PREPARE") return "a prepared statement";
  if (dialect == SqlDialect::postgres) return "";
  const std::vector<Piece> pieces = pieces_of(statement, dialect);
  if (defines_routine(statement, pieces)) return "";
  for (size_t at = 0; at + 2 < pieces.size(); ++at) {
    const bool is_last_id =
        pieces[at].kind == Kind::word && is_one_of(pieces[at].text, {"LAST_INSERT_ID", "LAST_INSERT_ROWID"});
    if (is_last_id && is_mark(pieces, at + 1, "(") && is_mark(pieces, at + 2, ")"))
      return "the number of the row that was inserted last";
  }
  return dialect == SqlDialect::mysql ? set_by_mysql(statement, pieces) : "";
}

}  // namespace sluice::steps
