#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "transform_support.hpp"

namespace sluice::script {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Row> numbered(int count) {
  std::vector<Row> rows;
  for (int i = 1; i <= count; ++i) rows.push_back({std::to_string(i), "n" + std::to_string(i)});
  return rows;
}

const std::vector<SourceColumn> kColumns = {{"amount", "integer"}, {"name", "text"}};

TEST(Transform, MakesColumnsAndSeesTheWholeRow) {
  TransformedTable table(kColumns,
                         "columns = { ['orders.amount'] = function(v, row) return v * 10 + row.id + #row.name end }");
  EXPECT_THAT(table.run({{"5", "abc"}, {"6", ""}}), ElementsAre(Row{"1", "54", "abc"}, Row{"2", "62", ""}));
  EXPECT_EQ(table.counts().filtered, 0);
}

TEST(Transform, TakesConstantsAndAddsColumns) {
  TransformedTable table(kColumns, R"lua(orders = {
    columns = { name = "fixed" },
    add = { net = { type = "numeric(8,2)", value = function(row) return row.amount / 4 end, nullable = false },
            origin = { type = "text", value = "shop" } } })lua");
  EXPECT_THAT(table.run({{"5", "abc"}}), ElementsAre(Row{"1", "5", "fixed", "1.25", "shop"}));
  const catalog::Table& made = table.whole_mapping().target.tables.at(0);
  EXPECT_EQ(arrow::to_text(made.find_column("net")->type), "decimal(8,2)");
  EXPECT_FALSE(made.find_column("net")->nullable);
  EXPECT_TRUE(made.find_column("origin")->nullable);
}

TEST(Transform, ThatIsNearestToAColumnWins) {
  TransformedTable table(kColumns, R"(
    columns = { ["*.*"] = function(v) return v end, ["*.name"] = "by pattern", ["orders.name"] = "by name" },
    orders = { columns = { name = "by block" } })");
  EXPECT_THAT(table.run({{"5", "abc"}}), ElementsAre(Row{"1", "5", "by block"}));
}

TEST(Transform, FiltersRows) {
  TransformedTable table(kColumns, "orders = { filter = function(row) return row.amount % 3 == 0 end }");
  EXPECT_THAT(table.run(numbered(7)), ElementsAre(Row{"3", "3", "n3"}, Row{"6", "6", "n6"}));
  EXPECT_EQ(table.counts().filtered, 5);
  EXPECT_THAT(table.run({{"1", "a"}}), ElementsAre());
  EXPECT_EQ(table.counts().filtered, 1);
}

TEST(Transform, OfARowChangesDropsAndSplits) {
  TransformedTable table(kColumns, R"(
    columns = { ["orders.amount"] = function(v) return v * 2 end },
    orders = { row = function(row)
      if row.id == 2 then return false end
      if row.id == 3 then return {} end
      if row.id == 4 then row.name = "both"; return { row, { id = 40 }, { id = 41, name = "own" } } end
      if row.id == 5 then row.name = nil end
      if row.id == 6 then row.amount = row.amount + 1; row.amount = row.amount + 1; return row end
    end })");
  EXPECT_THAT(table.run(numbered(6)),
              ElementsAre(Row{"1", "2", "n1"}, Row{"4", "8", "both"}, Row{"40", "8", "both"}, Row{"41", "8", "own"},
                          Row{"5", "10", std::nullopt}, Row{"6", "14", "n6"}));
  EXPECT_EQ(table.counts().filtered, 2);
}

TEST(Transform, SplitsManyRowsIntoMany) {
  TransformedTable table(kColumns, R"(orders = { row = function(row)
      local parts = {}
      for i = 1, 30 do parts[i] = { id = row.id * 100 + i, name = row.name .. ":" .. i } end
      return parts
    end })");
  const auto rows = table.run(numbered(2000));
  ASSERT_EQ(rows.size(), 60000U);
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string row = std::to_string(i / 30 + 1);
    const std::string part = std::to_string(i % 30 + 1);
    ASSERT_EQ(rows[i], (Row{std::to_string((i / 30 + 1) * 100 + i % 30 + 1), row, "n" + row + ":" + part}));
  }
  EXPECT_EQ(table.counts().filtered, 0);
}

