#include "catalog/decide_select.hpp"

#include <algorithm>
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

/// Higher wins.
std::pair<bool, size_t> weight(const std::string& pattern) { return {!has_wildcard(pattern), pattern.size()}; }

}  // namespace

std::vector<const Table*> select_tables(const Catalog& source, const MapSpec& spec) {
  std::vector<std::string> names;
  for (const Table& table : source.tables) names.push_back(table.name);
  if (names.empty()) throw Error(Code::invalid_argument, "there are no tables", {}, spec.where);
  check_patterns(spec.include, names, spec, false);
  check_patterns(spec.except, names, spec, true);
  std::vector<const Table*> selected;
  for (const Table& table : source.tables) {
    if (matches_any(spec.include, table.name) && !matches_any(spec.except, table.name)) selected.push_back(&table);
  }
  if (selected.empty()) {
    throw Error(Code::invalid_argument, "the map excepts every table that it includes", "drop an 'except'", spec.where);
  }
  return selected;
}

std::optional<Type> find_override(const MapSpec& spec, const std::string& table, const std::string& column) {
  const std::string name = table + "." + column;
  const std::pair<std::string, std::string>* best = nullptr;
  for (const auto& entry : spec.types) {
    if (!matches_glob(entry.first, name)) continue;
    if (best == nullptr || weight(entry.first) > weight(best->first)) best = &entry;
  }
  if (best == nullptr) return std::nullopt;
  return arrow::type_from_text(best->second);
}

void check_overrides(const std::vector<const Table*>& tables, const MapSpec& spec) {
  std::vector<std::string> names;
  for (const Table* table : tables) {
    for (const Column& column : table->columns) names.push_back(table->name + "." + column.name);
  }
  for (const auto& [pattern, type] : spec.types) {
    const bool matches =
        std::ranges::any_of(names, [&glob = pattern](const std::string& name) { return matches_glob(glob, name); });
    if (!matches) fail_unmatched(spec, pattern, "column", names);
    try {
      arrow::type_from_text(type);
    } catch (const Error& error) {
      throw error.with_prefix(pattern + ": ").with_where(spec.where);
    }
  }
}

}  // namespace sluice::catalog
