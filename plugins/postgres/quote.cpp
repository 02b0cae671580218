#include "quote.hpp"

#include "base/error.hpp"

namespace sluice::postgres {

std::string quote_name(std::string_view name) {
  if (name.empty() || name.find('\0') != std::string_view::npos) {
    throw Error(Code::unsupported, "a name is empty or holds a NUL byte", "map it to another name");
  }
  if (name.size() > kMaxNameBytes) {
    throw Error(Code::unsupported,
                std::string(name) + ": name of " + std::to_string(name.size()) + " bytes, PostgreSQL keeps 63",
                "map it to a shorter name");
  }
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

std::string quote_qualified(std::string_view schema, std::string_view name) {
  return schema.empty() ? quote_name(name) : quote_name(schema) + "." + quote_name(name);
}

std::string quote_literal(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error(Code::data, "a text value holds a NUL byte, which PostgreSQL cannot keep");
  }
  std::string quoted;
  bool has_backslash = false;
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    has_backslash = has_backslash || c == '\\';
    quoted += c;
  }
  return (has_backslash ? " E'" : "'") + quoted + "'";
}

std::string cut_utf8(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes));
}

}  // namespace sluice::postgres