TEST(Transform, ReadsColumnsThatTheMapOmits) {
  TransformedTable table(kColumns,
                         "omit = { 'orders.name' }, orders = { reads = { 'name' }, columns = { amount = function(v, "
                         "row) return #row.name end } }");
  EXPECT_THAT(table.run({{"5", "abc"}}), ElementsAre(Row{"1", "3"}));
}

TEST(Transform, SeesOneBatchAfterTheOther) {
  TransformedTable table(kColumns, "columns = { ['orders.name'] = function(v, row) return v .. row.amount end }");
  for (int i = 1; i < 20; ++i) {
    const auto rows = table.run(numbered(i * 100));
    ASSERT_EQ(rows.size(), static_cast<size_t>(i) * 100);
    ASSERT_EQ(rows.back().at(2), "n" + std::to_string(i * 100) + std::to_string(i * 100));
  }
}

TEST(TransformFault, NamesTableKeyColumnValueAndPlace) {
  TransformedTable table(kColumns, "columns = { ['orders.amount'] = function(v, row)\n return v + row.name\n end }");
  const Error error = fault_of(table, {{"5", "1"}, {"6", "x"}});
  EXPECT_THAT(error.message(),
              HasSubstr("orders (id=2), column amount, value '6': attempt to perform arithmetic on field 'name'"));
  EXPECT_EQ(error.where(), "w.lua:3");
  EXPECT_EQ(error.code(), Code::data);
}

TEST(TransformFault, InACompiledLoopNamesItsRow) {
  auto rows = numbered(5000);
  rows[4321][1] = std::nullopt;
  TransformedTable table(kColumns, "columns = { ['orders.amount'] = function(v, row) return v + #row.name end }");
  EXPECT_THAT(fault_of(table, rows).message(),
              HasSubstr("orders (id=4322), column amount, value '4322': attempt to get length"));
}

TEST(TransformFault, OfAnUnknownColumnNamesTheNearest) {
  TransformedTable table(kColumns, "orders = { filter = function(row) return row.amonut > 1 end }");
  EXPECT_THAT(
      fault_of(table, {{"5", "a"}}).message(),
      AllOf(HasSubstr("orders (id=1): "), HasSubstr("no column \"amonut\""), HasSubstr("did you mean amount?")));
  TransformedTable assigns(kColumns, "orders = { row = function(row) row.nmae = 'x' end }");
  EXPECT_THAT(fault_of(assigns, {{"5", "a"}}).message(), HasSubstr("did you mean name?"));
  TransformedTable part(kColumns, "orders = { row = function(row) return { { amuont = 1 } } end }");
  EXPECT_THAT(fault_of(part, {{"5", "a"}}).message(), HasSubstr("did you mean amount?"));
}

TEST(TransformFault, OfAWrongAnswerSaysWhatWasExpected) {
  TransformedTable filter(kColumns, "orders = { filter = function(row) return row.name end }");
  EXPECT_THAT(fault_of(filter, {{"5", "a"}}).message(),
              HasSubstr("expected true or false from the filter, found a string"));
  TransformedTable one(kColumns, "orders = { row = function(row) return { name = 'x' } end }");
  EXPECT_THAT(fault_of(one, {{"5", "a"}}).message(), HasSubstr("found one row"));
  TransformedTable number(kColumns, "orders = { row = function(row) return 1 end }");
  EXPECT_THAT(fault_of(number, {{"5", "a"}}).message(), HasSubstr("a list of rows from the function, found a number"));
  TransformedTable assigns(kColumns, "columns = { ['orders.name'] = function(v, row) row.name = 'x' end }");
  EXPECT_THAT(fault_of(assigns, {{"5", "a"}}).message(), HasSubstr("row.name can't be assigned here"));
}

