#include "key_range.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::json {

namespace {

using Bound = std::vector<sdk::KeyValue>;

bool is_local(const Bound& bound) { return bound.size() == 1 && bound[0].type == SLUICE_KEY_LOCAL; }

/// Where the keys ascend from record to record, the marks tell between which of them the range lies.
PositionRange narrowed(const Table& table, const KeyRange& range) {
  PositionRange positions;
  const bool is_marked = range.column->node == table.mark_key_node && range.column->up == 0 && !table.mark_keys.empty();
  if (!is_marked) return positions;
  const auto mark_at = [&](auto found) { return table.marks[static_cast<size_t>(found - table.mark_keys.begin())]; };
  const auto behind_lower = std::upper_bound(table.mark_keys.begin(), table.mark_keys.end(), range.lower);
  if (behind_lower != table.mark_keys.begin()) positions.lower = mark_at(behind_lower - 1);
  if (!range.upper) return positions;
  const auto at_upper = std::lower_bound(table.mark_keys.begin(), table.mark_keys.end(), *range.upper);
  if (at_upper != table.mark_keys.end()) positions.upper = mark_at(at_upper);
  return positions;
}

}  // namespace

const Column& find_column(const Table& table, const std::string& name) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) {
    if (column.name == name) return column;
    names.push_back(column.name);
  }
  throw Error(Code::not_found, table.name + ": there is no column " + name, did_you_mean(name, names));
}

std::optional<KeyRange> key_range_of(const Table& table, const sdk::ReadSpec& spec) {
  KeyRange range;
  for (const Bound* bound : {&spec.lower, &spec.upper}) {
    if (bound->empty() || is_local(*bound)) continue;
    if (bound->size() != 1 || (*bound)[0].type != SLUICE_KEY_INTEGER || spec.key.size() != 1) {
      throw Error(Code::unsupported, "read of " + spec.table +
                                         ": JSON files are read by positions of records or by ranges of one integer");
    }
    range.column = &find_column(table, spec.key[0]);
    (bound == &spec.lower ? range.lower : range.upper.emplace()) = (*bound)[0].integer;
  }
  return range.column == nullptr ? std::nullopt : std::optional(range);
}

PositionRange positions_of(const Table& table, const sdk::ReadSpec& spec) {
  if (const auto range = key_range_of(table, spec)) return narrowed(table, *range);
  PositionRange positions;
  if (!spec.lower.empty()) positions.lower = spec.lower[0].integer;
  if (!spec.upper.empty()) positions.upper = spec.upper[0].integer;
  return positions;
}

}  // namespace sluice::json
