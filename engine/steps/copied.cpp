#include "steps/copied.hpp"

namespace sluice::steps {

store::WorkResult copied(StepContext& context, const std::string& table) {
  store::WorkResult sum;
  for (const auto& row : context.session(context.mapping().to).ledger_read(context.run.run())) {
    if (row.key.table != table || row.key.chunk < 0) continue;
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
