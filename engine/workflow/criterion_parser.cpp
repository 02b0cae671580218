#include <algorithm>
#include <map>
#include <utility>

#include "base/nearest.hpp"
#include "workflow/criterion_tokens.hpp"
#include "workflow/criterion_tree.hpp"

namespace sluice::workflow {
namespace {

using Tree = std::unique_ptr<Expression>;
using Kind = Expression::Kind;
using TokenKind = CriterionToken::Kind;

constexpr size_t kLongestCriterion = 4096;
constexpr int kDeepestNesting = 100;
constexpr size_t kMostDigits = 18;

const std::map<std::string, Operator>& comparison_operators() {
  static const std::map<std::string, Operator> operators = {
      {"<", Operator::less},   {"<=", Operator::less_equal}, {">", Operator::greater}, {">=", Operator::greater_equal},
      {"==", Operator::equal}, {"!=", Operator::unequal},    {"~=", Operator::unequal}};
  return operators;
}

class Parser {
 public:
  Parser(const std::string& text, const ResolveMetric& resolve)
      : text_(text), resolve_(resolve), tokens_(cut_criterion(text)) {}

  Tree parse() {
    if (now().kind == TokenKind::end)
      throw Error(Code::invalid_argument, "the criterion is empty; write for example proof.missing == 0");
    Tree tree = parse_either();
    refuse_rest();
    if (!tree->is_boolean())
      throw fail(*tree, "this is a number, a criterion is a comparison; write for example ... == 0");
    if (!reads_metric_) throw fail(*tree, "the criterion reads no metric, so it measures nothing");
    return tree;
  }

 private:
  const CriterionToken& now() const { return tokens_[at_]; }
  CriterionToken take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  template <typename Place>
  Error fail(const Place& place, const std::string& message) const {
    return criterion_error(text_, place.begin, place.end, message);
  }

  void refuse_rest() const {
    if (now().kind == TokenKind::end) return;
    if (now().is("for")) throw fail(now(), "\"for\" is not known here");
    if (comparison_operators().count(now().text) > 0) throw fail(now(), "comparisons don't chain; join them with and");
    throw fail(now(), "expected and, or, an operator or the end, found \"" +
                          text_.substr(now().begin, now().end - now().begin) + "\"");
  }

  void enter(int step) {
    depth_ += step;
    if (depth_ > kDeepestNesting) throw fail(now(), "the criterion nests too deep");
  }

  static Tree join(Kind kind, Operator op, Tree left, Tree right) {
    auto tree = std::make_unique<Expression>();
    tree->kind = kind;
    tree->op = op;
    tree->begin = left->begin;
    tree->end = right ? right->end : left->end;
    tree->left = std::move(left);
    tree->right = std::move(right);
    return tree;
  }

  Tree parse_either() {
    enter(1);
    Tree tree = parse_both();
    while (now().is("or")) {
      const CriterionToken word = take();
      Tree right = parse_both();
      tree = join_logic(Operator::either, word, std::move(tree), std::move(right));
    }
    enter(-1);
    return tree;
  }

  Tree parse_both() {
    Tree tree = parse_negation();
    while (now().is("and")) {
      const CriterionToken word = take();
      Tree right = parse_negation();
      tree = join_logic(Operator::both, word, std::move(tree), std::move(right));
    }
    return tree;
  }

  Tree join_logic(Operator op, const CriterionToken& word, Tree left, Tree right) {
    for (const Tree* side : {&left, &right}) {
      if (!(*side)->is_boolean()) throw fail(**side, "\"" + word.text + "\" joins comparisons, this is a number");
    }
    return join(Kind::logic, op, std::move(left), std::move(right));
  }

  Tree parse_negation() {
    if (!now().is("not")) return parse_comparison();
    const CriterionToken word = take();
    enter(1);
    Tree inner = parse_negation();
    enter(-1);
    if (!inner->is_boolean()) throw fail(*inner, "\"not\" stands before a comparison, this is a number");
    Tree tree = join(Kind::logic, Operator::negate, std::move(inner), nullptr);
    tree->begin = word.begin;
    return tree;
  }

