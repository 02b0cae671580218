#include "catalog/decide_names.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::catalog {

namespace {

bool is_upper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool is_lower_or_digit(char c) { return std::islower(static_cast<unsigned char>(c)) != 0 || std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

std::string to_lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<std::string> known_names(const std::vector<const Table*>& tables) {
  std::vector<std::string> names;
  for (const Table* table : tables) {
    names.push_back(table->name);
    for (const Column& column : table->columns) names.push_back(table->name + "." + column.name);
  }
  return names;
}

[[noreturn]] void refuse_unknown(const MapSpec& spec, const std::string& field, const std::string& name, const std::vector<std::string>& known) {
  throw Error(Code::invalid_argument, field + ": '" + name + "' is no table or column that this map takes", did_you_mean(name, known), spec.where);
}

/// Takes columns out of one table with what stands on them. Used once.
class Omission {
 public:
  Omission(const Table& table, const MapSpec& spec, std::set<std::string>& matched, std::vector<std::string>& warnings)
      : table_(table), warnings_(warnings) {
    for (const Column& column : table.columns) {
      for (const std::string& pattern : spec.omitted) {
        if (!matches_glob(pattern, table.name + "." + column.name)) continue;
        matched.insert(pattern);
        names_.insert(column.name);
      }
    }
  }

  Table rest() {
    if (names_.empty()) return table_;
    std::erase_if(table_.columns, [&](const Column& column) { return names_.contains(column.name); });
    if (table_.primary_key && uses(table_.primary_key->columns)) {
      warn("the primary key");
      table_.primary_key.reset();
    }
    drop(table_.uniques, "the unique key", [&](const Key& key) { return uses(key.columns); });
    drop(table_.foreign_keys, "the foreign key", [&](const ForeignKey& key) { return uses(key.columns); });
    drop(table_.indexes, "the index", [&](const Index& index) {
      return std::ranges::any_of(index.columns, [&](const IndexColumn& column) { return names_.contains(column.name); });
    });
    return std::move(table_);
  }

 private:
  bool uses(const std::vector<std::string>& columns) const {
    return std::ranges::any_of(columns, [&](const std::string& name) { return names_.contains(name); });
  }

  void warn(const std::string& what) { warnings_.push_back(table_.name + ": " + what + " goes with a column that the map omits"); }

  template <typename Item, typename Uses>
  void drop(std::vector<Item>& items, const std::string& what, const Uses& uses) {
    for (const Item& item : items) {
      if (uses(item)) warn(what + (item.name.empty() ? "" : " " + item.name));
    }
    std::erase_if(items, uses);
  }

  Table table_;
  std::set<std::string> names_;
  std::vector<std::string>& warnings_;
};

using Renames = std::map<std::string, std::string>;

/// Puts new names for quoted ones. nullopt where an old name stands there in another way.
std::optional<std::string> rewrite(const std::string& expression, const Renames& columns) {
  std::string out;
  for (size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    if (c == '\'' || c == '"') {
      const size_t close = std::min(expression.find(c, at + 1), expression.size());
      const std::string name = expression.substr(at + 1, close - at - 1);
      const auto found = c == '"' ? columns.find(name) : columns.end();
      out += c + (found == columns.end() ? name : found->second) + c;
      at = close + 1;
    } else if (is_word(c)) {
      const size_t begin = at;
      while (at < expression.size() && is_word(expression[at])) ++at;
      const std::string word = expression.substr(begin, at - begin);
      if (columns.contains(word)) return std::nullopt;
      out += word;
    } else {
      out += c;
      ++at;
    }
  }
  return out;
}

void rename_all(std::vector<std::string>& names, const Renames& columns) {
  for (std::string& name : names) {
    if (const auto found = columns.find(name); found != columns.end()) name = found->second;
  }
}

/// Renames inside one table of the target.
void rename_columns(Table& table, const Renames& columns, std::vector<std::string>& warnings) {
  for (Column& column : table.columns) {
    if (const auto found = columns.find(column.name); found != columns.end()) column.name = found->second;
  }
  if (table.primary_key) rename_all(table.primary_key->columns, columns);
  for (Key& key : table.uniques) rename_all(key.columns, columns);
  for (ForeignKey& key : table.foreign_keys) rename_all(key.columns, columns);
  std::erase_if(table.indexes, [&](Index& index) {
    for (IndexColumn& column : index.columns) {
      if (const auto found = columns.find(column.name); found != columns.end()) column.name = found->second;
    }
    const auto where = rewrite(index.where, columns);
    const auto expression = rewrite(index.expression, columns);
    if (!where || !expression) warnings.push_back(table.name + "." + index.name + ": speaks of a renamed column: left out");
    if (where) index.where = *where;
    return !where || !expression;
  });
  std::erase_if(table.checks, [&](Check& check) {
    const auto expression = rewrite(check.expression, columns);
    if (!expression) warnings.push_back(table.name + ": the check " + check.expression + " speaks of a renamed column: left out");
    if (expression) check.expression = *expression;
    return !expression;
  });
}

}  // namespace

std::string to_snake_case(const std::string& name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_word(c)) {
      if (!out.empty() && out.back() != '_') out += '_';
      continue;
    }
    const bool follows_small = i > 0 && is_lower_or_digit(name[i - 1]);
    const bool ends_capitals = i > 0 && is_upper(name[i - 1]) && i + 1 < name.size() && is_lower_or_digit(name[i + 1]);
    if (is_upper(c) && (follows_small || ends_capitals) && !out.empty() && out.back() != '_') out += '_';
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

Catalog without_omitted(const Catalog& source, const MapSpec& spec, std::vector<std::string>& warnings) {
  if (spec.omitted.empty()) return source;
  Catalog rest = source;
  rest.tables.clear();
  std::set<std::string> matched;
  std::vector<std::string> known;
  for (const Table& table : source.tables) {
    for (const Column& column : table.columns) known.push_back(table.name + "." + column.name);
    rest.tables.push_back(Omission(table, spec, matched, warnings).rest());
    if (rest.tables.back().columns.empty()) {
      throw Error(Code::invalid_argument, "omit: leaves " + table.name + " without columns", "leave out the table with tables = { except = ... }", spec.where);
    }
  }
  for (const std::string& pattern : spec.omitted) {
    if (!matched.contains(pattern)) refuse_unknown(spec, "omit", pattern, known);
  }
  return rest;
}

TargetNames::TargetNames(const std::vector<const Table*>& tables, const MapSpec& spec) : spec_(spec) {
  check_renames(tables);
  check_collisions(tables);
}

std::string TargetNames::chosen(const std::string& key, const std::string& name) const {
  const auto found = std::ranges::find(spec_.renames, key, &std::pair<std::string, std::string>::first);
  if (found != spec_.renames.end()) return found->second;
  if (spec_.names == NamePolicy::lower) return to_lower(name);
  return spec_.names == NamePolicy::snake_case ? to_snake_case(name) : name;
}

std::string TargetNames::table(const std::string& source) const { return chosen(source, source); }

std::string TargetNames::column(const std::string& table, const std::string& source) const { return chosen(table + "." + source, source); }

void TargetNames::check_renames(const std::vector<const Table*>& tables) const {
  const std::vector<std::string> known = known_names(tables);
  for (const auto& [old, now] : spec_.renames) {
    if (std::ranges::find(known, old) == known.end()) refuse_unknown(spec_, "rename", old, known);
    if (now.empty()) throw Error(Code::invalid_argument, "rename: '" + old + "' needs a name", {}, spec_.where);
  }
}

void TargetNames::check_collisions(const std::vector<const Table*>& tables) const {
  const auto take = [&](std::map<std::string, std::string>& taken, const std::string& name, const std::string& source) {
    if (name.empty()) throw Error(Code::invalid_argument, "names: nothing is left of the name of " + source, "give it one with rename", spec_.where);
    const auto [found, is_new] = taken.emplace(name, source);
    if (!is_new) {
      throw Error(Code::invalid_argument, found->second + " and " + source + " would both be called " + name + " in the target",
                  "give one of them another name with rename; to bring tables together, give each a map of its own and copy the second with "
                  "mode = \"append\"",
                  spec_.where);
    }
  };
  std::map<std::string, std::string> names;
  for (const Table* each : tables) {
    take(names, table(each->name), each->name);
    std::map<std::string, std::string> columns;
    for (const Column& column : each->columns) take(columns, this->column(each->name, column.name), each->name + "." + column.name);
  }
}

void TargetNames::apply(Catalog& target, std::vector<std::string>& warnings) const {
  if (spec_.names == NamePolicy::keep && spec_.renames.empty()) return;
  std::map<std::string, Renames> columns;
  for (const Table& each : target.tables) {
    for (const Column& column : each.columns) {
      const std::string now = this->column(each.name, column.name);
      if (now != column.name) columns[each.name][column.name] = now;
    }
  }
  for (Table& each : target.tables) {
    for (ForeignKey& key : each.foreign_keys) {
      rename_all(key.ref_columns, columns[key.ref_table]);
      key.ref_table = table(key.ref_table);
    }
    rename_columns(each, columns[each.name], warnings);
    each.name = table(each.name);
  }
}

std::string condition_of(const MapSpec& spec, const std::string& table) {
  const auto found = std::ranges::find(spec.conditions, table, &std::pair<std::string, std::string>::first);
  return found == spec.conditions.end() ? "" : found->second;
}

void check_conditions(const std::vector<const Table*>& tables, const MapSpec& spec) {
  std::vector<std::string> known;
  for (const Table* table : tables) known.push_back(table->name);
  for (const auto& [table, condition] : spec.conditions) {
    if (std::ranges::find(known, table) == known.end()) refuse_unknown(spec, "where", table, known);
  }
}

}  // namespace sluice::catalog
