#include "definition.hpp"

#include <algorithm>
#include <utility>

#include "quote.hpp"
#include "tokens.hpp"

namespace sluice::sqlite {

namespace {

using Constraint = TableDefinition::Constraint;
using Tokens = std::vector<Token>;

/// The tokens [begin, end) of one column or table constraint.
struct Item {
  size_t begin;
  size_t end;
};

class Reader {
 public:
  explicit Reader(const std::string& sql) : sql_(sql), tokens_(tokens_from_sql(sql)) {}

  TableDefinition read() {
    for (const Item& item : items()) {
      is_table_constraint(item) ? read_constraints(item, {}) : read_column(item);
    }
    return std::move(definition_);
  }

 private:
  /// Splits the parentheses of CREATE TABLE name (...) at its commas.
  std::vector<Item> items() const {
    std::vector<Item> items;
    const auto open = std::find_if(tokens_.begin(), tokens_.end(), [](const Token& t) { return t.is_symbol('('); });
    const size_t first = static_cast<size_t>(open - tokens_.begin());
    const size_t last = find_close(tokens_, first);
    size_t begin = first + 1;
    for (size_t i = begin; i <= last && i < tokens_.size(); ++i) {
      if (i != last && tokens_[i].is_symbol('(')) i = find_close(tokens_, i);
      if (i == last || (i < tokens_.size() && tokens_[i].is_symbol(','))) {
        if (i > begin) items.push_back({begin, i});
        begin = i + 1;
      }
    }
    return items;
  }

  bool is_table_constraint(const Item& item) const {
    const Token& first = tokens_[item.begin];
    for (const char* word : {"constraint", "primary", "unique", "check", "foreign"}) {
      if (first.is_word(word)) return true;
    }
    return false;
  }

  void read_column(const Item& item) {
    definition_.columns.push_back({tokens_[item.begin].text, "", "", false});
    read_constraints({item.begin + 1, item.end}, definition_.columns.back().name);
  }

  /// `column` is empty for a table's constraint.
  void read_constraints(const Item& item, const std::string& column) {
    std::string name;
    for (size_t i = item.begin; i < item.end; ++i) {
      const Token& token = tokens_[i];
      if (token.is_symbol('(')) {
        i = find_close(tokens_, i);
      } else if (token.is_word("constraint") && i + 1 < item.end) {
        name = tokens_[++i].text;
      } else if (read_constraint(item, i, column, name)) {
        name.clear();
      }
    }
  }

  bool read_constraint(const Item& item, size_t& i, const std::string& column, const std::string& name) {
    const Token& token = tokens_[i];
    const bool has_open = i + 1 < item.end && tokens_[i + 1].is_symbol('(');
    if (token.is_word("check") && has_open) {
      definition_.checks.push_back({name, inside(i + 1)});
      return true;
    }
    if (token.is_word("primary")) return add(Constraint::Kind::primary_key, item, i, column, name);
    if (token.is_word("unique")) return add(Constraint::Kind::unique, item, i, column, name);
    if (token.is_word("foreign") || (token.is_word("references") && !column.empty())) {
      return add(Constraint::Kind::foreign_key, item, i, column, name);
    }
    if (column.empty()) return false;
    TableDefinition::Column& target = definition_.columns.back();
    if (token.is_word("as") && has_open) target.generated = inside(i + 1);
    if (token.is_word("collate") && i + 1 < item.end) target.collation = tokens_[++i].text;
    if (token.is_word("autoincrement")) target.is_autoincrement = true;
    return false;
  }

  bool add(Constraint::Kind kind, const Item& item, size_t i, const std::string& column, const std::string& name) {
    Constraint constraint{kind, name, {}};
    if (!column.empty()) {
      constraint.columns = {column};
    } else {
      while (i < item.end && !tokens_[i].is_symbol('(')) ++i;
      constraint.columns = names_inside(i);
    }
    definition_.constraints.push_back(std::move(constraint));
    return true;
  }

  std::string inside(size_t open) const {
    const size_t close = std::min(find_close(tokens_, open), tokens_.size() - 1);
    const size_t begin = tokens_[open].end;
    return strip_parentheses(sql_.substr(begin, tokens_[close].begin - begin));
  }

  std::vector<std::string> names_inside(size_t open) const {
    std::vector<std::string> names;
    const size_t close = find_close(tokens_, open);
    for (size_t i = open + 1; i < close; ++i) {
      const bool begins_name = tokens_[i - 1].is_symbol('(') || tokens_[i - 1].is_symbol(',');
      if (begins_name) names.push_back(tokens_[i].text);
    }
    return names;
  }

  const std::string& sql_;
  Tokens tokens_;
  TableDefinition definition_;
};

std::string trim(const std::string& text) {
  const char* const kBlank = " \t\r\n\f";
  const size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

}  // namespace

std::string TableDefinition::find_name(Constraint::Kind kind, const std::vector<std::string>& columns) const {
  for (const Constraint& constraint : constraints) {
    const bool is_same =
        constraint.kind == kind &&
        std::equal(columns.begin(), columns.end(), constraint.columns.begin(), constraint.columns.end(),
                   [](const auto& a, const auto& b) { return same_name(a, b); });
    if (is_same && !constraint.name.empty()) return constraint.name;
  }
  return "";
}

const TableDefinition::Column* TableDefinition::find_column(const std::string& name) const {
  for (const Column& column : columns) {
    if (same_name(column.name, name)) return &column;
  }
  return nullptr;
}

TableDefinition table_definition_from_sql(const std::string& sql) { return Reader(sql).read(); }

std::string index_condition_from_sql(const std::string& sql) {
  const Tokens tokens = tokens_from_sql(sql);
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is_symbol('(')) i = find_close(tokens, i);
    if (i < tokens.size() && tokens[i].is_word("where")) return trim(sql.substr(tokens[i].end));
  }
  return "";
}

std::string strip_parentheses(std::string text) {
  text = trim(text);
  while (!text.empty() && text.front() == '(') {
    const Tokens tokens = tokens_from_sql(text);
    if (find_close(tokens, 0) != tokens.size() - 1) break;
    text = trim(text.substr(1, text.size() - 2));
  }
  return text;
}

}  // namespace sluice::sqlite
