#include "catalog/decide_transforms.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "catalog/mapping.hpp"

namespace sluice::catalog {

namespace {

const TableBlock* find_block(const MapSpec& spec, const std::string& table) {
  const auto found = std::ranges::find(spec.transforms.blocks, table, &TableBlock::table);
  return found == spec.transforms.blocks.end() ? nullptr : &*found;
}

/// Higher wins.
std::pair<bool, std::pair<bool, size_t>> weight(const ColumnTransform& transform) {
  const bool is_plain = transform.pattern.find_first_of("*?") == std::string::npos;
  return {transform.is_exact, {is_plain, transform.pattern.size()}};
}

bool means(const ColumnTransform& transform, const std::string& name) {
  return transform.is_exact ? transform.pattern == name : matches_glob(transform.pattern, name);
}

[[noreturn]] void refuse(const std::string& message, const std::string& name, const std::vector<std::string>& known,
                         const std::string& where) {
  throw Error(Code::invalid_argument, message, did_you_mean(name, known), where);
}

void check_block(const TableBlock& block, const std::vector<std::string>& names) {
  if (std::ranges::find(names, block.table) != names.end()) return;
  refuse("map: \"" + block.table + "\" is neither a field of the map nor a table that it takes", block.table, names,
         block.where);
}

Column make_column(const AddedColumn& added) {
  Column column;
  column.name = added.name;
  column.type = arrow::type_from_text(added.type);
  column.nullable = added.nullable;
  return column;
}

ColumnMapping map_added(const AddedColumn& added) {
  ColumnMapping column;
  column.target = added.name;
  column.compare = column.input = column.source_carrier = arrow::type_from_text(added.type);
  column.nullable = added.nullable;
  column.transform = added.value;
  return column;
}

ColumnMapping map_input(const Column& source) {
  const Decision decision = decide_type(source);
  ColumnMapping column;
  column.source = source.name;
  column.source_carrier = decision.carrier;
  column.compare = column.target_carrier = decision.compare;
  column.source_cast = decision.cast;
  column.source_native = source.native;
  return column;
}

void map_inputs(const TableBlock& block, const Table& source, TableMapping& table) {
  std::vector<std::string> known;
  for (const Column& column : source.columns) known.push_back(column.name);
  for (const std::string& name : block.reads) {
    const Column* column = source.find_column(name);
    if (column == nullptr)
      refuse("map: " + block.table + ".reads: there is no column \"" + name + "\"", name, known, block.where);
    if (std::ranges::find(table.columns, name, &ColumnMapping::source) != table.columns.end()) {
      throw Error(Code::invalid_argument, "map: " + block.table + ".reads: \"" + name + "\" is read already",
                  "name only columns that the map omits", block.where);
    }
    table.inputs.push_back(map_input(*column));
  }
}

}  // namespace

const ColumnTransform* find_transform(const MapSpec& spec, const std::string& table, const std::string& column) {
  const ColumnTransform* best = nullptr;
  for (const ColumnTransform& transform : spec.transforms.columns) {
    if (!means(transform, table + "." + column)) continue;
    if (best == nullptr || weight(transform) > weight(*best)) best = &transform;
  }
  return best;
}

void check_transforms(const std::vector<const Table*>& tables, const MapSpec& spec) {
  std::vector<std::string> names;
  std::vector<std::string> columns;
  for (const Table* table : tables) {
    names.push_back(table->name);
    for (const Column& column : table->columns) columns.push_back(table->name + "." + column.name);
  }
  for (const TableBlock& block : spec.transforms.blocks) check_block(block, names);
  for (const ColumnTransform& transform : spec.transforms.columns) {
    const bool matches = std::ranges::any_of(columns, [&](const std::string& name) { return means(transform, name); });
    if (!matches) {
      refuse("map: " + transform.value.id + " matches no column that the map takes", transform.pattern, columns,
             transform.value.where);
    }
  }
}

Decision decide_transformed(const Column& column, const std::optional<Type>& wanted, const ColumnTransform& transform) {
  Decision decision = decide_type(column);
  decision.transform = transform.value;
  if (!wanted) return decision;
  decision.input = decision.compare;
  decision.compare = *wanted;
  decision.is_override = true;
  decision.policy.clear();
  decision.warning.clear();
  return decision;
}

void add_columns(const std::vector<DecidedTable>& tables, const MapSpec& spec, Catalog& target) {
  for (size_t i = 0; i < tables.size(); ++i) {
    const TableBlock* block = find_block(spec, tables[i].table->name);
    if (block == nullptr) continue;
    Table& table = target.tables[i];
    for (const AddedColumn& added : block->added) {
      if (table.find_column(added.name) != nullptr) {
        throw Error(Code::invalid_argument,
                    "map: " + added.value.id + ": " + table.name + " has a column \"" + added.name + "\" already",
                    "give it another name, or put the function under columns to change the existing one",
                    added.value.where);
      }
      table.columns.push_back(make_column(added));
    }
  }
}

void map_transforms(const MapSpec& spec, const Catalog& source, TableMapping& table) {
  const TableBlock* block = find_block(spec, table.source_table);
  if (block == nullptr) return;
  table.filter = block->filter;
  table.row = block->row;
  for (const AddedColumn& added : block->added) table.columns.push_back(map_added(added));
  const auto whole = std::ranges::find(source.tables, table.source_table, &Table::name);
  map_inputs(*block, *whole, table);
}

}  // namespace sluice::catalog
