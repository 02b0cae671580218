#pragma once

#include <cstdint>

#include "steps/action.hpp"

/// The fields max_rate and max_bandwidth of copy.tables: how fast the source may be read, over all workers of the step.
namespace sluice::steps {

/// A second; 0: as fast as it goes.
struct RateLimits {
  int64_t rows = 0;
  int64_t bytes = 0;
};
RateLimits rate_limits(const plan::PlannedNode& node);
void plan_rates(plan::PlannedNode& node);

/// Batches small enough that a throttled step goes on several times a second.
int64_t batch_rows(const RateLimits& limits);
/// 0: the copy's own choice.
int64_t batch_bytes(const RateLimits& limits);

/// One chunk's progress: waits where the step is too fast, and counts the rows in flight, which are none when it is destroyed.
class Pace {
 public:
  explicit Pace(StepContext& context);
  ~Pace() { context_.run.rows_in_flight -= rows_; }
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

  /// What was handed over so far. Throws Error(cancelled).
  void show(int64_t rows, int64_t bytes);

 private:
  StepContext& context_;
  Throttle* row_throttle_;
  Throttle* byte_throttle_;
  int64_t rows_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace sluice::steps
