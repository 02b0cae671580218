#include "copy/cast_chain.hpp"

#include <optional>
#include <utility>

#include "copy/convert_named.hpp"

namespace sluice::copy {

CastChain::CastChain(const catalog::ColumnMapping& column, Side side) {
  const bool is_source = side == Side::source;
  arrow::Type type = is_source ? column.source_carrier : column.target_carrier;
  if (is_source) {
    for (const catalog::CastStep& step : column.chain) {
      add(find_step_function(step, type), step, column);
      type = step.to;
    }
  }
  const catalog::Cast last = is_source ? column.source_cast : column.target_cast;
  add(find_cast_function(last, type, column.compare), {.call = {}, .to = column.compare}, column);
}

void CastChain::add(CastFunction function, const catalog::CastStep& step, const catalog::ColumnMapping& column) {
  if (function == nullptr) return;
  arrow::ColumnBuilder builder({.name = column.target, .type = step.to, .nullable = column.nullable});
  stages_.push_back({function, step, std::move(builder)});
}

void CastChain::run(const RowPlace& place, const std::string& name, const arrow::ColumnView& in, ArrowArray* out) {
  arrow::Array between;
  const arrow::ColumnView* from = &in;
  std::optional<arrow::ColumnView> view;
  for (size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    stage.function({place, name, *from, stage.builder, &stage.step});
    if (i + 1 == stages_.size()) return stage.builder.finish(out);
    const arrow::Type type = stage.step.to;
    stage.builder.finish(between.receive());
    view.emplace(type, *between);
    from = &*view;
  }
}

}  // namespace sluice::copy
