#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/error.hpp"
#include "store/plugin.hpp"

namespace sluice::store {

namespace {

constexpr const char* kForms =
    "stores are sqlite:PATH, postgresql://HOST/DATABASE, or env:VARIABLE that holds one of these";

bool is_scheme_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '+' || letter == '-' ||
         letter == '.';
}

/// What stands before the colon of a URL, "" where the text is none.
std::string scheme_of(const std::string& text) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || text[0] < 'a' || text[0] > 'z') return {};
  for (size_t i = 0; i < colon; ++i) {
    if (!is_scheme_letter(text[i])) return {};
  }
  return text.substr(0, colon);
}

bool names_sqlite_file(const std::string& text) {
  const std::string extension = std::filesystem::path(text).extension().string();
  return extension == ".db" || extension == ".sqlite" || extension == ".sqlite3";
}

StoreUrl read_url(const std::string& text, const std::string& shown) {
  const std::string scheme = scheme_of(text);
  if (!scheme.empty() && scheme != "env") return {scheme, text};
  if (scheme.empty() && names_sqlite_file(text)) return {"sqlite", "sqlite:" + text};
  throw Error(Code::invalid_argument, "'" + shown + "' is not a store", kForms);
}

void hide_user_password(std::string& url) {
  const size_t slashes = url.find("://");
  if (slashes == std::string::npos) return;
  const size_t begin = slashes + 3;
  const size_t at = url.rfind('@', url.find_first_of("/?#", begin));
  if (at == std::string::npos || at < begin) return;
  const size_t colon = url.find(':', begin);
  if (colon < at) url.replace(colon + 1, at - colon - 1, "***");
}

bool is_secret_parameter(const std::string& name) {
  return name.find("password") != std::string::npos || name.find("secret") != std::string::npos ||
         name.find("token") != std::string::npos;
}

void hide_secret_parameters(std::string& url) {
  for (size_t from = url.find('?'); from != std::string::npos && from + 1 < url.size();) {
    const size_t equals = url.find('=', from);
    const size_t end = std::min(url.find('&', from + 1), url.size());
    if (equals < end && is_secret_parameter(url.substr(from + 1, equals - from - 1))) {
      url.replace(equals + 1, end - equals - 1, "***");
    }
    from = url.find('&', from + 1);
  }
}

}  // namespace

StoreUrl store_url_from_text(const std::string& text) {
  if (scheme_of(text) != "env") return read_url(text, without_password(text));
  const std::string variable = text.substr(4);
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') {
    throw Error(Code::not_found, text + ": the environment variable " + variable + " is not set",
                "set it to the store's URL");
  }
  return read_url(value, "the value of " + variable);
}

std::string without_password(const std::string& url) {
  std::string shown = url;
  hide_user_password(shown);
  hide_secret_parameters(shown);
  return shown;
}

}  // namespace sluice::store
