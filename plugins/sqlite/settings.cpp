#include "settings.hpp"

#include <cstdlib>
#include <string_view>

#include "abi/plugin_sdk.hpp"
#include "base/error.hpp"

namespace sluice::sqlite {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& expected) {
  throw Error(Code::invalid_argument, "sqlite option " + name + ": expected " + expected + ", found '" + value + "'");
}

std::string path_from_url(const std::string& url) {
  constexpr std::string_view kScheme = "sqlite:";
  std::string path = url.compare(0, kScheme.size(), kScheme) == 0 ? url.substr(kScheme.size()) : url;
  if (path.compare(0, 3, "///") == 0) path.erase(0, 2);
  if (path.compare(0, 2, "//") == 0) refuse("url", url, "sqlite:PATH (a host has no meaning here)");
  return path;
}

int milliseconds_from_text(const std::string& value) {
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  const std::string unit = end;
  const double factor = unit == "ms" || unit.empty() ? 1 : unit == "s" ? 1000 : unit == "m" ? 60000 : 0;
  const double milliseconds = number * factor;
  if (end == value.c_str() || factor == 0 || !(milliseconds >= 0 && milliseconds <= 3600000)) {
    refuse("busy_timeout", value, "a duration from 0ms to 60m, such as 500ms");
  }
  return static_cast<int>(milliseconds);
}

bool is_yes(const std::string& name, const std::string& value, const std::string& yes, const std::string& no) {
  if (value != yes && value != no) refuse(name, value, yes + " or " + no);
  return value == yes;
}

void set_option(Settings& settings, const std::string& name, const std::string& value) {
  if (name == "url") {
    settings.path = path_from_url(value);
  } else if (name == "path") {
    settings.path = value;
  } else if (name == "access") {
    settings.access = is_yes(name, value, "read", "write") ? Access::read : Access::write;
  } else if (name == "create") {
    settings.may_create = is_yes(name, value, "yes", "no");
  } else {
    settings.busy_timeout_ms = milliseconds_from_text(value);
  }
}

}  // namespace

Settings settings_from_options(const sluice_option* options, int64_t count) {
  const auto given = sdk::read_options(options, count, {"url", "path", "access", "create", "busy_timeout"});
  if (given.count("url") != 0 && given.count("path") != 0) {
    throw Error(Code::invalid_argument, "sqlite: url and path are both given", "keep one of them");
  }
  Settings settings;
  for (const auto& [name, value] : given) set_option(settings, name, value);
  if (settings.path.empty()) {
    throw Error(Code::invalid_argument, "sqlite: no database file is given", "set url = \"sqlite:PATH\"");
  }
  if (settings.path == ":memory:") {
    throw Error(Code::invalid_argument, "sqlite: ':memory:' can't be a store, as every session would see another one",
                "name a file");
  }
  return settings;
}

}  // namespace sluice::sqlite
