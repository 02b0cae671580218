#include <gmock/gmock.h>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

catalog::Catalog catalog_of(const std::string& path, const store::LookFilter& filter = {}) {
  const store::Store store = sqlite_store(path, "read");
  return store::Session(store).catalog(filter);
}

catalog::Catalog catalog_of_sql(const std::string& sql, const store::LookFilter& filter = {}) {
  const TempDirectory directory;
  run_sqlite(directory / "shop.db", sql);
  return catalog_of(directory / "shop.db", filter);
}

TEST(SqliteCatalog, DescribesChinookWhole) {
  SLUICE_REQUIRE_DATA("chinook/chinook.sqlite");
  store::LookFilter filter;
  filter.evidence = true;
  const catalog::Catalog chinook = catalog_of(shared_data_directory() + "/chinook/chinook.sqlite", filter);
  ASSERT_EQ(chinook.tables.size(), 11u);
  const catalog::Table& track = *chinook.find_table("Track");
  EXPECT_EQ(track.rows, 3503);
  EXPECT_GT(track.bytes, 100000);
  EXPECT_THAT(track.primary_key->columns, ElementsAre("TrackId"));
  ASSERT_EQ(track.foreign_keys.size(), 3u);
  EXPECT_EQ(track.foreign_keys[0].ref_table, "Album");
  EXPECT_EQ(track.foreign_keys[0].on_delete, "");
  const catalog::Column& id = *track.find_column("TrackId");
  EXPECT_TRUE(id.identity);
  EXPECT_EQ(id.next, 3504);
  EXPECT_FALSE(id.nullable);
  const catalog::Column& price = *track.find_column("UnitPrice");
  EXPECT_EQ(price.type, (arrow::Type{Kind::decimal, 10, 2}));
  EXPECT_EQ(price.carrier.kind, Kind::float64);
  EXPECT_EQ(price.evidence->reals, 3503);
  EXPECT_EQ(price.evidence->max_scale, 2);
  const catalog::Column& name = *track.find_column("Name");
  EXPECT_EQ(name.native, "NVARCHAR(200)");
  EXPECT_EQ(name.type.length, 200);
  const catalog::Table& link = *chinook.find_table("PlaylistTrack");
  EXPECT_THAT(link.primary_key->columns, ElementsAre("PlaylistId", "TrackId"));
  const catalog::Column& birth = *chinook.find_table("Employee")->find_column("BirthDate");
  EXPECT_EQ(birth.type.kind, Kind::timestamp);
  EXPECT_EQ(birth.evidence->timestamps, 8);
}

TEST(SqliteCatalog, ReadsDeclaredTypesBySqlitesRulesAndKnownNames) {
  const catalog::Catalog seen = catalog_of_sql(
      "CREATE TABLE t (a BIGINT, b VARCHAR(40), c DOUBLE PRECISION, d DECIMAL(10,2), e BOOLEAN, f DATE, g DATETIME, h "
      "BLOB, "
      "i, j \"FLOATING POINT\", k STRING, l NUMERIC(20,6), m NUMERIC, n JSON, o UUID, p \"UNSIGNED BIG INT\", q TEXT, "
      "r "
      "\"TIMESTAMP WITH TIME ZONE\", s INTERVAL, u TINYINT(1), v VARBINARY(16))");
  std::string all;
  for (const catalog::Column& column : seen.tables[0].columns) {
    all += column.name + " " + arrow::to_text(column.type) + "/" + arrow::to_text(column.carrier) + "\n";
  }
  EXPECT_EQ(all,
            "a int64/int64\nb text(40)/text\nc float64/float64\nd decimal(10,2)/float64\ne boolean/int64\nf date/text\n"
            "g timestamp/text\nh binary/binary\ni text/text\nj float64/float64\nk text/text\nl decimal(20,6)/text\n"
            "m number/text\nn json/text\no uuid/text\np int64/int64\nq text/text\nr timestamptz/text\ns text/text\n"
            "u int64/int64\nv binary/binary\n");
}

TEST(SqliteCatalog, BringsDefaultsIntoNeutralForm) {
  const catalog::Catalog seen = catalog_of_sql(
      "CREATE TABLE t (a INTEGER DEFAULT -7, b TEXT DEFAULT 'it''s', c TEXT DEFAULT \"double\", d DATETIME DEFAULT "
      "CURRENT_TIMESTAMP, e DATETIME DEFAULT (datetime('now')), f DATE DEFAULT (date('now')), g TEXT DEFAULT NULL, h "
      "TEXT "
      "DEFAULT (strftime('%s','now')), i BOOLEAN DEFAULT 1, j REAL DEFAULT 1.50, k DATE DEFAULT 'null', l TEXT DEFAULT "
      "'null', m "
      "BLOB DEFAULT x'00', n BOOLEAN DEFAULT FALSE)");
  std::string all;
  for (const catalog::Column& column : seen.tables[0].columns) {
    all += column.name + " " + column.default_value.kind + " " + column.default_value.text + "\n";
  }
  EXPECT_EQ(all,
            "a literal -7\nb literal it's\nc literal double\nd now \ne now \nf today \ng none \nh native "
            "strftime('%s','now')\ni literal true\nj literal 1.50\nk none \nl literal null\nm native x'00'\nn literal "
            "false\n");
}

