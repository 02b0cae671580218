#include "default_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace sluice::postgres {
namespace {

/// Lower case, without blanks, without casts of the whole and without the parentheses around it.
std::string squeeze(const std::string& expression) {
  std::string text;
  for (const char c : expression) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0)
      text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& known, std::string_view text) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

constexpr std::array<std::string_view, 14> kNow = {"now()",
                                                   "current_timestamp",
                                                   "localtimestamp",
                                                   "transaction_timestamp()",
                                                   "statement_timestamp()",
                                                   "clock_timestamp()",
                                                   "timezone('utc'::text,now())",
                                                   "(now()attimezone'utc'::text)",
                                                   "timezone('utc'::text,current_timestamp)",
                                                   "(current_timestampattimezone'utc'::text)",
                                                   "(now())::timestampwithouttimezone",
                                                   "to_char((now()attimezone'utc'::text),'yyyy-mm-ddhh24:mi:ss'::text)",
                                                   "to_char(timezone('utc'::text,now()),'yyyy-mm-ddhh24:mi:ss'::text)",
                                                   "(now())::text"};

constexpr std::array<std::string_view, 5> kToday = {"current_date", "(now())::date", "('now'::text)::date",
                                                    "to_char((now()attimezone'utc'::text),'yyyy-mm-dd'::text)",
                                                    "to_char(timezone('utc'::text,now()),'yyyy-mm-dd'::text)"};

constexpr std::array<std::string_view, 4> kUuid = {"gen_random_uuid()", "uuid_generate_v4()",
                                                   "(gen_random_uuid())::text", "(uuid_generate_v4())::text"};

bool is_number(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos && text != ".";
}

/// What stands behind a literal may only be casts: "::character varying(20)", "::numeric(10,2)".
bool is_cast(std::string_view text) {
  if (text.empty()) return true;
  if (text.substr(0, 2) != "::") return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view(":_ (),.\"[]").find(c) != std::string_view::npos;
  });
}

/// Reads a quoted literal with casts behind it. False where the expression is something else.
bool read_quoted(std::string_view text, std::string& value) {
  const bool escapes = text.size() > 1 && text[0] == 'E' && text[1] == '\'';
  size_t at = escapes ? 1 : 0;
  if (at >= text.size() || text[at] != '\'') return false;
  for (++at; at < text.size(); ++at) {
    if (escapes && text[at] == '\\' && at + 1 < text.size())
      ++at;
    else if (text[at] == '\'' && at + 1 < text.size() && text[at + 1] == '\'')
      ++at;
    else if (text[at] == '\'')
      return is_cast(text.substr(at + 1));
    value += text[at];
  }
  return false;
}

}  // namespace

NeutralDefault default_from_expression(const std::string& expression) {
  if (expression.empty()) return {};
  const std::string squeezed = squeeze(expression);
  if (squeezed == "null" || squeezed.rfind("null::", 0) == 0 || squeezed.rfind("nextval(", 0) == 0) return {};
  if (is_one_of(kNow, squeezed)) return {"now"};
  if (is_one_of(kToday, squeezed)) return {"today"};
  if (is_one_of(kUuid, squeezed)) return {"uuid"};
  if (squeezed == "true" || squeezed == "false") return {"literal", squeezed};
  const size_t cast = expression.find("::");
  std::string bare = expression.substr(0, cast);
  if (bare.size() > 2 && bare.front() == '(' && bare.back() == ')') bare = bare.substr(1, bare.size() - 2);
  if (is_number(bare) && is_cast(cast == std::string::npos ? "" : expression.substr(cast))) return {"literal", bare};
  std::string value;
  if (read_quoted(expression, value)) return {"literal", value};
  return {"native", expression};
}

}  // namespace sluice::postgres
