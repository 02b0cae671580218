#include "catalog/decide_select.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::catalog {

namespace {

bool has_wildcard(const std::string& pattern) { return pattern.find_first_of("*?") != std::string::npos; }

bool matches_any(const std::vector<std::string>& patterns, const std::string& name) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches_glob(pattern, name); });
}

[[noreturn]] void fail_unmatched(const MapSpec& spec, const std::string& pattern, const char* what,
                                 const std::vector<std::string>& known) {
  std::string hint = did_you_mean(pattern, known);
  if (hint.empty() && !known.empty()) {
    hint = "there are " + known[0] + (known.size() > 1 ? ", " + known[1] : "") + (known.size() > 2 ? ", ..." : "");
  }
  throw Error(Code::invalid_argument, "'" + pattern + "' matches no " + what, hint, spec.where);
}

void check_patterns(const std::vector<std::string>& patterns, const std::vector<std::string>& names,
                    const MapSpec& spec, bool wildcards_may_miss) {
  for (const std::string& pattern : patterns) {
    if (wildcards_may_miss && has_wildcard(pattern)) continue;
    const bool matches =
        std::ranges::any_of(names, [&](const std::string& name) { return matches_glob(pattern, name); });
    if (!matches) fail_unmatched(spec, pattern, "table", names);
  }
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// `varchar` means VARCHAR(40), too.
bool matches_native(const std::string& pattern, const std::string& native) {
  const std::string wanted = lower(pattern);
  const std::string name = lower(native);
  if (matches_glob(wanted, name)) return true;
  const size_t bracket = name.find('(');
  if (bracket == std::string::npos || pattern.find('(') != std::string::npos) return false;
  return matches_glob(wanted, name.substr(0, name.find_last_not_of(' ', bracket - 1) + 1));
}

void require_match(const MapSpec& spec, const std::string& pattern, const char* what, const std::vector<std::string>& known,
                   bool (*matches)(const std::string&, const std::string&)) {
  if (std::ranges::none_of(known, [&](const std::string& name) { return matches(pattern, name); }))
    fail_unmatched(spec, pattern, what, known);
}

void check_type(const MapSpec& spec, const std::string& pattern, const std::string& type) {
  try {
    arrow::type_from_text(type);
  } catch (const Error& error) {
    throw error.with_prefix(pattern + ": ").with_where(spec.where);
  }
}

/// Higher wins.
std::pair<bool, size_t> weight(const std::string& pattern) { return {!has_wildcard(pattern), pattern.size()}; }

/// The entry that wins among those that match; nullptr where none does.
template <typename Entries, typename Matches>
auto best_of(const Entries& entries, const Matches& matches) -> decltype(&entries[0]) {
  decltype(&entries[0]) best = nullptr;
  for (const auto& entry : entries) {
    if (!matches(entry.first)) continue;
    if (best == nullptr || weight(entry.first) > weight(best->first)) best = &entry;
  }
  return best;
}

}  // namespace

std::vector<const Table*> select_tables(const Catalog& source, const MapSpec& spec) {
  std::vector<std::string> names;
  for (const Table& table : source.tables) names.push_back(table.name);
  if (names.empty()) throw Error(Code::invalid_argument, "there are no tables", {}, spec.where);
  check_patterns(spec.include, names, spec, false);
  check_patterns(spec.except, names, spec, true);
  for (const std::string& view : spec.views) {
    if (std::ranges::count(names, view) == 0) {
      throw Error(Code::not_found, "views: there is no view \"" + view + "\" in \"" + spec.from + "\"", {}, spec.where);
    }
  }
  std::vector<const Table*> selected;
  for (const Table& table : source.tables) {
    const bool is_included = matches_any(spec.include, table.name) && !matches_any(spec.except, table.name);
    if (is_included || std::ranges::count(spec.views, table.name) > 0) selected.push_back(&table);
  }
  if (selected.empty()) {
    throw Error(Code::invalid_argument, "the map excepts every table that it includes", "drop an 'except'", spec.where);
  }
  return selected;
}

std::optional<Type> find_override(const MapSpec& spec, const std::string& table, const Column& column) {
  const std::string name = table + "." + column.name;
  const auto* found = best_of(spec.types, [&](const std::string& pattern) { return matches_glob(pattern, name); });
  if (found == nullptr) {
    found = best_of(spec.types_by_source, [&](const std::string& pattern) { return matches_native(pattern, column.native); });
  }
  if (found == nullptr) return std::nullopt;
  return arrow::type_from_text(found->second);
}

const std::vector<CastCall>* find_casts(const MapSpec& spec, const std::string& table, const std::string& column) {
  const std::string name = table + "." + column;
  const auto* found = best_of(spec.casts, [&](const std::string& pattern) { return matches_glob(pattern, name); });
  return found == nullptr ? nullptr : &found->second;
}

void check_overrides(const std::vector<const Table*>& tables, const MapSpec& spec) {
  std::vector<std::string> names;
  std::vector<std::string> natives;
  for (const Table* table : tables) {
    for (const Column& column : table->columns) {
      names.push_back(table->name + "." + column.name);
      if (std::ranges::count(natives, column.native) == 0 && !column.native.empty()) natives.push_back(column.native);
    }
  }
  for (const auto& [pattern, type] : spec.types) {
    require_match(spec, pattern, "column", names, matches_glob);
    check_type(spec, pattern, type);
  }
  for (const auto& [pattern, type] : spec.types_by_source) {
    require_match(spec, pattern, "type of a column in the source", natives, matches_native);
    check_type(spec, pattern, type);
  }
  for (const auto& [pattern, casts] : spec.casts) require_match(spec, pattern, "column", names, matches_glob);
}

}  // namespace sluice::catalog
