#include "steps/pace.hpp"

#include <algorithm>

#include "base/units.hpp"
#include "steps/fields.hpp"

namespace sluice::steps {
namespace {

constexpr int64_t kBatchRows = 8192;

void take(Throttle* throttle, int64_t amount, const CancelToken& cancel) {
  if (throttle != nullptr && amount > 0) throttle->take(amount, [&] { cancel.check(); });
}

}  // namespace

RateLimits rate_limits(const plan::PlannedNode& node) {
  return {integer_field(node, "max_rate", 0), size_from_text(text_field(node, "max_bandwidth", "0")).value_or(0)};
}

void plan_rates(plan::PlannedNode& node) {
  const RateLimits limits = rate_limits(node);
  if (limits.rows > 0) node.effects.push_back("at most " + count_to_text(limits.rows) + " rows/s");
  if (limits.bytes > 0) node.effects.push_back("at most " + size_to_text(limits.bytes) + "/s");
}

int64_t batch_rows(const RateLimits& limits) {
  return limits.rows == 0 ? kBatchRows : std::clamp<int64_t>(limits.rows / 10, 1, kBatchRows);
}

int64_t batch_bytes(const RateLimits& limits) { return limits.bytes == 0 ? 0 : std::max<int64_t>(1, limits.bytes / 10); }

Pace::Pace(StepContext& context) : context_(context) {
  const RateLimits limits = rate_limits(context.node);
  row_throttle_ = context.run.throttle(context.node.path + "#rows", limits.rows);
  byte_throttle_ = context.run.throttle(context.node.path + "#bytes", limits.bytes);
}

void Pace::show(int64_t rows, int64_t bytes) {
  context_.cancel.check();
  // A chunk that is copied again begins at 0: what was read once more counts once more.
  take(row_throttle_, rows >= rows_ ? rows - rows_ : rows, context_.cancel);
  take(byte_throttle_, bytes >= bytes_ ? bytes - bytes_ : bytes, context_.cancel);
  context_.run.rows_in_flight += rows - rows_;
  rows_ = rows;
  bytes_ = bytes;
}

}  // namespace sluice::steps
