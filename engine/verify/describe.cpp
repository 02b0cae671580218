#include "verify/describe.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "arrow/text.hpp"

namespace sluice::verify {

namespace {

using arrow::RowHash;

constexpr size_t kShownBytes = 300;
constexpr size_t kShownRowBytes = 1000;

std::string shortened(std::string text, size_t most) {
  if (text.size() <= most) return text;
  const std::string size = std::to_string(text.size());
  size_t cut = most;
  // Not within a character.
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0u) == 0x80u) --cut;
  text.resize(cut);
  return text + "... (" + size + " bytes)";
}

struct Cell {
  std::string text;
  RowHash hash;
};

/// Rows are named by key and row hash: one key may have several.
using RowName = std::pair<RowHash, RowHash>;
using FoundRows = std::map<RowName, std::vector<Cell>>;

std::string cell_text(const arrow::ColumnView& column, int64_t row) {
  return column.is_null(row) ? "NULL" : arrow::value_to_text(column, row);
}

/// The wanted rows of one side.
FoundRows find_rows(const TableSide& side, const store::Range& range, const CheckCancelled& check,
                    const std::set<RowName>& wanted) {
  FoundRows found;
  if (wanted.empty()) return found;
  RowKeys keys(side.table);
  const std::vector<arrow::Field> fields = copy::compare_fields(side.table);
  arrow::RowHasher hasher(fields);
  scan_side(side, range, check, [&](const ArrowArray& batch) {
    const std::vector<KeyedRow>& rows = keys.compute(batch);
    std::vector<int64_t> hits;
    for (size_t i = 0; i < rows.size(); ++i) {
      const RowName name{rows[i].key, rows[i].row};
      if (wanted.count(name) > 0 && found.try_emplace(name).second) hits.push_back(static_cast<int64_t>(i));
    }
    if (hits.empty()) return;
    const auto views = arrow::view_batch(fields, batch);
    std::vector<RowHash> hashes;
    for (size_t column = 0; column < views.size(); ++column) {
      hasher.hash_columns(batch, {column}, hashes);
      for (const int64_t row : hits) {
        const KeyedRow& each = rows[static_cast<size_t>(row)];
        found[{each.key, each.row}].push_back({cell_text(views[column], row), hashes[static_cast<size_t>(row)]});
      }
    }
  });
  return found;
}

bool is_on_source(const Finding& finding) {
  return finding.kind == DifferenceKind::missing || finding.kind == DifferenceKind::changed;
}
bool is_on_target(const Finding& finding) { return finding.kind != DifferenceKind::missing; }

/// "id=7", or without a key "(a=1, b=x)", the whole row.
std::string row_text(const catalog::TableMapping& table, const std::vector<size_t>& key,
                     const std::vector<Cell>& cells) {
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool is_shown = key.empty() || std::find(key.begin(), key.end(), i) != key.end();
    if (!is_shown) continue;
    if (!text.empty()) text += ", ";
    text += table.columns[i].target + "=" + shortened(cells[i].text, kShownBytes);
  }
  return key.empty() ? "(" + shortened(text, kShownRowBytes) + ")" : text;
}

std::vector<CellDifference> differing_cells(const catalog::TableMapping& table, const std::vector<Cell>& source,
                                            const std::vector<Cell>& target) {
  std::vector<CellDifference> cells;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i].hash == target[i].hash) continue;
    cells.push_back(
        {table.columns[i].target, shortened(source[i].text, kShownBytes), shortened(target[i].text, kShownBytes)});
  }
  return cells;
}

const std::vector<Cell>* look_up(const FoundRows& found, const RowName& name) {
  const auto at = found.find(name);
  return at == found.end() ? nullptr : &at->second;
}

RowDifference describe(const catalog::TableMapping& table, const std::vector<size_t>& key, const Finding& finding,
                       const FoundRows& of_source, const FoundRows& of_target) {
  RowDifference row;
  row.kind = finding.kind;
  row.times = finding.times;
  const auto* source = is_on_source(finding) ? look_up(of_source, {finding.key, finding.source_row}) : nullptr;
  const auto* target = is_on_target(finding) ? look_up(of_target, {finding.key, finding.target_row}) : nullptr;
  const auto* shown = source != nullptr ? source : target;
  row.key = shown == nullptr ? "a row that changed while it was compared" : row_text(table, key, *shown);
  if (source != nullptr && target != nullptr) row.cells = differing_cells(table, *source, *target);
  return row;
}

}  // namespace

std::vector<RowDifference> describe_findings(const Comparison& comparison, const std::vector<Finding>& findings) {
  std::set<RowName> wanted_source;
  std::set<RowName> wanted_target;
  for (const Finding& finding : findings) {
    if (is_on_source(finding)) wanted_source.insert({finding.key, finding.source_row});
    if (is_on_target(finding)) wanted_target.insert({finding.key, finding.target_row});
  }
  FoundRows of_source;
  FoundRows of_target;
  run_both(
      comparison.check,
      [&](const CheckCancelled& check) {
        of_source = find_rows(comparison.source, comparison.source_range, check, wanted_source);
      },
      [&](const CheckCancelled& check) {
        of_target = find_rows(comparison.target, comparison.target_range, check, wanted_target);
      });
  const RowKeys keys(comparison.source.table);
  std::vector<RowDifference> rows;
  for (const Finding& finding : findings) {
    rows.push_back(describe(comparison.source.table, keys.key_columns(), finding, of_source, of_target));
  }
  return rows;
}

}  // namespace sluice::verify
