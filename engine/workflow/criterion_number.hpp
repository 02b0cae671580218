#pragma once

#include <string>

#include "workflow/criterion_tree.hpp"

namespace sluice::workflow {

/// A number while a criterion is evaluated, in seconds, bytes, rows or parts of one; or why there is none.
struct Number {
  Measurement state = Measurement::pass;  ///< pass: there is a number
  bool is_exact = true;
  Rational exact;
  double inexact = 0;
  std::string message;

  bool is_there() const { return state == Measurement::pass; }
  double as_double() const { return is_exact ? exact.as_double() : inexact; }

  static Number of(const Rational& exact);
  static Number of(double inexact);
  static Number missing(std::string message);
  static Number fault(std::string message);
};

/// A number with where it came from: "proof.discrepancy[orders] = 0.2%".
struct Reading {
  Number number;
  std::string text;
};

/// Takes the value that a metric expression selects.
Reading read_metric(const Expression& metric, const std::string& written, const Metrics& metrics);

Number calculate(Operator op, const Number& left, const Number& right);
bool holds(Operator op, const Number& left, const Number& right);

/// "0.2%", "1.5 s", "3".
std::string number_to_text(const Number& number, const Dimension& dimension);

}  // namespace sluice::workflow
