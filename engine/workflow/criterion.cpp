#include "workflow/criterion.hpp"

#include <set>
#include <utility>

#include "workflow/criterion_number.hpp"
#include "workflow/criterion_tree.hpp"

namespace sluice::workflow {
namespace {

/// pass, fail and the rest by Kleene: what was not measured decides nothing, but need not matter.
Measurement combine(Operator op, Measurement left, Measurement right) {
  const Measurement decisive = op == Operator::both ? Measurement::fail : Measurement::pass;
  for (const Measurement wanted : {decisive, Measurement::error, Measurement::no_data}) {
    if (left == wanted || right == wanted) return wanted;
  }
  return left;
}

Measurement negate(Measurement inner) {
  if (inner == Measurement::pass) return Measurement::fail;
  return inner == Measurement::fail ? Measurement::pass : inner;
}

class Evaluation {
 public:
  Evaluation(const std::string& text, const Metrics& metrics) : text_(text), metrics_(metrics) {}

  CriterionResult run(const Expression& tree) {
    const Measurement outcome = decide(tree);
    result_.result = outcome;
    return std::move(result_);
  }

 private:
  std::string written(const Expression& tree) const { return text_.substr(tree.begin, tree.end - tree.begin); }

  Measurement decide(const Expression& tree) {
    if (tree.kind == Expression::Kind::comparison) return compare(tree);
    if (tree.op == Operator::negate) return negate(decide(*tree.left));
    const Measurement left = decide(*tree.left);
    const Measurement right = decide(*tree.right);
    return combine(tree.op, left, right);
  }

  Measurement compare(const Expression& tree) {
    const Reading left = read_side(*tree.left);
    const Reading right = read_side(*tree.right);
    const Measurement outcome = judge(tree.op, left.number, right.number);
    result_.comparisons.push_back({written(tree), left.text, right.text, outcome});
    return outcome;
  }

  Measurement judge(Operator op, const Number& left, const Number& right) {
    for (const Number* side : {&left, &right}) {
      if (!side->is_there()) add_message(side->message);
    }
    if (left.state == Measurement::error || right.state == Measurement::error) return Measurement::error;
    if (!left.is_there() || !right.is_there()) return Measurement::no_data;
    return holds(op, left, right) ? Measurement::pass : Measurement::fail;
  }

  Reading read_side(const Expression& tree) const {
    if (tree.kind == Expression::Kind::literal) return {Number::of(tree.literal), written(tree)};
    if (tree.kind == Expression::Kind::metric) return read_metric(tree, written(tree), metrics_);
    const Number number = evaluate(tree);
    return {number, written(tree) + " = " + number_to_text(number, tree.dimension)};
  }

  Number evaluate(const Expression& tree) const {
    if (tree.kind == Expression::Kind::literal) return Number::of(tree.literal);
    if (tree.kind == Expression::Kind::metric) return read_metric(tree, written(tree), metrics_).number;
    if (tree.op == Operator::negate) return calculate(Operator::minus, Number::of(Rational()), evaluate(*tree.left));
    return calculate(tree.op, evaluate(*tree.left), evaluate(*tree.right));
  }

  void add_message(const std::string& message) {
    if (!result_.message.empty()) result_.message += "; ";
    result_.message += message;
  }

  const std::string& text_;
  const Metrics& metrics_;
  CriterionResult result_;
};

void collect_metrics(const Expression& tree, std::set<std::string>& keys) {
  if (tree.kind == Expression::Kind::metric) keys.insert(tree.metric.key);
  for (const Expression* side : {tree.left.get(), tree.right.get()}) {
    if (side != nullptr) collect_metrics(*side, keys);
  }
}

}  // namespace

struct Criterion::Impl {
  std::string text;
  std::unique_ptr<Expression> tree;
};

const char* to_text(Measurement measurement) {
  switch (measurement) {
    case Measurement::pass: return "PASS";
    case Measurement::fail: return "FAIL";
    case Measurement::no_data: return "NO_DATA";
    case Measurement::error: return "ERROR";
  }
  return "ERROR";
}

Criterion::Criterion(const std::string& text, const ResolveMetric& resolve)
    : impl_(std::make_unique<Impl>(Impl{text, parse_criterion(text, resolve)})) {}
Criterion::~Criterion() = default;
Criterion::Criterion(Criterion&&) noexcept = default;

std::vector<std::string> Criterion::metrics() const {
  std::set<std::string> keys;
  collect_metrics(*impl_->tree, keys);
  return {keys.begin(), keys.end()};
}

CriterionResult Criterion::evaluate(const Metrics& metrics) const {
  return Evaluation(impl_->text, metrics).run(*impl_->tree);
}

}  // namespace sluice::workflow
