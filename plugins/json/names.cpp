#include "names.hpp"

#include <algorithm>

#include "base/escape.hpp"
#include "base/utf8.hpp"

namespace sluice::json {

namespace {

/// As PostgreSQL keeps them; other stores keep more.
constexpr size_t kMostBytes = 63;

}  // namespace

std::string Names::folded(std::string name) const {
  if (style_ == NameStyle::exact) return name;
  // SQLite folds these letters only.
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

std::string Names::shortened(const std::string& name, const std::string& suffix) const {
  if (style_ == NameStyle::exact) return name + suffix;
  return std::string(utf8_truncate(name, kMostBytes - suffix.size())) + suffix;
}

std::string Names::give(const std::string& wanted) {
  std::string base = wanted.empty() ? "empty_key" : wanted;
  std::replace(base.begin(), base.end(), '\0', '_');
  std::string name = shortened(base, "");
  for (int i = 2; !used_.insert(folded(name)).second; ++i) name = shortened(base, "_" + std::to_string(i));
  return name;
}

std::string shown_key(const std::string& key) { return "'" + escape_terminal(key) + "'"; }

}  // namespace sluice::json
