#include "default_text.hpp"

#include <algorithm>
#include <cctype>

namespace sluice::mysql {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// "now(6)" and "CURRENT_TIMESTAMP" alike: without what stands in the last pair of brackets when that is digits.
std::string without_precision(const std::string& expression) {
  const size_t open = expression.rfind('(');
  if (open == std::string::npos || expression.back() != ')') return expression;
  const std::string inside = expression.substr(open + 1, expression.size() - open - 2);
  const bool is_precision = std::all_of(inside.begin(), inside.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  return is_precision ? expression.substr(0, open) : expression;
}

bool is_number(const std::string& text) {
  const size_t start = !text.empty() && text[0] == '-' ? 1 : 0;
  return text.size() > start && text != "-." && text.find_first_not_of("0123456789.", start) == std::string::npos;
}

/// 'it''s' and 'it\'s' alike. False where it is not one quoted literal.
bool read_quoted(const std::string& text, std::string& value) {
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return false;
  for (size_t at = 1; at + 1 < text.size(); ++at) {
    const bool is_escape = text[at] == '\\' || text[at] == '\'';
    if (is_escape && at + 2 >= text.size()) return false;
    if (text[at] == '\'' && text[at + 1] != '\'') return false;
    if (is_escape) ++at;
    value += text[at];
  }
  return true;
}

NeutralDefault from_expression(const std::string& expression) {
  const std::string word = without_precision(lower(expression));
  if (word == "null") return {};
  if (word == "current_timestamp" || word == "now" || word == "localtimestamp" || word == "localtime") return {"now"};
  if (word == "curdate" || word == "current_date") return {"today"};
  if (word == "uuid") return {"uuid"};
  std::string value;
  if (read_quoted(expression, value)) return {"literal", value};
  if (is_number(expression)) return {"literal", expression};
  return {"native", expression};
}

}  // namespace

NeutralDefault default_of(const NativeColumn& column, bool is_mariadb) {
  if (!column.has_default || !column.generated.empty()) return {};
  const bool is_expression = is_mariadb || lower(column.extra).find("default_generated") != std::string::npos ||
                             (has_dates(column) && lower(column.default_text).find("current_timestamp") == 0);
  if (is_expression) return from_expression(column.default_text);
  if (column.word == "bit" || column.word == "binary" || column.word == "varbinary") return {"native", column.default_text};
  return {"literal", column.default_text};
}

}  // namespace sluice::mysql
