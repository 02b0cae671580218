#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.hpp"
#include "script/load.hpp"

namespace sluice::script {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using workflow::Node;
using workflow::NodeKind;
using workflow::Workflow;

const std::string kShop = std::string(SLUICE_SOURCE_DIR) + "/tests/data/workflows/sound/shop.lua";

Workflow load_text(const std::string& text) { return load_bundle({{"w.lua", text}}, "w.lua", {}); }

Error fault_of(const std::map<std::string, std::string>& files) {
  try {
    load_bundle(files, "w.lua", {});
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "was accepted";
  return Error(Code::internal, "was accepted");
}

/// A workflow of one phase with these nodes.
std::string around(const std::string& nodes) {
  return "local m = map { from = 'old', to = 'new' }\nreturn workflow 'w' { stores = { old = store 'sqlite' { path = "
         "'a' }, new = "
         "store 'sqlite' { path = 'b' } }, phase 'p' { " +
         nodes + " } }\n";
}

std::vector<std::string> paths_of(const Workflow& workflow) {
  std::vector<std::string> paths;
  for (const Node* node : nodes_in_order(workflow))
    paths.push_back(std::string(to_text(node->kind)) + " " + node->path);
  return paths;
}

TEST(LoadWorkflow, WrittenOrderIsTheOrderOfNodes) {
  EXPECT_THAT(
      paths_of(load_workflow(kShop, {})),
      ElementsAre("phase prepare", "step prepare.tables", "phase copy", "step copy.rows", "parallel copy",
                  "step copy.indexes", "step copy.clean", "step copy.warm_orders", "step copy.warm_lines",
                  "step copy.counts", "step copy.proof", "gate copy.complete", "gate copy.same", "gate copy.few",
                  "gate copy.orphans", "phase side", "step side.note", "phase last", "gate last.still"));
}

using Casts = std::vector<std::pair<std::string, std::vector<catalog::CastCall>>>;

Casts casts_of(const std::string& fields) {
  const std::string text =
      "local m = map { from = 'old', to = 'new', " + fields +
      " }\nreturn workflow 'w' { stores = { old = store 'sqlite' { path = 'a' }, new = store 'sqlite' { path = "
      "'b' } }, phase 'p' { step 'rows' { copy.tables { map = m } } } }\n";
  return load_text(text).maps.at(0).casts;
}

TEST(LoadWorkflow, ACastIsTakenByPatternAloneOrInAList) {
  const Casts casts =
      casts_of("columns = { ['*.flag'] = cast.boolean, ['users.name'] = { cast.trim, cast.null_if('', 0, 1.5) } }");
  EXPECT_EQ(casts,
            (Casts{{"*.flag", {{"boolean", {}}}}, {"users.name", {{"trim", {}}, {"null_if", {"", "0", "1.5"}}}}}));
}

TEST(LoadWorkflow, ABlockOfATableNamesItsColumns) {
  const Casts casts =
      casts_of("columns = { ['*.flag'] = cast.boolean }, orders = { columns = { placed_on = cast.unix_seconds } }");
  EXPECT_EQ(casts, (Casts{{"orders.placed_on", {{"unix_seconds", {}}}}, {"*.flag", {{"boolean", {}}}}}));
}

TEST(LoadWorkflow, ABlockMayBearANameThatIsNearToAField) {
  const Casts casts = casts_of("type = { columns = { name = cast.trim } }");
  EXPECT_EQ(casts, (Casts{{"type.name", {{"trim", {}}}}}));
}

TEST(LoadWorkflow, ACastCalledWithValuesLeavesTheWordAsItIs) {
  const Casts casts = casts_of("columns = { ['a.x'] = cast.replace_nul('?'), ['a.y'] = cast.replace_nul }");
  EXPECT_EQ(casts, (Casts{{"a.x", {{"replace_nul", {"?"}}}}, {"a.y", {{"replace_nul", {}}}}}));
}

TEST(LoadWorkflow, NodesKnowTheirLines) {
  const Workflow workflow = load_workflow(kShop, {});
  EXPECT_EQ(to_text(workflow.find("copy")->where), "shop.lua:36");
  EXPECT_EQ(to_text(workflow.find("copy.rows")->where), "shop.lua:39");
  EXPECT_EQ(to_text(workflow.find("copy.rows")->action->where), "shop.lua:40");
  EXPECT_EQ(to_text(workflow.find("copy.warm_lines")->where), "shop.lua:49");
  EXPECT_EQ(workflow.maps.at(0).where, "shop.lua:18");
  EXPECT_EQ(to_text(workflow.stores.at("new").where), "shop.lua:29");
}

TEST(LoadWorkflow, FieldsAreReadAndDefaultsFilledIn) {
  const Workflow workflow = load_workflow(kShop, {});
  EXPECT_EQ(workflow.name, "shop");
  EXPECT_EQ(workflow.title, "The shop moves");
  const Node& rows = *workflow.find("copy.rows");
  EXPECT_EQ(rows.action->word, "copy.tables");
  EXPECT_EQ(rows.action->fields.at("workers").as_integer(), 4);
  EXPECT_EQ(rows.action->fields.at("chunk_rows").as_integer(), 200000);
  EXPECT_EQ(rows.action->fields.at("map").as<workflow::MapRef>()->index, 0U);
  EXPECT_EQ(rows.retry->times, 3);
  EXPECT_EQ(rows.retry->wait.count(), 2000);
  EXPECT_EQ(rows.retry->cap.count(), 60000);
  EXPECT_EQ(rows.timeout.count(), 4 * 3600 * 1000);
  EXPECT_EQ(rows.undo->word, "sql");
  EXPECT_EQ(rows.undo->fields.at("text").as_text(), "truncate orders");
  EXPECT_EQ(workflow.find("copy.indexes")->action->fields.at("workers").as_integer(), 2);
  EXPECT_EQ(workflow.find("copy.proof")->action->fields.at("source").as_text(), "reread");
  EXPECT_EQ(workflow.find("copy.proof")->action->fields.at("limit").as_integer(), 100);
  EXPECT_EQ(workflow.find("copy")->note, "look at the rejects first");
  EXPECT_EQ(workflow.find("copy.few")->on_fail->kind, workflow::OnFail::Kind::abort);
  EXPECT_EQ(workflow.find("copy")->on_fail->node, "prepare");
  EXPECT_EQ(workflow.find("copy.same")->criterion, "proof.discrepancy < 0.1%");
  EXPECT_EQ(workflow.find("copy.orphans")->check->id, "copy.orphans#check");
  EXPECT_TRUE(workflow.find("side")->after->empty());
  EXPECT_THAT(*workflow.find("last")->after, ElementsAre("copy", "side"));
  EXPECT_FALSE(workflow.find("copy")->after.has_value());
}

TEST(LoadWorkflow, ListsAndTablesKeepTheirValues) {
  const Workflow workflow = load_workflow(kShop, {});
  EXPECT_EQ(workflow::value_to_json({workflow.find("copy.warm_lines")->action->fields}),
            R"({"argv":["warm","lines","2"],"env":{"N":"1","PW":{"secret":"PW"}},"timeout":"30s"})");
  EXPECT_EQ(workflow::value_to_json({workflow.stores.at("old").options}),
            R"({"access":"read","busy_timeout":"500","path":"shop.db","wal":"true"})");
  EXPECT_EQ(workflow.stores.at("old").plugin, "sqlite");
  const catalog::MapSpec& map = workflow.maps.at(0);
  EXPECT_THAT(map.types, ElementsAre(Pair("*.price", "numeric(12,2)"), Pair("orders.placed", "timestamp")));
  EXPECT_THAT(map.include, ElementsAre("*"));
  EXPECT_THAT(map.except, ElementsAre("tmp_*", "old_*"));
}

TEST(LoadWorkflow, BundleHoldsEveryFileThatWasReadAndLoadsTheSame) {
  const Workflow workflow = load_workflow(kShop, {});
  std::vector<std::string> names;
  for (const auto& [name, text] : workflow.files) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("lib/names.lua", "lib/tables.lua", "shop.lua"));
  EXPECT_EQ(workflow.main_file, "shop.lua");
  const Workflow again = load_bundle(workflow.files, workflow.main_file, {});
  EXPECT_EQ(paths_of(again), paths_of(workflow));
  EXPECT_EQ(again.files, workflow.files);
}

TEST(LoadWorkflow, BundleReadsNothingFromDisk) {
  Workflow workflow = load_workflow(kShop, {});
  workflow.files.erase("lib/names.lua");
  const auto previous = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(kShop).parent_path());
  EXPECT_THROW(load_bundle(workflow.files, workflow.main_file, {}), Error);
  std::filesystem::current_path(previous);
}

