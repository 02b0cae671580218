#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "catalog/decide.hpp"
#include "catalog/decide_keys.hpp"
#include "catalog/decide_select.hpp"
#include "catalog/decide_type.hpp"
#include "catalog/evidence_view.hpp"
#include "catalog/find_partner.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

constexpr int kMostDigits = 38;
constexpr int kIntegerDigits = 20;

bool is_float(Kind kind) { return kind == Kind::float32 || kind == Kind::float64; }

Type decimal_for(int digits, int scale) {
  const int precision = digits + scale;
  return precision <= kMostDigits ? Type{Kind::decimal, precision, scale} : Type{Kind::number};
}

std::optional<Type> common_integer(const Type& a, const Type& b) {
  if (cast_between(a, b) == Cast::none) return b;
  if (cast_between(b, a) == Cast::none) return a;
  const bool has_uint64 = a.kind == Kind::uint64 || b.kind == Kind::uint64;
  return has_uint64 ? Type{Kind::decimal, kIntegerDigits, 0} : Type{Kind::int64};
}

/// a comes before b in the order of kinds: integers, floats, decimal, number.
std::optional<Type> common_number(const Type& a, const Type& b) {
  if (is_integer(a.kind) && is_integer(b.kind)) return common_integer(a, b);
  if (is_float(b.kind)) return Type{Kind::float64};
  if (b.kind == Kind::number) return b;
  if (is_integer(a.kind)) return decimal_for(std::max(kIntegerDigits, b.precision - b.scale), b.scale);
  if (is_float(a.kind)) return b;
  return decimal_for(std::max(a.precision - a.scale, b.precision - b.scale), std::max(a.scale, b.scale));
}

/// The more telling of two types, in which both sides' values can be said. nullopt where there is none but text.
std::optional<Type> common_type(Type a, Type b) {
  if (a.kind > b.kind) std::swap(a, b);
  if (a.kind == Kind::boolean && (b.kind == Kind::boolean || is_integer(b.kind) || b.kind == Kind::text)) return a;
  if (a.kind != Kind::boolean && b.kind <= Kind::number) return common_number(a, b);
  if (a.kind == b.kind) return Type{a.kind};
  if (a.kind == Kind::text) return b;
  if (b.kind == Kind::text && a.kind <= Kind::number) return a;
  if (a.kind == Kind::date && b.kind == Kind::timestamp) return b;
  if (a.kind == Kind::binary && b.kind == Kind::uuid) return b;
  return std::nullopt;
}

bool can_be_null(const Column& column) {
  if (!column.nullable) return false;
  return !has_evidence(column) || column.evidence->nulls > 0;
}

struct Sides {
  Decision a;
  Decision b;
};

std::optional<Sides> reach_both(const Column& a, const Column& b, const Type& type) {
  auto left = reach_type(a, type, Demand::lenient);
  auto right = reach_type(b, type, Demand::lenient);
  if (!left || !right) return std::nullopt;
  return Sides{std::move(*left), std::move(*right)};
}

std::optional<Sides> reach_override(const Column& a, const Column& b, const MapSpec& spec, const std::string& table) {
  const auto wanted = find_override(spec, table, a);
  if (!wanted) return std::nullopt;
  const std::string name = table + "." + a.name;
  return Sides{decide_override(a, *wanted, name), decide_override(b, *wanted, name)};
}

Sides decide_sides(const Column& a, const Column& b, const std::string& name, std::vector<std::string>& warnings) {
  const Type left = decide_type(a).compare;
  const Type right = decide_type(b).compare;
  if (const auto type = common_type(left, right)) {
    if (auto sides = reach_both(a, b, *type)) return std::move(*sides);
  }
  for (const Type& type : {Type{Kind::text}, Type{Kind::binary}}) {
    auto sides = reach_both(a, b, type);
    if (!sides) continue;
    warnings.push_back(name + ": " + arrow::to_text(left) + " and " + arrow::to_text(right) +
                       " have no common type: compared as " + arrow::to_text(type));
    return std::move(*sides);
  }
  throw Error(Code::unsupported,
              name + ": " + arrow::to_text(left) + " and " + arrow::to_text(right) + " cannot be compared");
}