TEST(TransformFault, CanLeaveTheRowOutAndGoOn) {
  TransformedTable table(kColumns, R"(
    columns = { ["orders.amount"] = function(v) if v == 2 then error "two" end if v == 4 then return "four" end return v end },
    orders = { filter = function(row) if row.id == 6 then error "six" end return row.id ~= 7 end,
               row = function(row) if row.id == 5 then row.name = "lost"; error "five" end end })");
  std::vector<std::string> errors;
  const auto rows = table.run(numbered(8), [&](int64_t row, const Error& error) {
    errors.push_back(std::to_string(row + 1) + " " + error.message());
  });
  EXPECT_THAT(rows, ElementsAre(Row{"1", "1", "n1"}, Row{"3", "3", "n3"}, Row{"8", "8", "n8"}));
  EXPECT_THAT(
      errors,
      ElementsAre(HasSubstr("6 orders (id=6): six"), HasSubstr("2 orders (id=2), column amount, value '2': two"),
                  HasSubstr("5 orders (id=5): five"), HasSubstr("4 orders (id=4), column amount, value '4': ")));
  EXPECT_EQ(table.counts().rejected, 4);
  EXPECT_EQ(table.counts().filtered, 1);
}

TEST(TransformSandbox, HasNothingThatDiffersFromRunToRun) {
  for (const std::string name : {"os", "io", "ffi", "jit", "debug", "print", "pcall", "coroutine", "require('ffi')",
                                 "math.random", "string.dump"}) {
    TransformedTable table(kColumns, "columns = { ['orders.name'] = function(v) return tostring(" + name + ") end }");
    const Error error = fault_of(table, {{"5", "a"}});
    EXPECT_THAT(error.message(), HasSubstr("orders (id=1), column name, value 'a': ")) << name;
    EXPECT_EQ(error.where(), "w.lua:2");
  }
}

TEST(TransformSandbox, LetsNoRowBeKept) {
  TransformedTable table(
      kColumns,
      "orders = (function() local kept; return { columns = { amount = function(v, row) kept = row; return v end,"
      " name = 'x' }, filter = function(row) return kept == nil or kept.id > 0 end } end)()");
  EXPECT_EQ(table.run({{"5", "a"}}).size(), 1U);
  EXPECT_EQ(table.run({{"5", "a"}}).size(), 1U) << "during a call a kept row is the row of the call";
}

TEST(TransformWatch, FailsALoopWithoutAnEndThatTakesMemory) {
  TransformedTable table(
      kColumns, "columns = { ['orders.name'] = function(v) local n = 0 while true do n = n + 1 v = 'x' .. n end end }",
      {std::chrono::milliseconds(200), std::chrono::minutes(1)});
  EXPECT_THAT(fault_of(table, {{"5", "a"}}).message(), HasSubstr("is there a loop without an end?"));
}

TEST(TransformWatchDeathTest, EndsTheProcessWhereACompiledLoopNeverReturns) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto spin = [] {
    TransformedTable table(kColumns, "columns = { ['orders.amount'] = function(v) while true do v = v + 1 end end }",
                           {std::chrono::milliseconds(200), std::chrono::milliseconds(300)});
    table.run({{"5", "a"}});
  };
  EXPECT_EXIT(spin(), testing::ExitedWithCode(130),
              "orders, columns\\[\"orders.amount\"\\] \\(w.lua:2\\) has not returned for .*sluice resume RUN --adopt");
}

TEST(TransformMemory, IsBounded) {
  TransformedTable table(kColumns, "columns = { ['orders.name'] = function(v) return v:rep(2 ^ 20) end }");
  EXPECT_THAT(fault_of(table, numbered(300)).message(), HasSubstr("more than 256 MiB"));
}

