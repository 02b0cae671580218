#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/decide.hpp"
#include "catalog_samples.hpp"

namespace sluice::catalog {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A column as a typed store has it.
Column typed(const std::string& name, const Type& type, bool nullable = true, const std::string& native = "") {
  Column made;
  made.name = name;
  made.type = made.carrier = type;
  made.native = native.empty() ? arrow::to_text(type) : native;
  made.nullable = nullable;
  return made;
}

Mapping fit(std::vector<Table> source, std::vector<Table> target, MapSpec spec = {}) {
  spec.from = "old";
  spec.to = "new";
  spec.where = "w.lua:1";
  spec.tables_exist = true;
  Catalog from, to;
  from.tables = std::move(source);
  to.tables = std::move(target);
  return decide_existing(from, spec, to);
}

std::string refusal(std::vector<Table> source, std::vector<Table> target, const MapSpec& spec = {}) try {
  fit(std::move(source), std::move(target), spec);
  return "no error";
} catch (const Error& error) {
  return error.what();
}

/// "decimal(10,2) from float64 by rounded_decimal", and what may be lost.
std::string fitted(const Column& source, const Column& target, const MapSpec& spec = {}) {
  const Mapping mapping = fit({table("t", {source})}, {table("t", {target})}, spec);
  const ColumnMapping& c = mapping.tables.at(0).columns.at(0);
  return arrow::to_text(c.compare) + " from " + arrow::to_text(c.source_carrier) + " by " + to_text(c.source_cast) +
         (c.risk.empty() ? "" : "; " + c.risk);
}

TEST(DecideExisting, TheTargetsColumnIsTheType) {
  EXPECT_EQ(fitted(column("c", {Kind::int64}, "INTEGER", integers(5, 1, 9)), typed("c", {Kind::int16})), "int16 from int64 by checked");
  EXPECT_EQ(fitted(column("c", {Kind::text}, "TEXT", texts(5, &Evidence::dates)), typed("c", {Kind::date})), "date from text by text_date");
  EXPECT_EQ(fitted(column("c", {Kind::float64}, "REAL", reals(5, 2, 3)), typed("c", {Kind::decimal, 10, 2})),
            "decimal(10,2) from float64 by rounded_decimal");
  EXPECT_EQ(fitted(typed("c", {Kind::int32}), typed("c", {Kind::int64})), "int64 from int32 by none");
  EXPECT_EQ(fitted(typed("c", {Kind::timestamp}), typed("c", {Kind::timestamptz})), "timestamptz from timestamp by utc_timestamp");
}

TEST(DecideExisting, WhatMayBeLostIsSaidUnlessAScanRulesItOut) {
  EXPECT_EQ(fitted(typed("c", {Kind::int64}), typed("c", {Kind::int32})),
            "int32 from int64 by checked; int64 into int32: values that do not fit are refused");
  EXPECT_EQ(fitted(column("c", {Kind::float64}, "REAL", reals(5, 7, 3)), typed("c", {Kind::decimal, 10, 2}, true, "numeric(10,2)")),
            "decimal(10,2) from float64 by rounded_decimal; REAL into numeric(10,2): equal under: rounded to 2 decimals");
  EXPECT_THAT(fitted(typed("c", {Kind::text}), typed("c", {Kind::text, 0, 0, 20}, true, "varchar(20)")),
              HasSubstr("into varchar(20): longer texts are refused"));
  EXPECT_THAT(fitted(column("c", {Kind::text}, "TEXT", texts(5)), typed("c", {Kind::text, 0, 0, 5})),
              HasSubstr("holds texts of up to 10 bytes"));
  EXPECT_EQ(fitted(column("c", {Kind::text}, "TEXT", texts(5)), typed("c", {Kind::text, 0, 0, 10})), "text(10) from text by none");
  EXPECT_THAT(fitted(typed("c", {Kind::int32}), typed("c", {Kind::int32}, false)),
              HasSubstr("may hold NULL, and the target's column is NOT NULL"));
  EXPECT_EQ(fitted(column("c", {Kind::int64}, "INTEGER", integers(5, 1, 9)), typed("c", {Kind::int64}, false)), "int64 from int64 by none");
}

TEST(DecideExisting, NamesEverythingThatDoesNotFitAtOnce) {
  Column made = typed("total", {Kind::int64});
  made.generated = "a + b";
  Evidence nulls = integers(3, 1, 2);
  nulls.nulls = 2;
  nulls.rows = 5;
  const std::string text =
      refusal({table("orders", {id_column(), column("total", {Kind::int64}, "INTEGER", integers(1, 1, 1)),
                                column("when_made", {Kind::text}, "TEXT", texts(5)), column("note", {Kind::text}, "TEXT", texts(5)),
                                column("n", {Kind::int64}, "INTEGER", nulls)}),
               table("custmer", {id_column()})},
              {table("orders", {typed("id", {Kind::int64}, false), made, typed("when_made", {Kind::date}, true, "date"),
                                typed("notes", {Kind::text}), typed("n", {Kind::int64}, false), typed("tenant", {Kind::uuid}, false)}),
               table("customer", {typed("id", {Kind::int64}, false)})});
  EXPECT_THAT(
      text,
      AllOf(HasSubstr("w.lua:1: the tables of \"new\" do not fit the map:"), HasSubstr("orders.total: the target's total is generated"),
            HasSubstr("orders.when_made: the target's column is date, but the column holds other values: 5 rows scanned: 5 texts"),
            HasSubstr("orders.note: orders has no column note (did you mean notes?)"), HasSubstr("omit = { \"orders.note\" }"),
            HasSubstr("orders.n: holds 2 NULLs, and the target's column is NOT NULL"),
            HasSubstr("orders.tenant: is NOT NULL without a default"), HasSubstr("there is no table custmer for custmer") /* see below */));
}

TEST(DecideExisting, NamesTheNearestTable) {
  EXPECT_THAT(refusal({table("custmer", {id_column()})}, {table("customer", {typed("id", {Kind::int64}, false)})}),
              HasSubstr("there is no table custmer for custmer (did you mean customer?)"));
}

TEST(DecideExisting, FindsNamesInAnotherCaseWhereOnlyOneCanBeMeant) {
  const Mapping mapping = fit({table("orders", {id_column("ID")})}, {table("Orders", {typed("Id", {Kind::int64}, false)})});
  EXPECT_EQ(mapping.tables.at(0).target_table, "Orders");
  EXPECT_EQ(mapping.tables.at(0).columns.at(0).target, "Id");
  EXPECT_THAT(refusal({table("orders", {id_column()})},
                      {table("Orders", {typed("id", {Kind::int64})}), table("ORDERS", {typed("id", {Kind::int64})})}),
              HasSubstr("there is no table orders for orders"));
}

TEST(DecideExisting, FollowsRenamesAndOmissions) {
  MapSpec spec;
  spec.renames = {{"a", "b"}, {"a.x", "y"}};
  spec.omitted = {"a.gone"};
  const Mapping mapping = fit({table("a", {column("x", {Kind::int64}, "INTEGER", integers(1, 1, 1)), id_column("gone")})},
                              {table("b", {typed("y", {Kind::int64})})}, spec);
  EXPECT_EQ(mapping.tables.at(0).target_table, "b");
  EXPECT_EQ(mapping.tables.at(0).columns.at(0).target, "y");
}

TEST(DecideExisting, LeavesToTheTargetWhatItFillsByItself) {
  Column with_default = typed("made", {Kind::timestamp}, false);
  with_default.default_value.kind = "now";
  Column counted = typed("n", {Kind::int64}, false);
  counted.identity = true;
  Column derived = typed("d", {Kind::int64}, false);
  derived.generated = "n + 1";
  Column also_derived = column("d", {Kind::int64}, "INTEGER", integers(1, 1, 1));
  also_derived.generated = "id + 1";
  const Mapping mapping =
      fit({table("t", {id_column(), also_derived})},
          {table("t", {typed("id", {Kind::int64}, false), with_default, counted, derived, typed("free", {Kind::text})})});
  EXPECT_EQ(mapping.tables.at(0).columns.size(), 1U);
  EXPECT_THAT(mapping.warnings, AllOf(Contains("t.made: gets no value from the map and has its default"),
                                      Contains("t.n: gets no value from the map and counts by itself"),
                                      Contains("t.free: gets no value from the map and stays NULL"),
                                      Contains("t.d: is generated on both sides: left to the target")));
}

TEST(DecideExisting, RefusesTypesThatContradictTheTarget) {
  MapSpec spec;
  spec.types = {{"t.c", "numeric(12,2)"}};
  const Column source = column("c", {Kind::float64}, "REAL", reals(5, 2, 3));
  EXPECT_THAT(refusal({table("t", {source})}, {table("t", {typed("c", {Kind::float64}, true, "double precision")})}, spec),
              HasSubstr("t.c: the map's types say decimal(12,2), and the target's column is double precision (take the entry out"));
  EXPECT_EQ(fitted(source, typed("c", {Kind::decimal, 12, 2}), spec), "decimal(12,2) from float64 by rounded_decimal");
}

TEST(DecideExisting, TakesTheTargetsKey) {
  Table target = table("t", {typed("a", {Kind::int64}, false), typed("b", {Kind::int64}, false), typed("id", {Kind::int64}, false)});
  target.columns[2].identity = true;
  target.primary_key = Key{"", {"id"}};
  target.indexes.push_back({.name = "u", .columns = {{"a"}, {"b"}}, .unique = true, .where = "", .expression = ""});
  const Column a = column("a", {Kind::int64}, "INTEGER", integers(1, 1, 1));
  const Column b = column("b", {Kind::int64}, "INTEGER", integers(1, 1, 1));
  EXPECT_THAT(fit({table("t", {a, b})}, {target}).tables.at(0).key, ElementsAre("a", "b"));
  EXPECT_THAT(fit({table("t", {a, b, id_column()})}, {target}).tables.at(0).key, ElementsAre("id"));
}

TEST(DecideExisting, CountsOnFromTheHigherNumberOfBothSides) {
  Column target_id = typed("id", {Kind::int64}, false);
  target_id.identity = true;
  target_id.next = 5;
  Column source_id = id_column();
  source_id.identity = true;
  source_id.next = 70;
  EXPECT_EQ(fit({table("t", {source_id})}, {table("t", {target_id})}).target.tables.at(0).columns.at(0).next, 70);
  source_id.next = 2;
  EXPECT_EQ(fit({table("t", {source_id})}, {table("t", {target_id})}).target.tables.at(0).columns.at(0).next, 5);
}

TEST(DecideExisting, SpeaksOfTriggersAndOfReferencesThatLeaveTheMap) {
  Catalog source, target;
  source.tables = {table("t", {id_column()})};
  target.tables = {table("t", {typed("id", {Kind::int64}, false)}), table("other", {typed("id", {Kind::int64}, false)})};
  target.tables[0].foreign_keys.push_back(
      {.name = "", .columns = {"id"}, .ref_schema = "", .ref_table = "other", .ref_columns = {"id"}, .on_delete = "", .on_update = ""});
  target.notes = {"trigger audit on t is not copied", "trigger audit on other is not copied"};
  MapSpec spec;
  spec.tables_exist = true;
  const Mapping mapping = decide_existing(source, spec, target);
  EXPECT_THAT(mapping.warnings, AllOf(Contains("t: its trigger audit will fire for every row that is copied"),
                                      Contains("t: refers to other, which the map does not fill: its rows must be there before"),
                                      Not(Contains(HasSubstr("other: its")))));
}

TEST(DecideExisting, RefusesColumnsThatNothingCanBeLoadedInto) {
  Catalog source, target;
  source.tables = {table("t", {id_column(), column("tags", {Kind::text}, "TEXT", texts(5))})};
  target.tables = {table("t", {typed("id", {Kind::int64}, false), typed("tags", {Kind::text}, true, "text[]")})};
  target.notes = {"t.tags: text[] becomes text, as the server writes it"};
  try {
    decide_existing(source, {}, target);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("t.tags: the target's column is text[], into which nothing can be loaded"));
  }
}

TEST(DecideExisting, IsTheSameAsJson) {
  const Mapping mapping =
      fit({table("t", {column("c", {Kind::float64}, "REAL", reals(5, 7, 3))})}, {table("t", {typed("c", {Kind::decimal, 10, 2})})});
  const Mapping again = mapping_from_json(mapping_to_json(mapping));
  EXPECT_TRUE(again.tables_exist);
  EXPECT_EQ(again.tables.at(0).columns.at(0).risk, mapping.tables.at(0).columns.at(0).risk);
  EXPECT_EQ(catalog_to_json(again.expected), catalog_to_json(mapping.expected));
  EXPECT_EQ(mapping_to_json(again), mapping_to_json(mapping));
}

}  // namespace
}  // namespace sluice::catalog
