#include "steps/copied.hpp"

#include <algorithm>
#include <map>

#include "arrow/fingerprint.hpp"

namespace sluice::steps {
namespace {

std::vector<std::string> functions_of(const catalog::TableMapping& table) {
  std::vector<std::string> functions = {table.filter.digest, table.row.digest};
  for (const auto& column : table.columns) functions.push_back(column.transform ? column.target + " " + column.transform.digest : "");
  return functions;
}

bool is_same_rows(const catalog::TableMapping& a, const catalog::TableMapping& b) {
  return a.source_schema == b.source_schema && a.source_table == b.source_table && a.where == b.where && functions_of(a) == functions_of(b);
}

/// Whether a copying step takes the same rows as the asking step's map does.
bool is_own(const StepContext& context, const std::string& node, const catalog::TableMapping& table) {
  const plan::Plan& plan = context.run.plan();
  const auto found = std::ranges::find(plan.nodes, node, &plan::PlannedNode::path);
  if (found == plan.nodes.end() || found->map < 0) return true;
  const catalog::Mapping& mapping = plan.mappings.at(static_cast<size_t>(found->map));
  const catalog::TableMapping* other = mapping.find_target(table.target_table);
  return other == nullptr || (mapping.from == context.mapping().from && is_same_rows(*other, table));
}

}  // namespace

std::vector<store::LedgerRow> copied_chunks(StepContext& context, const catalog::TableMapping& table, Origin origin) {
  std::vector<store::LedgerRow> rows = context.session(context.mapping().to).ledger_read(context.run.run());
  std::map<std::string, uint32_t> newest;
  for (const auto& row : rows) newest[row.key.node] = std::max(newest[row.key.node], row.key.generation);
  std::map<std::string, bool> is_meant;
  for (const auto& [node, generation] : newest) {
    is_meant[node] = origin == Origin::all || is_own(context, node, table) == (origin == Origin::own);
  }
  std::erase_if(rows, [&](const store::LedgerRow& row) {
    return row.key.table != table.target_table || row.key.chunk < 0 || row.key.generation != newest[row.key.node] || !is_meant[row.key.node];
  });
  return rows;
}

store::WorkResult copied(StepContext& context, const catalog::TableMapping& table, Origin origin) {
  store::WorkResult sum;
  for (const auto& row : copied_chunks(context, table, origin)) {
    sum.read += row.result.read;
    sum.kept += row.result.kept;
    sum.filtered += row.result.filtered;
    sum.rejected += row.result.rejected;
    sum.emitted += row.result.emitted;
    sum.written += row.result.written;
    sum.already_there += row.result.already_there;
    sum.refused += row.result.refused;
  }
  return sum;
}

std::optional<sluice_fingerprint> copied_fingerprint(StepContext& context, const catalog::TableMapping& table, Origin origin) {
  std::optional<sluice_fingerprint> sum;
  for (const auto& row : copied_chunks(context, table, origin)) {
    if (row.result.read == 0 && row.result.written == 0 && row.result.bounds.empty()) continue;
    if (row.result.f_out.count != static_cast<uint64_t>(arrived(row.result))) return std::nullopt;
    if (!sum) sum.emplace();
    arrow::merge(*sum, row.result.f_out);
  }
  return sum;
}

}  // namespace sluice::steps
