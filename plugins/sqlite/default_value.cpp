#include "default_value.hpp"

#include <vector>

#include "arrow/text.hpp"
#include "definition.hpp"
#include "quote.hpp"
#include "tokens.hpp"

namespace sluice::sqlite {

namespace {

using arrow::Kind;

bool is_number_type(Kind kind) { return kind >= Kind::int8 && kind <= Kind::decimal; }

/// Lower case, without white space outside of quotes: "datetime('now')".
std::string folded(const std::vector<Token>& tokens) {
  std::string text;
  for (const Token& token : tokens)
    text += token.kind == Token::Kind::string ? "'" + token.text + "'" : lower(token.text);
  return text;
}

NeutralDefault literal(std::string text, const arrow::Type& type) {
  if (type.kind == Kind::boolean && (text == "1" || same_name(text, "true"))) return {"literal", "true"};
  if (type.kind == Kind::boolean && (text == "0" || same_name(text, "false"))) return {"literal", "false"};
  return {"literal", std::move(text)};
}

NeutralDefault quoted_literal(const std::string& text, const arrow::Type& type) {
  const bool is_text = type.kind == Kind::text;
  // Tools that quote everything write the missing default of a number or a date so.
  if (!is_text && same_name(text, "null")) return {};
  return literal(text, type);
}

const char* const kRandomUuid =
    "(lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' || substr(lower(hex(randomblob(2))), 2) || "
    "'-' || "
    "substr('89ab', 1 + (random() & 3), 1) || substr(lower(hex(randomblob(2))), 2) || '-' || "
    "lower(hex(randomblob(6))))";

std::string literal_to_sql(const std::string& text, const arrow::Type& type) {
  if (type.kind == Kind::boolean) {
    if (same_name(text, "true") || same_name(text, "t") || text == "1") return "1";
    if (same_name(text, "false") || same_name(text, "f") || text == "0") return "0";
  }
  const bool is_number = is_number_type(type.kind) && type.kind != Kind::uint64;
  if (is_number && (arrow::int64_from_text(text) || arrow::decimal_from_text(text, 38, 9))) return text;
  return quote_text(text);
}

}  // namespace

NeutralDefault default_from_sql(const std::string& sql, const arrow::Type& type) {
  const std::string text = strip_parentheses(sql);
  const std::vector<Token> tokens = tokens_from_sql(text);
  if (tokens.empty() || (tokens.size() == 1 && tokens[0].is_word("null"))) return {};
  const Token& first = tokens[0];
  const bool is_quoted = first.kind == Token::Kind::string || first.kind == Token::Kind::quoted_name;
  if (tokens.size() == 1 && is_quoted) return quoted_literal(first.text, type);
  const std::string form = folded(tokens);
  if (form == "current_timestamp" || form == "datetime('now')" || form == "datetime()") return {"now", ""};
  if (form == "current_date" || form == "date('now')" || form == "date()") return {"today", ""};
  if (form == "true" || form == "false")
    return literal(type.kind == Kind::boolean ? form : form == "true" ? "1" : "0", type);
  if (arrow::int64_from_text(form) || arrow::double_from_text(form)) return literal(form, type);
  if (form.size() > 1 && form[0] == '+' && arrow::double_from_text(form.substr(1)))
    return literal(form.substr(1), type);
  return {"native", text};
}

std::string default_to_sql(const NeutralDefault& value, const arrow::Type& type) {
  if (value.kind == "literal") return literal_to_sql(value.text, type);
  if (value.kind == "now")
    return type.kind == Kind::timestamptz ? "(strftime('%Y-%m-%d %H:%M:%S+00', 'now'))" : "CURRENT_TIMESTAMP";
  if (value.kind == "today") return "CURRENT_DATE";
  if (value.kind == "uuid") return kRandomUuid;
  if (value.kind == "native") return "(" + value.text + ")";
  return "";
}

}  // namespace sluice::sqlite