  Tree parse_comparison() {
    Tree left = parse_sum();
    const auto found = comparison_operators().find(now().text);
    if (now().kind != TokenKind::symbol || found == comparison_operators().end()) return left;
    const CriterionToken symbol = take();
    Tree right = parse_sum();
    require_numbers(*left, *right);
    unite(*left, *right, symbol);
    return join(Kind::comparison, found->second, std::move(left), std::move(right));
  }

  void require_numbers(const Expression& left, const Expression& right) const {
    for (const Expression* side : {&left, &right}) {
      if (side->is_boolean()) throw fail(*side, "expected a number, found a comparison");
    }
  }

  /// The dimension that both sides share; 0 goes with everything.
  Dimension unite(const Expression& left, const Expression& right, const CriterionToken& symbol) const {
    if (left.is_zero() && left.dimension.kind == Dimension::Kind::plain) return right.dimension;
    if (right.is_zero() && right.dimension.kind == Dimension::Kind::plain) return left.dimension;
    if (const auto shared = combine_sum(left.dimension, right.dimension)) return *shared;
    const bool lacks_unit =
        left.dimension.kind == Dimension::Kind::plain || right.dimension.kind == Dimension::Kind::plain;
    throw fail(Expression{.begin = left.begin, .end = right.end},
               "units don't match: " + describe(left.dimension) + " " + symbol.text + " " + describe(right.dimension) +
                   (lacks_unit ? "; write the number's unit, such as 0.1%, 80ms, 64MiB, 100rows/s" : ""));
  }

  Tree parse_sum() {
    Tree tree = parse_product();
    while (now().is("+") || now().is("-")) {
      const CriterionToken symbol = take();
      Tree right = parse_product();
      require_numbers(*tree, *right);
      const Dimension shared = unite(*tree, *right, symbol);
      tree = join(Kind::arithmetic, symbol.text == "+" ? Operator::plus : Operator::minus, std::move(tree),
                  std::move(right));
      tree->dimension = shared;
    }
    return tree;
  }

  Tree parse_product() {
    Tree tree = parse_sign();
    while (now().is("*") || now().is("/")) {
      const bool divides = take().text == "/";
      Tree right = parse_sign();
      require_numbers(*tree, *right);
      if (divides && right->is_zero()) throw fail(*right, "division by zero");
      const Dimension result = divides ? combine_quotient(tree->dimension, right->dimension)
                                       : combine_product(tree->dimension, right->dimension);
      tree = join(Kind::arithmetic, divides ? Operator::divide : Operator::times, std::move(tree), std::move(right));
      tree->dimension = result;
    }
    return tree;
  }

  Tree parse_sign() {
    if (!now().is("-")) return parse_primary();
    const CriterionToken sign = take();
    enter(1);
    Tree inner = parse_sign();
    enter(-1);
    if (inner->is_boolean()) throw fail(*inner, "expected a number, found a comparison");
    const Dimension dimension = inner->dimension;
    Tree tree = join(Kind::arithmetic, Operator::negate, std::move(inner), nullptr);
    tree->dimension = dimension;
    tree->begin = sign.begin;
    return tree;
  }

  Tree parse_primary() {
    if (now().kind == TokenKind::number) return make_literal(take());
    if (now().is("(")) return parse_group();
    if (now().kind == TokenKind::name) return parse_name();
    if (now().kind == TokenKind::end) throw fail(now(), "the criterion ends here, expected a metric or a number");
    throw fail(now(), "expected a metric or a number");
  }

  Tree parse_group() {
    const CriterionToken open = take();
    Tree tree = parse_either();
    if (!now().is(")")) throw fail(open, "( is never closed");
    tree->begin = open.begin;
    tree->end = take().end;
    return tree;
  }

  Tree make_literal(const CriterionToken& token) const {
    auto tree = std::make_unique<Expression>();
    tree->begin = token.begin;
    tree->end = token.end;
    if (token.text.size() > kMostDigits) throw fail(token, "the number has more than 17 digits");
    Int128 digits = 0, denominator = 1;
    bool behind_point = false;
    for (const char c : token.text) {
      if (c == '.') {
        behind_point = true;
        continue;
      }
      digits = digits * 10 + (c - '0');
      if (behind_point) denominator *= 10;
    }
    const Unit unit = unit_of_literal(token);
    tree->literal = Rational::make(digits, denominator).times(unit.factor).value_or(Rational());
    tree->dimension = unit.dimension;
    return tree;
  }

