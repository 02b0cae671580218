#include <algorithm>
#include <cmath>

#include "run/scheduler.hpp"

namespace sluice::run {

std::chrono::milliseconds backoff(const workflow::Retry& retry, int attempt, std::mt19937_64& random) {
  const double grown = static_cast<double>(retry.wait.count()) * std::pow(2.0, std::min(attempt, 40) - 1);
  const auto ceiling = static_cast<int64_t>(std::min(grown, static_cast<double>(retry.cap.count())));
  std::uniform_int_distribution<int64_t> jitter(1, std::max<int64_t>(1, ceiling));
  return std::chrono::milliseconds(jitter(random));
}

bool is_retryable(const Error& error) {
  // SL...: our own refusals (stale fence, taken journal, changed source), which no repetition mends.
  if (error.sqlstate().rfind("SL", 0) == 0) return false;
  switch (error.code()) {
    case Code::unavailable:
    case Code::conflict:
    case Code::timeout:
    case Code::in_doubt: return true;
    default: return false;
  }
}

}  // namespace sluice::run
