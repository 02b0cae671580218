#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "matrix/mover.hpp"
#include "matrix/notation.hpp"
#include "matrix/printed.hpp"

namespace sluice::test::matrix {
namespace {

constexpr size_t kLeastCases = 600;

/// What the data files say, and what is so: the same line form.
std::string line_of(const std::string& fate, const std::vector<std::string>& texts) {
  std::string line = fate;
  for (size_t i = 0; i < texts.size(); ++i) line += (i == 0 ? " " : " ;; ") + encode(texts[i]);
  return line;
}

std::string line_of(const Outcome& outcome) {
  const std::string name = outcome.policy.empty() ? "" : " \"" + outcome.policy + "\"";
  return line_of(to_text(outcome.fate) + name, outcome.texts);
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A refusal names table, column and key; a file has rows or bytes instead of keys.
std::string missing_in_refusal(const Case& one, const std::string& source, const std::string& message) {
  if (!holds(message, one.name)) return "the table";
  if (!holds(message, "column v") && !holds(message, ".`v`")) return "the column";
  const bool has_key = holds(message, "id = ") || holds(message, "id=");
  const bool has_place = holds(message, "row ") || holds(message, "byte ") || holds(message, "line ") || holds(message, "record ");
  const bool is_file = source == "csv" || source == "json";
  return has_key || (is_file && has_place) ? "" : "the key";
}

/// One pair of stores, and all cases that it has.
class Pair {
 public:
  Pair(const Place& source, Opened* opened, const std::string& target, const std::vector<Case>& cases)
      : cases_(cases), source_(source), target_(target), mover_(source, opened, target_) {}

  void run() {
    for (const Case& one : cases_) {
      const Outcome* expected = one.end(source_.kind(), target_.kind());
      if (expected == nullptr) continue;
      const Moved moved = mover_.move(one);
      const std::string problem = difference(one, *expected, moved);
      if (problem.empty()) continue;
      ADD_FAILURE() << expected->place << ": " << one.name << " (" << one.type << ") " << source_.kind() << ">" << target_.kind()
                    << "\n  expected " << line_of(*expected) << "\n  found    " << found_line(one, moved) << "\n  " << problem;
    }
  }

 private:
  std::vector<std::string> rows(const Case& one) const {
    try {
      return printed(target_, one.name);
    } catch (const std::exception& error) {
      return {std::string("cannot be read back: ") + error.what()};
    }
  }

  std::string found_line(const Case& one, const Moved& moved) const {
    std::string line;
    if (moved.stage == Moved::Stage::done) {
      line = line_of("kept", rows(one));
    } else {
      const char* fate = moved.stage == Moved::Stage::looking    ? "unreadable "
                         : moved.stage == Moved::Stage::planning ? "unsupported "
                                                                 : "refused ";
      line = fate + encode(moved.problem);
    }
    if (moved.mapping) line += "  [as " + moved.mapping->tables[0].columns.back().target_native + "]";
    for (const std::string& text : moved.said) line += "\n           said     " + text;
    return line;
  }

  /// Empty where it is as expected.
  std::string difference(const Case& one, const Outcome& expected, const Moved& moved) const {
    if (expected.fate == Fate::kept || expected.fate == Fate::policy) {
      if (moved.stage != Moved::Stage::done) return "it did not arrive";
      if (rows(one) != expected.texts) return "it arrived changed";
      if (moved.proof != "MATCH") return "verification does not agree: " + encode(moved.proof);
      return policy_difference(expected, moved);
    }
    if (moved.stage == Moved::Stage::done) return "it was not refused";
    if (!holds(moved.problem, expected.texts[0])) return "the message says something else";
    return stage_difference(one, expected, moved);
  }

  static std::string policy_difference(const Outcome& expected, const Moved& moved) {
    if (expected.fate == Fate::kept) return "";
    const bool is_said = std::ranges::any_of(moved.said, [&](const std::string& text) { return holds(text, expected.policy); });
    return is_said ? "" : "the plan does not say it";
  }

  std::string stage_difference(const Case& one, const Outcome& expected, const Moved& moved) const {
    if (expected.fate == Fate::unreadable) {
      if (moved.stage > Moved::Stage::planning) return "it was found too late";
      return holds(moved.problem, one.name) ? "" : "the message does not name the file";
    }
    if (expected.fate == Fate::unsupported) {
      if (moved.stage != Moved::Stage::planning) return "the plan did not refuse it";
      const bool is_named = holds(moved.problem, one.name + ".v") || holds(moved.problem, one.name + ": v ");
      return is_named ? "" : "the message does not name the column";
    }
    const std::string missing = missing_in_refusal(one, source_.kind(), moved.problem);
    return missing.empty() ? "" : "the message does not name " + missing;
  }

  const std::vector<Case>& cases_;
  const Place& source_;
  Place target_;
  Mover mover_;
};

class Matrix : public testing::TestWithParam<std::string> {};

TEST_P(Matrix, EveryValueArrivesOrIsRefusedByName) {
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_MYSQL();
  std::vector<Case> cases = read_cases();
  if (const char* only = std::getenv("SLUICE_MATRIX")) std::erase_if(cases, [&](const Case& one) { return !holds(one.name, only); });
  const Place source(GetParam());
  fill(source, cases);
  std::unique_ptr<Opened> opened;
  if (GetParam() != "csv" && GetParam() != "json") opened = std::make_unique<Opened>(source, store::Options(), std::vector<std::string>());
  for (const std::string& target : kTargets) Pair(source, opened.get(), target, cases).run();
}

INSTANTIATE_TEST_SUITE_P(From, Matrix, testing::ValuesIn(kSources), [](const auto& info) { return info.param; });

TEST(MatrixData, HasAtLeastSixHundredCases) {
  size_t count = 0;
  for (const Case& one : read_cases()) {
    for (const auto& [pair, outcome] : one.ends) count += one.end(pair.first, pair.second) != nullptr ? 1 : 0;
  }
  RecordProperty("cases", static_cast<int>(count));
  EXPECT_GE(count, kLeastCases);
}

}  // namespace
}  // namespace sluice::test::matrix
