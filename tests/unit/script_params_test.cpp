#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "script/load.hpp"

namespace sluice::script {
namespace {

using testing::HasSubstr;
using workflow::Param;
using workflow::Workflow;

const std::string kShop = std::string(SLUICE_SOURCE_DIR) + "/tests/data/workflows/sound/shop.lua";

const Param& param_of(const Workflow& workflow, const std::string& name) {
  for (const Param& param : workflow.params) {
    if (param.name == name) return param;
  }
  throw Error(Code::not_found, name);
}

std::string shown(const Workflow& workflow, const std::string& name) {
  const Param& param = param_of(workflow, name);
  return param.type + " " + param.value + " (" + param.origin + ")";
}

std::string fault_of(const ParamSources& params) {
  try {
    load_workflow(kShop, params);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.what();
  }
  return "no error";
}

TEST(Params, DefaultsHoldWhereNothingIsGiven) {
  const Workflow workflow = load_workflow(kShop, {});
  EXPECT_EQ(shown(workflow, "source"), "path shop.db (default)");
  EXPECT_EQ(shown(workflow, "limit"), "percent 0.1% (default)");
  EXPECT_EQ(shown(workflow, "clean"), "flag true (default)");
  EXPECT_EQ(shown(workflow, "workers"), "integer 4 (default)");
  EXPECT_EQ(shown(workflow, "factor"), "number 1.5 (default)");
  EXPECT_EQ(shown(workflow, "schema"), "text shop (default)");
  EXPECT_EQ(shown(workflow, "patience"), "duration 30s (default)");
  EXPECT_EQ(workflow.params.size(), 7U);
}

TEST(Params, GivenBeatsFileBeatsEnvironmentBeatsDefault) {
  ParamSources sources{.given = {{"workers", "8"}},
                       .file = {{"workers", "7"}, {"schema", "x"}},
                       .file_name = "p.txt",
                       .environment = "ci"};
  const Workflow workflow = load_workflow(kShop, sources);
  EXPECT_EQ(shown(workflow, "workers"), "integer 8 (--param)");
  EXPECT_EQ(shown(workflow, "schema"), "text x (--params p.txt)");
  EXPECT_EQ(shown(workflow, "source"), "path ci.db (environment ci)");
  EXPECT_EQ(shown(workflow, "limit"), "percent 0.1% (default)");
}

TEST(Params, AreRealValuesWhileLoading) {
  const Workflow workflow = load_workflow(kShop, {.given = {{"workers", "8"}, {"clean", "no"}, {"limit", "2.5%"}}});
  EXPECT_EQ(workflow.find("copy.rows")->action->fields.at("workers").as_integer(), 8);
  EXPECT_EQ(workflow.find("copy.clean"), nullptr);
  EXPECT_EQ(workflow.find("copy.same")->criterion, "proof.discrepancy < 2.5%");
}

TEST(Params, UnknownNamesAreRefusedWithTheNearest) {
  EXPECT_EQ(fault_of({.given = {{"sorce", "x"}}}),
            "--param: the workflow has no param \"sorce\"; did you mean source?");
  EXPECT_EQ(fault_of({.file = {{"worker", "x"}}, .file_name = "p.txt"}),
            "--params p.txt: the workflow has no param \"worker\"; did you mean workers?");
  EXPECT_THAT(fault_of({.environment = "cy"}),
              HasSubstr("--env cy: the workflow has no environment of that name; did you mean ci?"));
}

TEST(Params, ValuesOfTheWrongTypeAreRefused) {
  const std::pair<const char*, const char*> kWrong[] = {
      {"workers", "many"}, {"workers", "1.5"}, {"workers", ""},      {"workers", "9007199254740993"},
      {"factor", "1e999"}, {"factor", "nan"},  {"limit", "0.1"},     {"limit", "%"},
      {"limit", "-1%"},    {"clean", "maybe"}, {"patience", "soon"}, {"source", ""}};
  for (const auto& [name, value] : kWrong) {
    EXPECT_THAT(fault_of({.given = {{name, value}}}), HasSubstr(std::string("--param ") + name + ": expected "))
        << value;
  }
}

TEST(Params, ManySpellingsOfAFlagBecomeOne) {
  for (const char* text : {"true", "yes", "on", "1"})
    EXPECT_EQ(param_of(load_workflow(kShop, {.given = {{"clean", text}}}), "clean").value, "true");
  for (const char* text : {"false", "no", "off", "0"})
    EXPECT_EQ(param_of(load_workflow(kShop, {.given = {{"clean", text}}}), "clean").value, "false");
}

TEST(Params, WorkflowWithoutParamsTakesNone) {
  const std::map<std::string, std::string> files = {
      {"w.lua", "return workflow 'w' { phase 'p' { step 's' { exec { 'x' } } } }"}};
  EXPECT_NO_THROW(load_bundle(files, "w.lua", {}));
  EXPECT_THROW(load_bundle(files, "w.lua", {.given = {{"a", "b"}}}), Error);
  EXPECT_THROW(load_bundle(files, "w.lua", {.environment = "ci"}), Error);
}

TEST(Params, RequiredOnesMayComeFromAnywhere) {
  const std::map<std::string, std::string> files = {
      {"w.lua",
       "local p = params { program = param.text(), environments = { ci = { program = 'b' } } }\n"
       "return workflow 'w' { phase 'p' { step 's' { exec { p.program } } } }"}};
  EXPECT_THROW(load_bundle(files, "w.lua", {}), Error);
  EXPECT_EQ(load_bundle(files, "w.lua", {.environment = "ci"}).params[0].origin, "environment ci");
  EXPECT_EQ(load_bundle(files, "w.lua", {.given = {{"program", "a"}}}).params[0].value, "a");
}

}  // namespace
}  // namespace sluice::script