TEST(LoadWorkflow, FileThatIsNotThereIsNamed) {
  try {
    load_workflow("/nowhere/shop.lua", {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_found);
    EXPECT_THAT(error.message(), HasSubstr("/nowhere/shop.lua"));
  }
}

TEST(LoadWorkflow, FolderAndBytecodeAreRefused) {
  EXPECT_THROW(load_workflow(std::string(SLUICE_SOURCE_DIR) + "/tests", {}), Error);
  EXPECT_THAT(fault_of({{"w.lua", "\x1bLJ\x02"}}).message(), HasSubstr("attempt to load chunk with wrong mode"));
}

TEST(LoadWorkflow, HelpersTailCallKeepsTheLineOfTheNode) {
  const Workflow workflow = load_text("local function make(name)\n  return step(name) { exec { 'true' } }\nend\n" +
                                      around("\nmake 'a',\nmake 'b'"));
  EXPECT_EQ(workflow.find("p.a")->where.line, 2);
  EXPECT_EQ(workflow.find("p.b")->where.line, 2);
}

TEST(LoadWorkflow, MistakeInsideAModuleNamesTheModule) {
  const Error error = fault_of({{"w.lua", "local lib = require 'lib'\n" + around("lib")},
                                {"lib.lua", "return {\n  step 'a' { exec { 'x' },\n    timout = '5s' },\n}\n"}});
  EXPECT_EQ(error.where(), "lib.lua:3");
  EXPECT_THAT(error.message(), HasSubstr("did you mean timeout?"));
}

TEST(LoadWorkflow, ModulesThatRequireEachOtherAreRefused) {
  const Error error = fault_of(
      {{"w.lua", "local a = require 'a'"}, {"a.lua", "return { require 'b' }"}, {"b.lua", "return { require 'a' }"}});
  EXPECT_EQ(error.where(), "b.lua:1");
  EXPECT_THAT(error.message(), HasSubstr("requires itself"));
}

TEST(LoadWorkflow, ModuleRunsOnce) {
  const Workflow workflow = load_bundle(
      {{"w.lua", "local a, b = require 'a', require 'a'\nassert(a == b)\n" + around("step 's' { exec { 'x' } }")},
       {"a.lua", "return {}"}},
      "w.lua", {});
  EXPECT_EQ(workflow.files.size(), 2U);
}

TEST(LoadWorkflow, WhenLeavesOutAndLetsIn) {
  const std::string step = "step 'x' { exec { 'a' } }";
  EXPECT_NE(load_text(around("step 's' { exec { 'x' } }, when(true, " + step + ")")).find("p.x"), nullptr);
  EXPECT_EQ(load_text(around("step 's' { exec { 'x' } }, when(false, " + step + ")")).find("p.x"), nullptr);
  EXPECT_EQ(load_text(around("step 's' { exec { 'x' } }, when(false, { " + step + " })")).find("p.x"), nullptr);
}

TEST(LoadWorkflow, BothFormsOfAGateMeanTheSame) {
  const std::string proof = "step 'proof' { verify.counts { map = m } }, ";
  for (const char* gate : {"gate 'g' 'proof.missing == 0'", "gate 'g' { 'proof.missing == 0' }",
                           "gate 'g' ('proof.' .. 'missing == 0')", "gate 'g' [[proof.missing == 0]]"}) {
    EXPECT_EQ(load_text(around(proof + gate)).find("p.g")->criterion, "proof.missing == 0") << gate;
  }
}

TEST(LoadWorkflow, PairsGoInOrderOfTheKeys) {
  const Workflow workflow = load_text(
      "local list = {}\nlocal source = { zebra = 1, apple = 2, mango = 3, kiwi = 4, [2] = 'b', [1] = 'a', [true] = 'c' "
      "}\n"
      "for key in pairs(source) do list[#list + 1] = step('s' .. #list .. '_' .. tostring(key)) { exec { 'x' } } "
      "end\n" +
      around("list"));
  EXPECT_THAT(paths_of(workflow),
              ElementsAre("phase p", "step p.s0_true", "step p.s1_1", "step p.s2_2", "step p.s3_apple",
                          "step p.s4_kiwi", "step p.s5_mango", "step p.s6_zebra"));
}

TEST(LoadWorkflow, RealLuaWorksAroundTheWords) {
  const Workflow workflow = load_text(
      "local names = {}\nfor word in ('b,a,c'):gmatch('%a') do table.insert(names, word) end\ntable.sort(names)\n"
      "local function list(...) return { ... } end\nlocal empty = list()\nassert(#empty == 0 and select('#') == 0)\n"
      "local object = setmetatable({}, { __index = function(_, key) return key .. '!' end })\nassert(object.x == "
      "'x!')\n"
      "local text = ('%s=%d'):format('n', math.floor(2.7)) assert(text == 'n=2', text)\n"
      "local nested = { f = function(a) local t = { a, b = { a } } if a then return t end repeat a = 1 until a return "
      "t end }\n"
      "assert(nested.f(5).b[1] == 5 and next({}) == nil and #{ { }, {{}} } == 2)\n" +
      around("each(names, function(name) return step(name) { exec { 'x', name } } end)"));
  EXPECT_THAT(paths_of(workflow), ElementsAre("phase p", "step p.a", "step p.b", "step p.c"));
}

TEST(LoadWorkflow, BraceOnTheNextLineIsStillItsArgument) {
  const Workflow workflow = load_text(around("step 's' -- the action follows\n  {\n    exec\n    { 'x' } }"));
  EXPECT_EQ(workflow.find("p.s")->where.line, 2);
}

TEST(LoadWorkflow, SandboxHasNoWayOut) {
  const char* const kAttempts[] = {"getmetatable('').__index = nil",
                                   "setmetatable(string, {})",
                                   "getmetatable(string).__index = 1",
                                   "setmetatable(secret 'X', {})",
                                   "local x = (secret 'X').name",
                                   "local x = #secret 'X'",
                                   "local x = secret 'X' < secret 'Y'",
                                   "local f = ffi",
                                   "local f = require 'ffi'",
                                   "local f = require('os')",
                                   "local f = string.dump",
                                   "local f = loadstring('return 1')",
                                   "local f = getfenv",
                                   "local f = rawset",
                                   "copy.tables = 1",
                                   "copy = nil",
                                   "local x = newproxy()",
                                   "local x = table.foreach",
                                   "local x = math.random()",
                                   "local x = _VERSION",
                                   "local x = module"};
  for (const char* attempt : kAttempts) {
    const Error error = fault_of({{"w.lua", std::string(attempt) + "\n" + around("step 's' { exec { 'x' } }")}});
    EXPECT_EQ(error.where(), "w.lua:1") << attempt << ": " << error.what();
  }
}

TEST(LoadWorkflow, TextOfASecretIsItsNameOnly) {
  setenv("SLUICE_TEST_SECRET", "hunter2", 1);
  const Workflow workflow =
      load_text("assert(tostring(secret 'SLUICE_TEST_SECRET') == 'secret \"SLUICE_TEST_SECRET\"')\n" +
                around("step 's' { exec { 'x', env = { PW = secret 'SLUICE_TEST_SECRET' } } }"));
  EXPECT_THAT(workflow::value_to_json({workflow.find("p.s")->action->fields}), testing::Not(HasSubstr("hunter2")));
}

TEST(LoadWorkflow, TenThousandStepsWithGatesLoad) {
  std::string nodes;
  for (int i = 0; i < 10000; ++i) {
    const std::string name = "s" + std::to_string(i);
    nodes += "step '" + name + "' { copy.tables { map = m } },\n";
    if (i % 10 == 0) nodes += "gate 'g" + std::to_string(i) + "' '" + name + ".rows > 0',\n";
  }
  EXPECT_EQ(nodes_in_order(load_text(around(nodes))).size(), 11001U);
}

TEST(LoadWorkflow, FileOfTooManyTablesSaysToSplitIt) {
  std::string numbers;
  for (int i = 0; i < 101000; ++i) numbers += "{},";
  EXPECT_THAT(fault_of({{"w.lua", "local t = { " + numbers + " }\n" + around("step 's' { exec { 'x' } }")}}).message(),
              HasSubstr("split it into modules"));
}

}  // namespace
}  // namespace sluice::script
