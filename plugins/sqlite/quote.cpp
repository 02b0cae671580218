#include "quote.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace sluice::sqlite {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string quote(std::string_view text, char mark) {
  std::string quoted(1, mark);
  for (const char c : text) {
    if (c == mark) quoted += mark;
    quoted += c;
  }
  return quoted += mark;
}

}  // namespace

std::string quote_name(std::string_view name) { return quote(name, '"'); }

std::string quote_text(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) throw Error(Code::data, "a NUL byte can't stand in an SQL literal");
  return quote(text, '\'');
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}

bool is_ledger_name(std::string_view name) {
  return name.size() >= kLedgerPrefix.size() && same_name(name.substr(0, kLedgerPrefix.size()), kLedgerPrefix);
}

}  // namespace sluice::sqlite