TEST(SqliteCatalog, DescribesKeysIndexesChecksAndGeneratedColumns) {
  const catalog::Catalog seen = catalog_of_sql(
      "CREATE TABLE parent (a TEXT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;"
      "CREATE TABLE child (id INT CONSTRAINT pk PRIMARY KEY, pa TEXT, pb INT, code TEXT COLLATE NOCASE UNIQUE, total "
      "REAL CHECK "
      "(total >= 0 /* ), */), double_total REAL GENERATED ALWAYS AS (total * 2) STORED, CONSTRAINT up FOREIGN KEY (PB, "
      "pa) "
      "REFERENCES Parent ON DELETE CASCADE ON UPDATE SET NULL, CONSTRAINT positive CHECK (id > 0), FOREIGN KEY (pa) "
      "REFERENCES "
      "gone (x));"
      "CREATE INDEX child_open ON child (pa, pb DESC) WHERE total > 0;"
      "CREATE UNIQUE INDEX child_lower ON child (lower(code));"
      "CREATE VIEW v AS SELECT 1;"
      "CREATE VIRTUAL TABLE words USING fts5 (x);"
      "CREATE TRIGGER tr AFTER INSERT ON child BEGIN SELECT 1; END;");
  ASSERT_EQ(seen.tables.size(), 2u);
  const catalog::Table& parent = *seen.find_table("parent");
  EXPECT_THAT(parent.primary_key->columns, ElementsAre("b", "a"));
  EXPECT_FALSE(parent.find_column("a")->nullable);
  const catalog::Table& child = *seen.find_table("child");
  EXPECT_EQ(child.primary_key->name, "pk");
  EXPECT_TRUE(child.find_column("id")->nullable);  // INT PRIMARY KEY is not the rowid and takes NULLs
  EXPECT_FALSE(child.find_column("id")->identity);
  EXPECT_EQ(child.find_column("double_total")->generated, "total * 2");
  ASSERT_EQ(child.uniques.size(), 1u);
  EXPECT_THAT(child.uniques[0].columns, ElementsAre("code"));
  ASSERT_EQ(child.indexes.size(), 2u);
  const catalog::Index& open = child.indexes[0];
  EXPECT_EQ(open.name, "child_open");
  EXPECT_EQ(open.where, "total > 0");
  ASSERT_EQ(open.columns.size(), 2u);
  EXPECT_TRUE(open.columns[1].descending);
  EXPECT_TRUE(child.indexes[1].unique);
  EXPECT_THAT(child.indexes[1].expression, HasSubstr("lower(code)"));
  ASSERT_EQ(child.foreign_keys.size(), 1u);
  EXPECT_EQ(child.foreign_keys[0].name, "up");
  EXPECT_EQ(child.foreign_keys[0].ref_table, "parent");
  EXPECT_THAT(child.foreign_keys[0].columns, ElementsAre("pb", "pa"));
  EXPECT_THAT(child.foreign_keys[0].ref_columns, ElementsAre("b", "a"));
  EXPECT_EQ(child.foreign_keys[0].on_delete, "cascade");
  EXPECT_EQ(child.foreign_keys[0].on_update, "set null");
  ASSERT_EQ(child.checks.size(), 2u);
  EXPECT_EQ(child.checks[1].name, "positive");
  EXPECT_EQ(child.checks[1].expression, "id > 0");
  for (const char* part :
       {"view v", "virtual table words", "shadow table words_data", "trigger tr", "NOCASE", "gone"}) {
    EXPECT_THAT(seen.notes, Contains(HasSubstr(part))) << part;
  }
}

TEST(SqliteCatalog, NextValueRespectsTheSequenceBeyondTheRows) {
  const catalog::Catalog seen = catalog_of_sql(
      "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO a VALUES (41, 1); DELETE FROM a;"
      "CREATE TABLE b (id INTEGER PRIMARY KEY, x); INSERT INTO b VALUES (-5, 1);"
      "CREATE TABLE c (id INTEGER PRIMARY KEY, x); INSERT INTO c VALUES (9223372036854775807, 1);");
  EXPECT_EQ(seen.find_table("a")->find_column("id")->next, 42);
  EXPECT_EQ(seen.find_table("b")->find_column("id")->next, 1);
  EXPECT_EQ(seen.find_table("c")->find_column("id")->next, 0);
}

TEST(SqliteCatalog, HidesTheLedgerAndFiltersByTable) {
  const TempDirectory directory;
  run_sqlite(directory / "shop.db", "CREATE TABLE a (x); CREATE TABLE b (x)");
  Target target(directory / "shop.db");
  EXPECT_EQ(target.session.catalog({}).tables.size(), 2u);
  store::LookFilter filter;
  filter.tables = {"B", "missing"};
  const catalog::Catalog some = target.session.catalog(filter);
  ASSERT_EQ(some.tables.size(), 1u);
  EXPECT_EQ(some.tables[0].name, "b");
}

TEST(SqliteCatalog, EstimatesRowsWithoutCountingAndWithinReason) {
  const catalog::Catalog seen = catalog_of_sql(
      "CREATE TABLE even (x); INSERT INTO even WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
      "< 5000) "
      "SELECT i FROM n;"
      "CREATE TABLE wide (id INTEGER PRIMARY KEY); INSERT INTO wide VALUES (-9223372036854775808), "
      "(9223372036854775807);");
  EXPECT_EQ(seen.find_table("even")->rows, 5000);
  EXPECT_LT(seen.find_table("wide")->rows, 1000000);
}

}  // namespace
}  // namespace sluice::test
