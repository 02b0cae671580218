#include "files/url_options.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::files {
namespace {

std::string percent_decoded(const std::string& text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' && i + 2 < text.size() ? arrow::bytes_from_hex(text.substr(i + 1, 2)) : std::nullopt;
    decoded += byte ? *byte : std::string(1, text[i]);
    if (byte) i += 2;
  }
  return decoded;
}

void refuse_unknown(const std::string& scheme, const std::vector<std::string>& known, const std::string& name) {
  if (std::find(known.begin() + 2, known.end(), name) != known.end()) return;
  const std::string close = did_you_mean(name, known);
  const std::string advice = close.empty() ? "see `sluice plugins`" : close;
  throw Error(Code::invalid_argument, scheme + " option '" + name + "' in the URL: there is no such option",
              advice + "; for a path that holds a \"?\", use path = \"...\"");
}

bool is_there(const std::string& path) {
  std::error_code code;
  return std::filesystem::exists(path, code);
}

/// What stands behind the last "?" of a URL is options only where each piece names one: a path may hold a "?".
std::optional<Given> options_from_query(const std::string& scheme, const std::vector<std::string>& known, const std::string& query) {
  Given given;
  for (size_t from = 0; from <= query.size();) {
    const size_t end = std::min(query.find('&', from), query.size());
    const std::string piece = query.substr(from, end - from);
    from = end + 1;
    if (piece.empty()) continue;
    const size_t equals = piece.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    const std::string name = piece.substr(0, equals);
    refuse_unknown(scheme, known, name);
    given[name] = percent_decoded(piece.substr(equals + 1));
  }
  return given.empty() ? std::nullopt : std::optional(given);
}

std::string path_from_url(const std::string& scheme, const std::string& url) {
  std::string path = url.rfind(scheme + ":", 0) == 0 ? url.substr(scheme.size() + 1) : url;
  if (path.rfind("///", 0) == 0) path.erase(0, 2);
  if (path.rfind("//", 0) == 0) {
    throw Error(Code::invalid_argument, scheme + " option url: expected " + scheme + ":PATH (a host has no meaning here), found '" + url + "'");
  }
  return path;
}

}  // namespace

void take_url(const std::string& scheme, const std::vector<std::string>& known, Given& given) {
  const auto url = given.find("url");
  if (url != given.end() && given.contains("path")) {
    throw Error(Code::invalid_argument, scheme + ": url and path are both given", "keep one of them");
  }
  if (url != given.end()) {
    std::string path = path_from_url(scheme, url->second);
    const size_t mark = path.rfind('?');
    const bool has_no_options = mark == std::string::npos || is_there(path);
    const auto more = has_no_options ? std::nullopt : options_from_query(scheme, known, path.substr(mark + 1));
    if (more) path.erase(mark);
    for (const auto& [name, value] : more.value_or(Given())) {
      if (given.emplace(name, value).second) continue;
      throw Error(Code::invalid_argument, scheme + " option " + name + ": is given in the URL and beside it", "keep one of them");
    }
    given.erase("url");
    given["path"] = path;
  }
  if (given["path"].empty()) throw Error(Code::invalid_argument, scheme + ": no file or directory is given", "set url = \"" + scheme + ":PATH\"");
}

}  // namespace sluice::files
