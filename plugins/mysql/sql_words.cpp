#include "sql_words.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>

namespace sluice::mysql {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

size_t behind(const std::string& sql, const char* end, size_t length, size_t from) {
  const size_t at = sql.find(end, from);
  return at == std::string::npos ? sql.size() : at + length;
}

/// Behind a comment that begins at `at`, or behind what opens or closes one that the server runs; `at` itself where
/// there is none.
size_t skip_comment(const std::string& sql, size_t at) {
  const bool is_maria = sql.compare(at, 4, "/*M!") == 0;
  if (is_maria || sql.compare(at, 3, "/*!") == 0) {
    at += is_maria ? 4 : 3;
    while (at < sql.size() && is_digit(sql[at])) ++at;
    return at;
  }
  if (sql.compare(at, 2, "*/") == 0) return at + 2;
  if (sql.compare(at, 2, "/*") == 0) return behind(sql, "*/", 2, at + 2);
  const bool is_dash = sql.compare(at, 2, "--") == 0 && (at + 2 >= sql.size() || is_blank(sql[at + 2]));
  return is_dash || sql[at] == '#' ? behind(sql, "\n", 1, at) : at;
}

/// The word that comes next; "" where something else does.
std::string take_word(const std::string& sql, size_t& at) {
  while (at < sql.size()) {
    const size_t next = is_blank(sql[at]) || sql[at] == '(' ? at + 1 : skip_comment(sql, at);
    if (next == at) break;
    at = next;
  }
  std::string word;
  for (; at < sql.size() && is_letter(sql[at]); ++at)
    word += static_cast<char>(std::toupper(static_cast<unsigned char>(sql[at])));
  return word;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* each) { return word == each; });
}

}  // namespace

SqlWords words_of(const std::string& sql) {
  size_t at = 0;
  SqlWords words;
  words.first = take_word(sql, at);
  words.second = take_word(sql, at);
  return words;
}

bool commits_by_itself(const SqlWords& words) {
  if (words.first == "SET") return is_one_of(words.second, {"PASSWORD", "DEFAULT"});
  if (words.first == "LOAD") return words.second == "INDEX";
  return is_one_of(words.first, {"CREATE", "ALTER",  "DROP",   "TRUNCATE", "RENAME", "ANALYZE", "OPTIMIZE",
                                 "GRANT",  "REVOKE", "LOCK",   "UNLOCK",   "REPAIR", "CHECK",   "FLUSH",
                                 "CACHE",  "RESET",  "CHANGE", "STOP",     "IMPORT", "INSTALL", "UNINSTALL"});
}

bool may_commit(const SqlWords& words) {
  return is_one_of(words.first, {"CALL", "EXECUTE"}) || (words.first == "SET" && words.second == "STATEMENT");
}

bool ends_the_transaction(const SqlWords& words) { return is_one_of(words.first, {"COMMIT", "ROLLBACK", "BEGIN", "START"}); }

}  // namespace sluice::mysql
