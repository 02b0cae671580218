#include "catalog/decide.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "catalog/decide_casts.hpp"
#include "catalog/decide_column.hpp"
#include "catalog/decide_keys.hpp"
#include "catalog/decide_names.hpp"
#include "catalog/decide_select.hpp"
#include "catalog/decide_target.hpp"
#include "catalog/decide_transforms.hpp"
#include "catalog/decide_type.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

/// A double carries this many decimal digits whatever they are.
constexpr int kDoubleDigits = 15;

void refuse_null_key(const Table& table, const Column& column, const Decision& decision, const std::string& name) {
  const bool is_key = table.primary_key && std::ranges::count(table.primary_key->columns, column.name) > 0;
  if (!is_key || !makes_null(decision.chain)) return;
  throw Error(Code::invalid_argument, name + ": its casts make NULLs, and it is part of the primary key",
              "take the cast away, or leave rows out by `where`");
}

}  // namespace

Decision decide_column(const Table& table, const Column& column, const std::optional<Type>& wanted, const MapSpec& spec) {
  const std::string name = table.name + "." + column.name;
  if (const ColumnTransform* transform = find_transform(spec, table.name, column.name)) return decide_transformed(column, wanted, *transform);
  const auto* casts = find_casts(spec, table.name, column.name);
  const Misfits misfits = spec.keeps_rejects ? Misfits::reject : Misfits::refuse;
  if (casts != nullptr) return decide_casts(column, *casts, wanted, name);
  return wanted ? decide_override(column, *wanted, name, misfits) : decide_type(column);
}

namespace {

DecidedTable decide_table(const Table& table, const MapSpec& spec) {
  DecidedTable decided{.table = &table, .columns = {}};
  for (const Column& column : table.columns) {
    const auto wanted = find_override(spec, table.name, column);
    try {
      decided.columns.push_back(decide_column(table, column, wanted, spec));
      refuse_null_key(table, column, decided.columns.back(), table.name + "." + column.name);
    } catch (const Error& error) {
      if (wanted || find_casts(spec, table.name, column.name) != nullptr) throw error.with_where(spec.where);
      throw error.with_prefix(table.name + "." + column.name + ": ");
    }
  }
  return decided;
}

void warn_of_types(const DecidedTable& decided, std::vector<std::string>& warnings) {
  for (size_t i = 0; i < decided.columns.size(); ++i) {
    const std::string& warning = decided.columns[i].warning;
    if (!warning.empty())
      warnings.push_back(decided.table->name + "." + decided.table->columns[i].name + ": " + warning);
  }
}

}  // namespace

ColumnMapping map_column(const Column& source, const Column& target, const Decision& decision) {
  ColumnMapping column;
  column.source = source.name;
  column.target = target.name;
  column.source_carrier = decision.carrier;
  column.compare = decision.compare;
  column.chain = decision.chain;
  column.source_cast = decision.cast;
  column.nullable = target.nullable;
  column.source_native = source.native;
  column.policy = decision.policy;
  column.reason = decision.reason;
  column.transform = decision.transform;
  column.input = decision.input.value_or(decision.compare);
  return column;
}

namespace {

TableMapping map_table(const DecidedTable& decided, const Table& target, const MapSpec& spec, const TargetNames& names) {
  const Table& source = *decided.table;
  TableMapping table;
  table.where = condition_of(spec, source.name);
  table.source_schema = source.schema;
  table.source_table = source.name;
  table.target_schema = target.schema;
  table.target_table = target.name;
  for (const std::string& name : row_key(source)) table.key.push_back(names.column(source.name, name));
  table.rows = source.rows;
  table.bytes = source.bytes;
  for (size_t i = 0; i < source.columns.size(); ++i) {
    table.columns.push_back(map_column(source.columns[i], target.columns[i], decided.columns[i]));
  }
  return table;
}

/// Whether doubles of the target lose digits that the comparison type has.
bool loses_digits(const ColumnMapping& column) {
  if (column.target_carrier.kind != Kind::float64) return false;
  if (column.compare.kind == Kind::number) return column.source_carrier.kind != Kind::float64;
  if (column.source_carrier.kind == Kind::float64) return false;
  return column.compare.kind == Kind::decimal && column.compare.precision > kDoubleDigits;
}

}  // namespace

void bind_column(ColumnMapping& column, const TargetColumn& answer, const std::string& name,
                 std::vector<std::string>& warnings) {
  column.target_native = answer.native;
  column.target_carrier = answer.carrier;
  try {
    column.target_cast = cast_between(answer.carrier, column.compare);
  } catch (const Error& error) {
    throw error.with_prefix(name + ": reading back what the target holds: ");
  }
  const std::string policy = policy_of(column.target_cast, column.compare);
  if (column.policy.empty()) column.policy = policy;
  if (loses_digits(column)) {
    warnings.push_back(name + ": the target holds " + arrow::to_text(column.compare) + " as " + answer.native +
                       ", a double: values of more than " + std::to_string(kDoubleDigits) + " digits change");
  }
}

namespace {

void bind_table(TableMapping& table, const Ddl& answer, std::vector<std::string>& warnings) {
  for (ColumnMapping& column : table.columns) {
    const auto found = std::ranges::find_if(answer.columns, [&](const TargetColumn& each) {
      return each.table == table.target_table && each.column == column.target;
    });
    const std::string name = table.target_table + "." + column.target;
    if (found == answer.columns.end()) {
      throw Error(Code::internal, name + ": the target did not say how it would hold this column");
    }
    bind_column(column, *found, name, warnings);
  }
}

}  // namespace

Mapping decide_mapping(const Catalog& source, const MapSpec& spec, const std::string& target_schema,
                       const AskTarget& ask) {
  Mapping mapping;
  mapping.has_views = !spec.views.empty();
  const Catalog taken = without_omitted(source, spec, mapping.warnings);
  const std::vector<const Table*> selected = select_tables(taken, spec);
  check_overrides(selected, spec);
  check_conditions(selected, spec);
  check_transforms(selected, spec);
  const TargetNames names(selected, spec);

  std::vector<DecidedTable> decided;
  for (const Table* table : selected) decided.push_back(decide_table(*table, spec));

  mapping.from = spec.from;
  mapping.to = spec.to;
  for (const std::string& note : source.notes) mapping.warnings.push_back(spec.from + ": " + note);
  for (const std::string& view : spec.views) mapping.warnings.push_back(spec.from + ": view " + view + " is copied as a table of the rows that it shows now");
  unify_foreign_keys(decided, mapping.warnings);
  for (const DecidedTable& table : decided) warn_of_types(table, mapping.warnings);
  mapping.target = build_target(decided, spec, target_schema, mapping.warnings);
  names.apply(mapping.target, mapping.warnings);
  add_columns(decided, spec, mapping.target);
  const Ddl answer = ask(mapping.target);
  for (size_t i = 0; i < decided.size(); ++i) {
    mapping.tables.push_back(map_table(decided[i], mapping.target.tables[i], spec, names));
    map_transforms(spec, source, mapping.tables.back());
    bind_table(mapping.tables.back(), answer, mapping.warnings);
  }
  mapping.warnings.insert(mapping.warnings.end(), answer.warnings.begin(), answer.warnings.end());
  return mapping;
}

}  // namespace sluice::catalog