TEST(TransformMap, RefusesWhatMeansNothing) {
  const auto error_of = [](const std::string& fields) -> std::string {
    try {
      TransformedTable table(kColumns, fields);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_THAT(error_of("columns = { ['orders.amuont'] = 1 }"),
              AllOf(HasSubstr("w.lua:2"), HasSubstr("matches no column"), HasSubstr("orders.amount")));
  EXPECT_THAT(error_of("odrers = { columns = { amount = 1 } }"),
              AllOf(HasSubstr("w.lua:2"), HasSubstr("did you mean orders?")));
  EXPECT_THAT(error_of("orders = { columns = { amuont = 1 } }"), HasSubstr("did you mean orders.amount?"));
  EXPECT_THAT(error_of("orders = { add = { name = { type = 'text', value = 'x' } } }"),
              HasSubstr("has a column \"name\" already"));
  EXPECT_THAT(error_of("orders = { reads = { 'name' } , columns = { amount = 1 } }"), HasSubstr("is read already"));
}

std::string digest_of(const std::string& before_map, const std::string& function) {
  const std::string source =
      before_map + "\nlocal m = map { from = 'a', to = 'b', columns = { ['t.c'] = " + function +
      " } }\nreturn workflow 'w' { stores = { a = store 'sqlite' { path = 'a' }, b = store 'sqlite' { path = 'b' } },"
      " phase 'p' { step 's' { copy.tables { map = m } } } }";
  return load_bundle({{"w.lua", source}}, "w.lua", {}).maps.at(0).transforms.columns.at(0).value.digest;
}

TEST(TransformDigest, ChangesWithTheFunctionAndWithAllThatItUses) {
  const std::string use = "function(v)\n return helper(v) + rate.x\n end";
  const std::string base = "local rate = { x = 1, y = 2, [1] = 3 } local function helper(v)\n return v * rate.y\n end";
  const std::string digest = digest_of(base, use);
  EXPECT_EQ(digest_of(base, use), digest);
  EXPECT_EQ(digest_of("-- a line more\nlocal other = 5\n" + base, use), digest)
      << "lines that only move change nothing";
  EXPECT_NE(digest_of(base, "function(v)\n return helper(v) - rate.x\n end"), digest);
  EXPECT_NE(digest_of("local rate = { x = 9, y = 2, [1] = 3 } local function helper(v)\n return v * rate.y\n end", use),
            digest);
  EXPECT_NE(digest_of("local rate = { x = 1, y = 2, [1] = 3 } local function helper(v)\n return v / rate.y\n end", use),
            digest);
  const auto with_param = [](const std::string& value) {
    return digest_of("local p = params { rate = param.number(" + value + ") }",
                     "function(v)\n return v * p.rate\n end");
  };
  EXPECT_EQ(with_param("2"), with_param("2"));
  EXPECT_NE(with_param("2"), with_param("3"));
  EXPECT_NE(digest_of("", "5"), digest_of("", "'5'"));
}

TEST(TransformMapping, SurvivesItsJson) {
  TransformedTable table(
      kColumns,
      "types = { ['orders.amount'] = 'text' }, omit = { 'orders.name' }, orders = { reads = { 'name' },"
      " columns = { amount = function(v) return 'x' end }, row = function() end, filter = function() return true end "
      "}");
  const std::string json = catalog::mapping_to_json(table.whole_mapping());
  EXPECT_EQ(catalog::mapping_to_json(catalog::mapping_from_json(json)), json);
  const catalog::TableMapping& mapping = table.mapping();
  EXPECT_EQ(mapping.find_target("amount")->transform.id, "orders.columns.amount");
  EXPECT_EQ(arrow::to_text(mapping.find_target("amount")->input), "int32");
  EXPECT_EQ(mapping.row.id, "orders.row");
  EXPECT_FALSE(mapping.keeps_key());
}

}  // namespace
}  // namespace sluice::script
