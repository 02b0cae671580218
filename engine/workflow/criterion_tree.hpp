#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "workflow/criterion.hpp"
#include "workflow/criterion_units.hpp"

namespace sluice::workflow {

enum class Operator {
  none,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  unequal,
  plus,
  minus,
  times,
  divide,
  both,
  either,
  negate
};

/// Which of a metric's values counts.
enum class Selection { whole = 1, worst, total, table };

/// A parsed and checked criterion: a tree of values.
struct Expression {
  enum class Kind { literal = 1, metric, arithmetic, comparison, logic } kind = Kind::literal;
  Operator op = Operator::none;
  size_t begin = 0;  ///< bytes in the criterion's text
  size_t end = 0;
  Dimension dimension;  ///< of numbers
  Rational literal;     ///< in seconds, bytes, rows or parts of one
  MetricRef metric;
  Selection selection = Selection::whole;
  std::string table;
  std::unique_ptr<Expression> left;
  std::unique_ptr<Expression> right;

  bool is_boolean() const { return kind == Kind::comparison || kind == Kind::logic; }
  bool is_zero() const { return kind == Kind::literal && literal.is_zero(); }
};

/// Parses and checks. Throws Error(invalid_argument) with a caret.
std::unique_ptr<Expression> parse_criterion(const std::string& text, const ResolveMetric& resolve);

}  // namespace sluice::workflow
