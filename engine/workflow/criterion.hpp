#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "workflow/metric.hpp"
#include "workflow/words.hpp"

namespace sluice::workflow {

enum class Measurement { pass = 1, fail, no_data, error };
const char* to_text(Measurement measurement);

/// One comparison of a criterion as evaluated, for the report.
struct Comparison {
  std::string text;    ///< as written
  std::string left;    ///< "proof.discrepancy[orders] = 0.2%"
  std::string right;   ///< "0.1%"
  Measurement result = Measurement::error;
};

struct CriterionResult {
  Measurement result = Measurement::error;
  std::vector<Comparison> comparisons;
  std::string message;  ///< why there is no data, or what went wrong
};

/// What a metric name in a criterion refers to: the declaration, and the full key "PHASE.STEP.metric".
struct MetricRef {
  const MetricSpec* spec = nullptr;
  std::string key;
};
/// Resolves "STEP.metric" or "PHASE.STEP.metric" from the gate's place; nullopt for unknown names, with the known names in
/// `nearest_known` for the message.
using ResolveMetric = std::function<std::optional<MetricRef>(const std::string& name, std::vector<std::string>& known)>;

/// A criterion such as "proof.discrepancy < 0.1% and total(proof.missing) == 0": comparisons, and or not, + - * /,
/// parentheses, numbers with units (% pp x ms s m h d KB MB GB KiB MiB GiB /s rows/s rows), functions worst(m) and total(m),
/// m[table]. Grammar in GATES. Immutable.
class Criterion {
 public:
  /// Parses and lints. Throws Error(invalid_argument) whose message shows the text with a caret under the fault: syntax, empty
  /// criterion, unknown metric (with the nearest), unit mismatch, [table] on a metric that has none.
  Criterion(const std::string& text, const ResolveMetric& resolve);
  ~Criterion();
  Criterion(Criterion&&) noexcept;

  /// Keys of the metrics that it reads, sorted.
  std::vector<std::string> metrics() const;

  /// Exact metrics against exact numbers are compared as integers. Nothing measured is never a pass.
  CriterionResult evaluate(const Metrics& metrics) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::workflow
