#include "catalog/compare_keys.hpp"

#include <algorithm>
#include <cctype>

#include "catalog/find_partner.hpp"

namespace sluice::catalog {

namespace {

using Names = std::vector<std::string>;

bool same_names(const Names& a, const Names& b) {
  return std::ranges::equal(a, b, [](const std::string& x, const std::string& y) { return equal_ignoring_case(x, y); });
}

bool same_set(Names a, Names b) {
  const auto lower = [](Names& names) {
    for (std::string& name : names)
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::ranges::sort(names);
  };
  lower(a);
  lower(b);
  return a == b;
}

std::string listed(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return "(" + text + ")";
}

std::string named(const std::string& what, const std::string& name) { return name.empty() ? what : what + " " + name; }

Names columns_of(const Index& index) {
  Names names;
  for (const IndexColumn& column : index.columns) names.push_back(column.name);
  return names;
}

/// NO ACTION and RESTRICT differ only for deferred checks.
std::string action_of(const std::string& action) { return action == "restrict" ? "" : action; }

/// Compares what stands on the columns of one table. Used once.
class KeyComparison {
 public:
  KeyComparison(const Table& expected, const Catalog& all, const Table& there, const AskDdl& ask, TableSchema& found)
      : expected_(expected), all_(all), there_(there), ask_(ask), found_(found) {}

  void compare() {
    if (expected_.primary_key) compare_primary_key(*expected_.primary_key);
    for (const Key& key : expected_.uniques) {
      if (is_unique(key.columns)) continue;
      miss(SchemaPart::keys, named("unique key", key.name) + " over " + listed(key.columns), {"tables", "finish"},
           [&](Table& table, bool has) { table.uniques = has ? std::vector<Key>{key} : std::vector<Key>{}; });
    }
    for (const ForeignKey& key : expected_.foreign_keys) compare_foreign_key(key);
    for (const Index& index : expected_.indexes) {
      if (has_index(index)) continue;
      const std::string what = index.unique ? "unique index" : "index";
      const std::string over = index.expression.empty() ? listed(columns_of(index)) : index.expression;
      miss(SchemaPart::indexes, named(what, index.name) + " over " + over + (index.where.empty() ? "" : " where " + index.where),
           {"finish"}, [&](Table& table, bool has) { table.indexes = has ? std::vector<Index>{index} : std::vector<Index>{}; });
    }
  }

 private:
  void add(SchemaPart part, const std::string& text) { found_.differences.push_back({part, text}); }

  void compare_primary_key(const Key& key) {
    if (there_.primary_key && same_names(there_.primary_key->columns, key.columns)) return;
    const std::string is = there_.primary_key ? "; there is one over " + listed(there_.primary_key->columns) : "";
    add(SchemaPart::keys, "primary key over " + listed(key.columns) + " is missing" + is);
  }

  bool is_unique(const Names& columns) const {
    if (there_.primary_key && same_set(there_.primary_key->columns, columns)) return true;
    if (std::ranges::any_of(there_.uniques, [&](const Key& key) { return same_set(key.columns, columns); })) return true;
    return std::ranges::any_of(there_.indexes, [&](const Index& index) {
      return index.unique && index.where.empty() && index.expression.empty() && same_set(columns_of(index), columns);
    });
  }

  void compare_foreign_key(const ForeignKey& key) {
    const std::string what =
        named("foreign key", key.name) + " " + listed(key.columns) + " to " + key.ref_table + " " + listed(key.ref_columns);
    for (const ForeignKey& other : there_.foreign_keys) {
      if (!same_names(other.columns, key.columns) || !equal_ignoring_case(other.ref_table, key.ref_table) ||
          !same_names(other.ref_columns, key.ref_columns))
        continue;
      compare_action(what, "on delete", key.on_delete, other.on_delete);
      compare_action(what, "on update", key.on_update, other.on_update);
      return;
    }
    miss(SchemaPart::keys, what, {"tables", "finish"},
         [&](Table& table, bool has) { table.foreign_keys = has ? std::vector<ForeignKey>{key} : std::vector<ForeignKey>{}; });
  }

  /// SET DEFAULT is unknown to some: what stands there instead is the same for all who can't.
  void compare_action(const std::string& what, const std::string& event, const std::string& expected, const std::string& is) {
    if (action_of(expected) == action_of(is) || (expected == "set default" && action_of(is).empty())) return;
    add(SchemaPart::keys,
        what + ": " + event + " " + (is.empty() ? "no action" : is) + ", expected " + (expected.empty() ? "no action" : expected));
  }

  bool has_index(const Index& wanted) const {
    if (!wanted.expression.empty()) {
      return std::ranges::any_of(there_.indexes, [&](const Index& index) {
        return index.expression == wanted.expression || (!index.name.empty() && index.name == wanted.name);
      });
    }
    const Names columns = columns_of(wanted);
    if (wanted.unique && wanted.where.empty()) return is_unique(columns);
    const bool is_plain = wanted.where.empty();
    if (is_plain && there_.primary_key && same_names(there_.primary_key->columns, columns)) return true;
    if (is_plain && std::ranges::any_of(there_.uniques, [&](const Key& key) { return same_names(key.columns, columns); })) return true;
    return std::ranges::any_of(there_.indexes, [&](const Index& index) {
      return index.expression.empty() && same_names(columns_of(index), columns) && index.where.empty() == is_plain &&
             (index.unique || !wanted.unique);
    });
  }

  /// Missing, unless the target would not make it either.
  template <typename Put>
  void miss(SchemaPart part, const std::string& what, const std::vector<std::string>& stages, const Put& put) {
    Catalog without = bare_catalog();
    Catalog with = without;
    put(without.tables.front(), false);
    put(with.tables.front(), true);
    const bool is_made =
        std::ranges::any_of(stages, [&](const std::string& stage) { return sql_of(without, stage) != sql_of(with, stage); });
    if (is_made) return add(part, what + " is missing");
    found_.notes.push_back(what + " is not there: the target can't hold it");
  }

  std::string sql_of(const Catalog& catalog, const std::string& stage) const {
    std::string sql;
    for (const Statement& statement : ask_(catalog, stage).statements) sql += statement.sql + ";\n";
    return sql;
  }

  /// The table and all that it may refer to, without indexes, checks and foreign keys.
  Catalog bare_catalog() const {
    Catalog bare;
    bare.schema = all_.schema;
    const auto take = [&](Table table) {
      table.indexes.clear();
      table.checks.clear();
      table.foreign_keys.clear();
      bare.tables.push_back(std::move(table));
    };
    take(expected_);
    for (const ForeignKey& key : expected_.foreign_keys) {
      const Table* parent = find_exactly(all_.tables, key.ref_table);
      if (parent != nullptr && find_exactly(bare.tables, parent->name) == nullptr) take(*parent);
    }
    return bare;
  }

  const Table& expected_;
  const Catalog& all_;
  const Table& there_;
  const AskDdl& ask_;
  TableSchema& found_;
};

}  // namespace

void compare_keys(const Table& expected, const Catalog& all, const Table& there, const AskDdl& ask, TableSchema& found) {
  KeyComparison(expected, all, there, ask, found).compare();
}

}  // namespace sluice::catalog
