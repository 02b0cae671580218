#include <algorithm>
#include <cctype>

#include "ask.hpp"

/// Finds transaction control in a script: just enough of the server's lexer to know where statements begin.
namespace sluice::postgres {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0; }

class Scanner {
 public:
  explicit Scanner(const std::string& sql) : sql_(sql) {}

  std::string find() {
    bool begins = true;      // the next word is a statement's first
    bool is_atomic = false;  // inside BEGIN ATOMIC ... END of a function's body
    std::string previous;
    while (at_ < sql_.size()) {
      if (skip_blank() || skip_quoted()) continue;
      if (sql_[at_] == ';') {
        begins = true;
        ++at_;
        continue;
      }
      const std::string word = take_word();
      if (previous == "BEGIN" && word == "ATOMIC") is_atomic = true;
      if (begins && is_atomic && word == "END") {
        is_atomic = false;
      } else if (begins && controls_transaction(word)) {
        return word;
      }
      begins = false;
      previous = word;
    }
    return "";
  }

 private:
  static bool controls_transaction(const std::string& word) {
    static constexpr const char* kWords[] = {"BEGIN", "START",     "COMMIT",  "ROLLBACK", "END",
                                             "ABORT", "SAVEPOINT", "RELEASE", "PREPARE"};
    return std::any_of(std::begin(kWords), std::end(kWords), [&](const char* known) { return word == known; });
  }

  bool starts(const char* text) const { return sql_.compare(at_, std::char_traits<char>::length(text), text) == 0; }

  bool skip_blank() {
    if (std::isspace(static_cast<unsigned char>(sql_[at_])) != 0) return ++at_, true;
    if (starts("--")) {
      at_ = std::min(sql_.find('\n', at_), sql_.size());
      return true;
    }
    if (!starts("/*")) return false;
    int depth = 0;
    do {
      if (starts("/*"))
        ++depth, ++at_;
      else if (starts("*/"))
        --depth, ++at_;
      ++at_;
    } while (depth > 0 && at_ < sql_.size());
    return true;
  }

  bool skip_quoted() {
    const char quote = sql_[at_];
    if (quote == '$') return skip_dollar();
    const bool escapes = (quote == 'e' || quote == 'E') && at_ + 1 < sql_.size() && sql_[at_ + 1] == '\'';
    if (quote != '\'' && quote != '"' && !escapes) return false;
    at_ += escapes ? 2 : 1;
    const char end = escapes ? '\'' : quote;
    while (at_ < sql_.size() && sql_[at_] != end) at_ += escapes && sql_[at_] == '\\' ? 2 : 1;
    ++at_;  // a doubled quote starts the next one
    return true;
  }

  bool skip_dollar() {
    size_t end = at_ + 1;
    while (end < sql_.size() && is_word(sql_[end])) ++end;
    if (end >= sql_.size() || sql_[end] != '$' || std::isdigit(static_cast<unsigned char>(sql_[at_ + 1])) != 0)
      return false;
    const std::string tag = sql_.substr(at_, end - at_ + 1);
    const size_t close = sql_.find(tag, end + 1);
    at_ = close == std::string::npos ? sql_.size() : close + tag.size();
    return true;
  }

  std::string take_word() {
    std::string word;
    while (at_ < sql_.size() && is_word(sql_[at_])) {
      word += static_cast<char>(std::toupper(static_cast<unsigned char>(sql_[at_++])));
    }
    if (word.empty()) ++at_;
    return word;
  }

  const std::string& sql_;
  size_t at_ = 0;
};

}  // namespace

std::string transaction_statement(const std::string& sql) { return Scanner(sql).find(); }

}  // namespace sluice::postgres
