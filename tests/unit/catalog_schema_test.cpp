#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/compare_schema.hpp"
#include "catalog_samples.hpp"

namespace sluice::catalog {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// A target that makes everything but indexes over a part of the rows.
Ddl ask(const Catalog& wanted, const std::string& stage) {
  Ddl ddl = take_all(wanted);
  for (const Table& table : wanted.tables) {
    const auto add = [&](const std::string& sql) { ddl.statements.push_back({.sql = sql, .kind = "index", .table = table.name}); };
    if (stage != "finish") continue;
    for (const Key& key : table.uniques) add("unique " + key.columns.front());
    for (const ForeignKey& key : table.foreign_keys) add("foreign " + key.ref_table);
    for (const Index& index : table.indexes) {
      if (index.where.empty()) add("index " + index.name);
    }
  }
  return ddl;
}

/// A child with a key, a unique key, a foreign key and two indexes, and its parent.
std::vector<Table> family() {
  Table parent = table("parent", {id_column()});
  parent.primary_key = Key{"", {"id"}};
  Table child = table("child", {id_column(), column("code", {Kind::text}, "VARCHAR(5)", texts(5)),
                                column("parent_id", {Kind::int64}, "INTEGER", integers(5, 1, 5))});
  child.primary_key = Key{"", {"id"}};
  child.uniques = {Key{"by_code", {"code"}}};
  child.foreign_keys.push_back({.name = "to_parent",
                                .columns = {"parent_id"},
                                .ref_schema = "",
                                .ref_table = "parent",
                                .ref_columns = {"id"},
                                .on_delete = "cascade",
                                .on_update = ""});
  child.indexes = {{.name = "plain", .columns = {{"parent_id"}}, .unique = false, .where = "", .expression = ""},
                   {.name = "part", .columns = {{"code"}, {"id"}}, .unique = false, .where = "\"id\" > 5", .expression = ""}};
  return {child, parent};
}

/// What the target has when everything is made.
Catalog made(const Mapping& mapping) {
  Catalog there = mapping.target;
  for (Table& table : there.tables) {
    for (Column& column : table.columns) column.carrier = column.type;
  }
  std::erase_if(there.tables[0].indexes, [](const Index& index) { return !index.where.empty(); });
  return there;
}

std::vector<std::string> differences(const Mapping& mapping, const Catalog& there) {
  std::vector<std::string> texts;
  for (const TableSchema& table : compare_schema(mapping, there, ask)) {
    for (const SchemaDifference& difference : table.differences) texts.push_back(table.table + ": " + difference.text);
  }
  return texts;
}

TEST(CompareSchema, WhatIsMadeFitsAndWhatTheTargetCannotHoldIsANote) {
  const Mapping mapping = decide(family());
  EXPECT_THAT(differences(mapping, made(mapping)), IsEmpty());
  EXPECT_THAT(compare_schema(mapping, made(mapping), ask).at(0).notes,
              ElementsAre("index part over (code, id) where \"id\" > 5 is not there: the target can't hold it"));
}

TEST(CompareSchema, NamesEverythingThatIsMissing) {
  const Mapping mapping = decide(family());
  Catalog there = made(mapping);
  Table& child = there.tables[0];
  child.primary_key.reset();
  child.uniques.clear();
  child.foreign_keys.clear();
  child.indexes.clear();
  child.columns.erase(child.columns.begin() + 1);
  there.tables.erase(there.tables.begin() + 1);
  EXPECT_THAT(differences(mapping, there),
              UnorderedElementsAre("child: code is missing", "child: primary key over (id) is missing",
                                   "child: unique key by_code over (code) is missing",
                                   "child: foreign key to_parent (parent_id) to parent (id) is missing",
                                   "child: index plain over (parent_id) is missing", "parent: the table is missing"));
}

TEST(CompareSchema, NamesColumnsOfAnotherTypeAndThoseThatAreNotTheMaps) {
  const Mapping mapping = decide(family());
  Catalog there = made(mapping);
  Table& child = there.tables[0];
  child.columns[1].carrier = child.columns[1].type = Type{Kind::text, 0, 0, 3};
  child.columns[1].native = "varchar(3)";
  child.columns[2].nullable = false;
  Column more = child.columns[1];
  more.name = "more";
  child.columns.push_back(more);
  child.foreign_keys[0].on_delete = "set null";
  EXPECT_THAT(differences(mapping, there),
              UnorderedElementsAre("child: code is varchar(3), expected text", "child: parent_id is NOT NULL, expected to take NULL",
                                   "child: more is there, and the map does not make it",
                                   "child: foreign key to_parent (parent_id) to parent (id): on delete set null, expected cascade"));
}

TEST(CompareSchema, GoesByWhatKeysDoAndNotByTheirNames) {
  const Mapping mapping = decide(family());
  Catalog there = made(mapping);
  Table& child = there.tables[0];
  child.uniques.clear();
  child.indexes = {{.name = "u", .columns = {{"code"}}, .unique = true, .where = "", .expression = ""},
                   {.name = "x", .columns = {{"parent_id"}}, .unique = false, .where = "", .expression = ""}};
  child.foreign_keys[0].name = "other";
  EXPECT_THAT(differences(mapping, there), IsEmpty());
}

TEST(CompareSchema, OfTablesThatExistCountsOnlyWhatMayBeLost) {
  Catalog source, target;
  Column price = column("price", {Kind::float64}, "REAL", reals(5, 7, 3));
  source.tables = {table("t", {column("n", {Kind::int64}, "INTEGER", integers(5, 1, 9)), price})};
  Column small;
  small.name = "n";
  small.type = small.carrier = Type{Kind::int16};
  Column rounded;
  rounded.name = "price";
  rounded.type = rounded.carrier = Type{Kind::decimal, 10, 2};
  Column more;
  more.name = "more";
  more.type = more.carrier = Type{Kind::text};
  target.tables = {table("t", {small, rounded, more})};
  MapSpec spec;
  spec.tables_exist = true;
  const Mapping mapping = decide_existing(source, spec, target);
  EXPECT_THAT(differences(mapping, target), ElementsAre("t: price: REAL into decimal(10,2): equal under: rounded to 2 decimals"));
  EXPECT_THAT(compare_schema(mapping, target, ask).at(0).notes, ElementsAre("more gets no value from the map"));
  target.tables[0].columns[2].nullable = false;
  target.tables[0].columns[0].carrier = target.tables[0].columns[0].type = Type{Kind::int8};
  EXPECT_THAT(differences(mapping, target), UnorderedElementsAre("t: price: REAL into decimal(10,2): equal under: rounded to 2 decimals",
                                                                 "t: n is int8, and was int16 when the run was planned",
                                                                 "t: more is NOT NULL without a default, and gets no value"));
}

}  // namespace
}  // namespace sluice::catalog
