#include "steps/copied.hpp"

#include <algorithm>
#include <map>

namespace sluice::steps {

std::vector<store::LedgerRow> copied_chunks(StepContext& context, const std::string& table) {
  std::vector<store::LedgerRow> rows = context.session(context.mapping().to).ledger_read(context.run.run());
  std::map<std::string, uint32_t> newest;
  for (const auto& row : rows) newest[row.key.node] = std::max(newest[row.key.node], row.key.generation);
  std::erase_if(rows, [&](const store::LedgerRow& row) {
    return row.key.table != table || row.key.chunk < 0 || row.key.generation != newest[row.key.node];
  });
  return rows;
}

store::WorkResult copied(StepContext& context, const std::string& table) {
  store::WorkResult sum;
  for (const auto& row : copied_chunks(context, table)) {
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

}  // namespace sluice::steps
