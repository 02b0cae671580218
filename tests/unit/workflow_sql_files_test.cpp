#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "workflow/sql_files.hpp"

namespace sluice::workflow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Workflow with_pattern(const std::string& pattern) {
  Workflow workflow;
  Node step;
  step.kind = NodeKind::step;
  step.action = Action{"sql.files", {{"files", Value{pattern}}}, {"shop.lua", 7}};
  Node phase;
  phase.kind = NodeKind::phase;
  phase.children.push_back(step);
  workflow.phases.push_back(phase);
  return workflow;
}

std::string refusal(const std::string& pattern, const std::vector<std::string>& found) try {
  Workflow workflow = with_pattern(pattern);
  add_sql_files(workflow, {[&](const std::string&) { return found; }, [](const std::string&) { return std::string("select 1"); }});
  return "no error";
} catch (const Error& error) {
  return error.what();
}

TEST(SqlFilePatterns, StayInsideOneFolderAndPassOverHiddenFiles) {
  EXPECT_TRUE(matches_path("migrations/*.sql", "migrations/001.sql"));
  EXPECT_TRUE(matches_path("./*/00?.sql", "migrations/001.sql"));
  EXPECT_FALSE(matches_path("migrations/*.sql", "migrations/old/001.sql"));
  EXPECT_FALSE(matches_path("*.sql", "migrations/001.sql"));
  EXPECT_FALSE(matches_path("*.sql", ".hidden.sql"));
  EXPECT_TRUE(matches_path(".*.sql", ".hidden.sql"));
}

TEST(SqlFilePatterns, GiveFilesInTheOrderOfTheirBytes) {
  EXPECT_THAT(matching_files({{"m/2.sql", ""}, {"m/10.sql", ""}, {"m/B.sql", ""}, {"m/a.sql", ""}, {"shop.lua", ""}}, "m/*.sql"),
              ElementsAre("m/10.sql", "m/2.sql", "m/B.sql", "m/a.sql"));
}

TEST(SqlFilePatterns, PutTheirFilesIntoTheBundle) {
  Workflow workflow = with_pattern("m/*.sql");
  add_sql_files(workflow, {[](const std::string&) { return std::vector<std::string>{"m/1.sql"}; },
                           [](const std::string& path) { return "-- " + path; }});
  EXPECT_EQ(workflow.files.at("m/1.sql"), "-- m/1.sql");
}

TEST(SqlFilePatterns, ThatMeanNothingOrLeaveTheFolderAreErrorsAtTheirPlace) {
  EXPECT_THAT(refusal("m/*.sql", {}), HasSubstr("shop.lua:7: sql.files: no file below the workflow's folder matches \"m/*.sql\""));
  for (const char* pattern : {"/etc/*.sql", "../*.sql", "a/../../b.sql", ""}) {
    EXPECT_THAT(refusal(pattern, {"x"}), HasSubstr("expected a path below the workflow's folder")) << pattern;
  }
  EXPECT_THAT(refusal("m/*.sql", {std::string(201, 'x')}), HasSubstr("more than 200 bytes"));
}

}  // namespace
}  // namespace sluice::workflow