ColumnMapping pair_columns(const Column& a, const Column& b, const MapSpec& spec, const std::string& table,
                           std::vector<std::string>& warnings) {
  auto wanted = reach_override(a, b, spec, table);
  const Sides sides = wanted ? std::move(*wanted) : decide_sides(a, b, table + "." + a.name, warnings);
  ColumnMapping column;
  column.source = a.name;
  column.target = b.name;
  column.source_carrier = sides.a.carrier;
  column.source_cast = sides.a.cast;
  column.target_carrier = sides.b.carrier;
  column.target_cast = sides.b.cast;
  column.compare = sides.a.compare;
  column.nullable = can_be_null(a) || can_be_null(b);
  column.source_native = a.native;
  column.target_native = b.native;
  column.policy = sides.a.policy.empty() ? sides.b.policy : sides.a.policy;
  column.reason = a.native + " and " + b.native;
  return column;
}

/// The key of one side in the target's names; empty where a column of it is not compared.
std::vector<std::string> mapped_key(const std::vector<std::string>& key, const TableMapping& table,
                                    std::string ColumnMapping::*side) {
  std::vector<std::string> mapped;
  for (const std::string& name : key) {
    const auto found = std::ranges::find(table.columns, name, side);
    if (found == table.columns.end()) return {};
    mapped.push_back(found->target);
  }
  return mapped;
}

TableMapping pair_tables(const Table& a, const Table& b, const MapSpec& spec, Mapping& mapping) {
  TableMapping table;
  table.source_schema = a.schema;
  table.source_table = a.name;
  table.target_schema = b.schema;
  table.target_table = b.name;
  table.rows = a.rows;
  table.bytes = a.bytes;
  for (const Column& column : a.columns) {
    const Column* other = find_partner(column.name, a.columns, b.columns);
    if (other == nullptr) {
      mapping.only_in_from.push_back(a.name + "." + column.name);
    } else {
      table.columns.push_back(pair_columns(column, *other, spec, a.name, mapping.warnings));
    }
  }
  for (const Column& column : b.columns) {
    if (find_partner(column.name, b.columns, a.columns) == nullptr)
      mapping.only_in_to.push_back(b.name + "." + column.name);
  }
  table.key = mapped_key(row_key(a), table, &ColumnMapping::source);
  if (table.key.empty()) table.key = mapped_key(row_key(b), table, &ColumnMapping::target);
  return table;
}

bool is_selected(const MapSpec& spec, const std::string& name) {
  const auto matches = [&](const std::string& pattern) { return matches_glob(pattern, name); };
  return std::ranges::any_of(spec.include, matches) && std::ranges::none_of(spec.except, matches);
}

/// Every pattern must mean something on one of the sides: one that matches nothing is a typing error.
void check_patterns(const Catalog& a, const Catalog& b, const MapSpec& spec) {
  Catalog both = a;
  both.tables.insert(both.tables.end(), b.tables.begin(), b.tables.end());
  check_overrides(select_tables(both, spec), spec);
}

}  // namespace

Mapping pair_catalogs(const Catalog& a, const Catalog& b, const MapSpec& spec) {
  check_patterns(a, b, spec);
  Mapping mapping;
  mapping.from = spec.from;
  mapping.to = spec.to;
  mapping.target = b;
  for (const Table& table : a.tables) {
    if (!is_selected(spec, table.name)) continue;
    const Table* other = find_partner(table.name, a.tables, b.tables);
    if (other == nullptr) {
      mapping.only_in_from.push_back(table.name);
    } else {
      mapping.tables.push_back(pair_tables(table, *other, spec, mapping));
    }
  }
  for (const Table& table : b.tables) {
    if (is_selected(spec, table.name) && find_partner(table.name, b.tables, a.tables) == nullptr) {
      mapping.only_in_to.push_back(table.name);
    }
  }
  return mapping;
}

}  // namespace sluice::catalog
