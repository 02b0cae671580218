#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workflow/rational.hpp"

namespace sluice::workflow {

/// What kind of number an expression is. Times and bytes are quantities with exponents; the others have none.
struct Dimension {
  enum class Kind { plain = 1, count, ratio, percent, quantity } kind = Kind::plain;
  int time = 0;
  int bytes = 0;

  bool is_dimensionless() const { return time == 0 && bytes == 0; }
  friend bool operator==(const Dimension&, const Dimension&) = default;
};

/// "a percentage", "a count", "a time", "bytes/s": for messages.
std::string describe(const Dimension& dimension);

/// A unit as written behind a number: what one of it is, in seconds, bytes, rows or parts of one.
struct Unit {
  Dimension dimension;
  Rational factor;
};

std::optional<Unit> find_unit(const std::string& name);
const std::vector<std::string>& unit_names();

/// The unit that a metric is measured in. A metric in % holds the ratio itself, so its factor is 1.
Unit unit_of_metric(const std::string& name);

/// Result of comparing, adding or subtracting; nullopt where the two don't go together.
std::optional<Dimension> combine_sum(const Dimension& a, const Dimension& b);
Dimension combine_product(const Dimension& a, const Dimension& b);
Dimension combine_quotient(const Dimension& a, const Dimension& b);

}  // namespace sluice::workflow
