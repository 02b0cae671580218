#include "copy/halve.hpp"

#include "copy/rejects.hpp"

namespace sluice::copy {

void halve(Span span, const std::function<void(Span)>& work, const std::function<void(int64_t row, const Error&)>& blame) {
  if (span.rows == 0) return;
  try {
    return work(span);
  } catch (const Error& error) {
    if (!is_fault_of_rows(error)) throw;
    if (span.rows == 1) return blame(span.first, error);
  }
  halve(span.lower(), work, blame);
  halve(span.upper(), work, blame);
}

}  // namespace sluice::copy