  Unit unit_of_literal(const CriterionToken& token) const {
    if (token.unit.empty()) return {{Dimension::Kind::plain}, Rational::make(1, 1)};
    if (const auto unit = find_unit(token.unit)) return *unit;
    const std::string near = nearest(token.unit, unit_names());
    throw fail(token, "unknown unit \"" + token.unit + "\"" +
                          (near.empty() ? "; known: % pp x ms s m h d rows /s bytes KB MB GB KiB MiB GiB"
                                        : "; did you mean " + near + "?"));
  }

  Tree parse_name() {
    const CriterionToken word = take();
    if (word.is("and") || word.is("or") || word.is("for"))
      throw fail(word, "expected a metric or a number before \"" + word.text + "\"");
    if (now().is("(")) return parse_call(word);
    Tree tree = resolve(word);
    if (now().kind == TokenKind::table)
      select_table(*tree, word, take());
    else if (tree->metric.spec->per_table)
      tree->selection = Selection::worst;
    return tree;
  }

  Tree parse_call(const CriterionToken& function) {
    static const std::vector<std::string> kFunctions = {"worst", "total"};
    if (std::find(kFunctions.begin(), kFunctions.end(), function.text) == kFunctions.end()) {
      const std::string near = nearest(function.text, kFunctions);
      throw fail(function, "unknown function \"" + function.text + "\"; " +
                               (near.empty() ? "known: worst, total" : "did you mean " + near + "?"));
    }
    const CriterionToken open = take();
    if (now().kind != TokenKind::name) throw fail(now(), function.text + " takes the name of a metric");
    const CriterionToken name = take();
    Tree tree = resolve(name);
    if (!tree->metric.spec->per_table)
      throw fail(name, "\"" + name.text + "\" is one number, not one per table; leave " + function.text + " away");
    if (!now().is(")"))
      throw fail(now().kind == TokenKind::end ? open : now(), function.text + " takes one metric and is closed by )");
    tree->begin = function.begin;
    tree->end = take().end;
    tree->selection = function.text == "total" ? Selection::total : Selection::worst;
    if (now().kind == TokenKind::table) throw fail(now(), "a table can't be chosen behind " + function.text + "(...)");
    return tree;
  }

  void select_table(Expression& tree, const CriterionToken& name, const CriterionToken& table) const {
    if (!tree.metric.spec->per_table) throw fail(table, "\"" + name.text + "\" is one number, not one per table");
    if (table.text.empty()) throw fail(table, "[] names no table");
    tree.selection = Selection::table;
    tree.table = table.text;
    tree.end = table.end;
  }

  Tree resolve(const CriterionToken& name) {
    std::vector<std::string> known;
    std::optional<MetricRef> found;
    try {
      found = resolve_(name.text, known);
    } catch (const Error& error) {
      throw fail(name, error.message());
    }
    if (!found) throw fail(name, unknown_metric(name.text, known));
    reads_metric_ = true;
    auto tree = std::make_unique<Expression>();
    tree->kind = Kind::metric;
    tree->begin = name.begin;
    tree->end = name.end;
    tree->dimension = unit_of_metric(found->spec->unit).dimension;
    tree->metric = std::move(*found);
    return tree;
  }

  static std::string unknown_metric(const std::string& name, std::vector<std::string>& known) {
    const std::string start = "unknown metric \"" + name + "\"";
    if (known.empty()) return start + "; no step before this gate publishes any";
    std::sort(known.begin(), known.end());
    const std::string near = nearest(name, known);
    if (!near.empty()) return start + "; did you mean " + near + "?";
    constexpr size_t kListed = 12;
    std::string list;
    for (size_t i = 0; i < std::min(known.size(), kListed); ++i) list += (i > 0 ? ", " : "") + known[i];
    return start + "; known here: " + list + (known.size() > kListed ? ", ..." : "");
  }

  const std::string& text_;
  const ResolveMetric& resolve_;
  std::vector<CriterionToken> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  bool reads_metric_ = false;
};

}  // namespace

std::unique_ptr<Expression> parse_criterion(const std::string& text, const ResolveMetric& resolve) {
  if (text.size() > kLongestCriterion)
    throw Error(Code::invalid_argument, "the criterion is longer than 4096 characters");
  return Parser(text, resolve).parse();
}

}  // namespace sluice::workflow
