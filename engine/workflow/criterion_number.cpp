#include "workflow/criterion_number.hpp"

#include <cmath>
#include <compare>
#include <limits>
#include <utility>
#include <vector>

#include "base/nearest.hpp"

namespace sluice::workflow {
namespace {

Number to_number(const MetricValue& value, const Unit& unit) {
  if (!value.is_exact) return Number::of(value.number * unit.factor.as_double());
  const auto scaled = Rational::make(value.numerator, value.denominator).times(unit.factor);
  return scaled ? Number::of(*scaled) : Number::fault("the value is too large to compare exactly");
}

std::partial_ordering compare(const Number& left, const Number& right) {
  if (left.is_exact && right.is_exact) return left.exact <=> right.exact;
  return left.as_double() <=> right.as_double();
}

Reading no_data(const std::string& written, const std::string& why) {
  return {Number::missing(written + " has no data: " + why), written + " = no data"};
}

/// Reads one value that is there.
Reading read_value(const MetricValue& value, const Expression& metric, const std::string& written) {
  const std::string& unit = metric.metric.spec->unit;
  return {to_number(value, unit_of_metric(unit)), written + " = " + to_text(value, unit)};
}

Reading read_single(const MetricValue& value, const Expression& metric, const std::string& written) {
  if (value.has_data()) return read_value(value, metric, written);
  return no_data(written, value.is_exact ? "it is a ratio over 0" : "it was not measured");
}

Reading read_table(const Metric& values, const Expression& metric, const std::string& written) {
  const auto found = values.tables.find(metric.table);
  if (found != values.tables.end()) return read_single(found->second, metric, written);
  std::vector<std::string> tables;
  for (const auto& [table, value] : values.tables) tables.push_back(table);
  const std::string near = nearest(metric.table, tables);
  return {Number::fault(written + ": no table of that name was measured" +
                        (near.empty() ? "" : "; did you mean " + near + "?")),
          written + " = error"};
}

/// An empty table has nothing to be complete about (a ratio over 0), so it is passed over; a value that was not
/// measured is not.
Reading read_worst(const Metric& values, const Expression& metric, const std::string& written) {
  const bool higher_is_worse = metric.metric.spec->higher_is_worse;
  const MetricValue* worst = nullptr;
  std::string worst_table;
  Number worst_number;
  for (const auto& [table, value] : values.tables) {
    if (!value.has_data() && !value.is_exact) return no_data(written + "[" + table + "]", "it was not measured");
    if (!value.has_data()) continue;
    Number number = to_number(value, unit_of_metric(metric.metric.spec->unit));
    const bool is_worse =
        !worst || (higher_is_worse ? compare(number, worst_number) > 0 : compare(number, worst_number) < 0);
    if (!is_worse) continue;
    worst = &value;
    worst_table = table;
    worst_number = std::move(number);
  }
  if (worst) return read_value(*worst, metric, written + "[" + worst_table + "]");
  return no_data(written, values.tables.empty() ? "no table was measured" : "every table is empty");
}

/// Counts add up; ratios are pooled: the sum of their parts over the sum of their wholes.
Reading read_total(const Metric& values, const Expression& metric, const std::string& written) {
  if (values.tables.empty()) return no_data(written, "no table was measured");
  const bool is_ratio = metric.metric.spec->unit == "%";
  Rational parts, wholes;
  double sum = 0;
  bool is_exact = true;
  for (const auto& [table, value] : values.tables) {
    is_exact = is_exact && value.is_exact;
    if (!value.has_data() && !(is_exact && is_ratio))
      return no_data(written + "[" + table + "]", "it was not measured");
    sum += value.as_double();
    const Int128 denominator = is_ratio ? 1 : value.denominator;
    const auto more = parts.plus(Rational::make(value.numerator, denominator));
    if (!more) return {Number::fault(written + " is too large to add up exactly"), written + " = error"};
    parts = *more;
    wholes = wholes.plus(Rational::make(value.denominator, 1)).value_or(wholes);
  }
  if (is_exact && is_ratio && wholes.is_zero()) return no_data(written, "every table is empty");
  const Unit unit = unit_of_metric(metric.metric.spec->unit);
  const auto scaled = is_ratio ? parts.divided_by(wholes) : parts.times(unit.factor);
  if (is_exact && !scaled) return {Number::fault(written + " is too large to add up exactly"), written + " = error"};
  const Number number = is_exact ? Number::of(*scaled) : Number::of(sum * unit.factor.as_double());
  return {number, written + " = " + number_to_text(number, metric.dimension)};
}

/// A metric value with the same number, where it fits.
MetricValue to_value(const Number& number) {
  constexpr Int128 kMost = std::numeric_limits<int64_t>::max();
  const bool fits =
      number.exact.numerator() <= kMost && number.exact.numerator() >= -kMost && number.exact.denominator() <= kMost;
  if (!number.is_exact || !fits) return {.is_exact = false, .number = number.as_double()};
  return {.numerator = static_cast<int64_t>(number.exact.numerator()),
          .denominator = static_cast<int64_t>(number.exact.denominator())};
}

std::string unit_for(const Dimension& dimension) {
  if (dimension.kind == Dimension::Kind::percent) return "%";
  if (dimension.time == 1 && dimension.bytes == 0) return "s";
  if (dimension.time == 0 && dimension.bytes == 1) return "bytes";
  if (dimension.time == -1) return dimension.bytes == 0 ? "/s" : "bytes/s";
  return "";
}

Number calculate_exactly(Operator op, const Rational& left, const Rational& right) {
  std::optional<Rational> result;
  switch (op) {
    case Operator::plus: result = left.plus(right); break;
    case Operator::minus: result = left.minus(right); break;
    case Operator::times: result = left.times(right); break;
    default: result = left.divided_by(right); break;
  }
  return result ? Number::of(*result) : Number::fault("the numbers are too large to calculate with exactly");
}

double calculate_in_floats(Operator op, double left, double right) {
  switch (op) {
    case Operator::plus: return left + right;
    case Operator::minus: return left - right;
    case Operator::times: return left * right;
    default: return left / right;
  }
}

}  // namespace

Number Number::of(const Rational& exact) { return {.exact = exact}; }
Number Number::of(double inexact) {
  if (std::isnan(inexact)) return missing("the calculation has no result");
  return {.is_exact = false, .inexact = inexact};
}
Number Number::missing(std::string message) { return {.state = Measurement::no_data, .message = std::move(message)}; }
Number Number::fault(std::string message) { return {.state = Measurement::error, .message = std::move(message)}; }

Reading read_metric(const Expression& metric, const std::string& written, const Metrics& metrics) {
  const auto found = metrics.find(metric.metric.key);
  if (found == metrics.end()) return no_data(written, "nothing was measured");
  const Metric& values = found->second;
  if (metric.selection == Selection::table) return read_table(values, metric, written);
  if (metric.selection == Selection::worst) return read_worst(values, metric, written);
  if (metric.selection == Selection::total) return read_total(values, metric, written);
  return values.value ? read_single(*values.value, metric, written) : no_data(written, "nothing was measured");
}

Number calculate(Operator op, const Number& left, const Number& right) {
  for (const Number* side : {&left, &right}) {
    if (side->state == Measurement::error) return *side;
  }
  for (const Number* side : {&left, &right}) {
    if (!side->is_there()) return *side;
  }
  const bool divides_by_zero = op == Operator::divide && right.as_double() == 0;
  if (divides_by_zero) return Number::missing("there is a division by zero");
  if (left.is_exact && right.is_exact) return calculate_exactly(op, left.exact, right.exact);
  return Number::of(calculate_in_floats(op, left.as_double(), right.as_double()));
}

bool holds(Operator op, const Number& left, const Number& right) {
  const std::partial_ordering order = compare(left, right);
  switch (op) {
    case Operator::less: return order < 0;
    case Operator::less_equal: return order <= 0;
    case Operator::greater: return order > 0;
    case Operator::greater_equal: return order >= 0;
    case Operator::equal: return order == 0;
    default: return order != 0;
  }
}

std::string number_to_text(const Number& number, const Dimension& dimension) {
  if (number.state == Measurement::error) return "error";
  if (!number.is_there()) return "no data";
  return to_text(to_value(number), unit_for(dimension));
}

}  // namespace sluice::workflow
