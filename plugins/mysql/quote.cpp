#include "quote.hpp"

#include "arrow/text.hpp"
#include "base/error.hpp"

namespace sluice::mysql {

std::string quote_name(std::string_view name) {
  const bool is_wrong = name.empty() || name.back() == ' ' || name.find('\0') != std::string_view::npos;
  if (is_wrong) {
    throw Error(Code::unsupported, "'" + std::string(name) + "' cannot be a name in MySQL: it is empty, ends with a blank or holds a NUL");
  }
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  return quoted + "`";
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  return (schema.empty() ? "" : quote_name(schema) + ".") + quote_name(name);
}

std::string quote_literal(std::string_view text) {
  return text.empty() ? "''" : "_utf8mb4 X'" + arrow::bytes_to_hex(text) + "'";
}

std::string quote_string(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

}  // namespace sluice::mysql
