#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "catalog/decide.hpp"
#include "store/plugin.hpp"
#include "support/environment.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"
#include "verify/diff.hpp"
#include "verify/sample.hpp"

namespace sluice::verify {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::shared_ptr<const store::Plugin> plugin(const std::string& name) {
  return store::Plugin::load(store::PluginSearch({test::build_directory() + "/plugins"}).find(name));
}

/// A store with one open session.
struct Opened {
  Opened(const std::string& name, const store::Options& options)
      : store(plugin(name), name, options), session(store.open_session()) {}
  catalog::Catalog look() { return session->catalog({.schema = {}, .tables = {}, .evidence = true}); }

  store::Store store;
  std::unique_ptr<store::Session> session;
};

/// "changed id=3 total:1.5>1.6".
std::string summary(const RowDifference& row) {
  std::string text = std::string(to_text(row.kind)) + " " + row.key;
  for (const CellDifference& cell : row.cells) text += " " + cell.column + ":" + cell.source + ">" + cell.target;
  return text + (row.times == 1 ? "" : " x" + std::to_string(row.times));
}

std::vector<std::string> summaries(const TableDifference& difference) {
  std::vector<std::string> texts;
  for (const RowDifference& row : difference.rows) texts.push_back(summary(row));
  return texts;
}

class Diff : public testing::Test {
 protected:
  /// Two SQLite files from the same statements, then each its own.
  void make(const std::string& both, const std::string& a, const std::string& b) {
    test::run_sqlite(directory_ / "a.db", both + a);
    test::run_sqlite(directory_ / "b.db", both + b);
    source_ = open("a.db");
    target_ = open("b.db");
    mapping_ = catalog::pair_catalogs(source_->look(), target_->look(), {});
  }

  TableDifference compare(int64_t limit = 100) {
    EXPECT_EQ(mapping_.tables.size(), 1u);
    return compare_table(*source_->session, *target_->session, mapping_.tables.at(0), limit, {});
  }

  std::unique_ptr<Opened> open(const std::string& file) {
    return std::make_unique<Opened>("sqlite",
                                    store::Options{{"url", "sqlite:" + (directory_ / file)}, {"access", "read"}});
  }

  test::TempDirectory directory_;
  std::unique_ptr<Opened> source_;
  std::unique_ptr<Opened> target_;
  catalog::Mapping mapping_;
};

const std::string kOrders =
    "CREATE TABLE orders (id INTEGER PRIMARY KEY NOT NULL, total NUMERIC(10,2), note TEXT, placed DATE);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
    "INSERT INTO orders SELECT i, i + 0.25, 'note ' || i, '2026-01-31' FROM n;";

TEST_F(Diff, EqualTablesMatch) {
  make(kOrders, "", "");
  const TableDifference difference = compare();
  EXPECT_EQ(difference.verdict, Verdict::match);
  EXPECT_EQ(difference.source_rows, 1000);
  EXPECT_EQ(difference.target_rows, 1000);
  EXPECT_THAT(difference.rows, IsEmpty());
  EXPECT_THAT(difference.notes, Contains("total: equal under: rounded to 2 decimals"));
}

TEST_F(Diff, PlantedFaultsUnderAnIntegerKeyAreNamed) {
  make(kOrders, "UPDATE orders SET note = NULL WHERE id = 8;",
       "DELETE FROM orders WHERE id IN (1, 500); INSERT INTO orders VALUES (5000, 1, 'x', NULL), (-3, 1, 'y', NULL);"
       "UPDATE orders SET total = total + 0.01 WHERE id = 7; UPDATE orders SET note = '' WHERE id = 8;"
       "UPDATE orders SET placed = '2026-02-01', note = note || ' ' WHERE id = 1000;");
  const TableDifference difference = compare();
  EXPECT_EQ(difference.verdict, Verdict::mismatch);
  EXPECT_EQ(difference.missing, 2);
  EXPECT_EQ(difference.extra, 2);
  EXPECT_EQ(difference.changed, 3);
  EXPECT_EQ(difference.duplicated, 0);
  EXPECT_THAT(
      summaries(difference),
      UnorderedElementsAre("extra id=-3", "missing id=1", "changed id=7 total:7.25>7.26", "changed id=8 note:NULL>",
                           "missing id=500", "changed id=1000 note:note 1000>note 1000  placed:2026-01-31>2026-02-01",
                           "extra id=5000"));
}

TEST_F(Diff, ChunksAreComparedOneByOneAndTheirEndsAreOpen) {
  make(kOrders, "",
       "INSERT INTO orders VALUES (-100, 0, '', NULL), (100000, 0, '', NULL); DELETE FROM orders WHERE id = 400;");
  catalog::TableMapping& table = mapping_.tables.at(0);
  ASSERT_TRUE(has_common_ranges(table));
  table.rows = 1'000'000;  // makes ten chunks
  EXPECT_THAT(summaries(compare()), ElementsAre("extra id=-100", "missing id=400", "extra id=100000"));
}

TEST_F(Diff, AllAreCountedAndTheFirstKept) {
  make(kOrders, "", "UPDATE orders SET note = 'z' WHERE id > 10;");
  const TableDifference difference = compare(5);
  EXPECT_EQ(difference.changed, 990);
  EXPECT_THAT(difference.rows, SizeIs(5));
}

TEST_F(Diff, TextKeysNeedNoOrder) {
  make(
      "CREATE TABLE t (code TEXT PRIMARY KEY NOT NULL, n INTEGER);"
      "INSERT INTO t VALUES ('a', 1), ('A', 2), ('\xc3\xa4', 3), ('', 4), ('a ', 5), ('z', 6);",
      "", "UPDATE t SET n = 20 WHERE code = 'A'; DELETE FROM t WHERE code = ''; INSERT INTO t VALUES ('b', 7);");
  EXPECT_FALSE(has_common_ranges(mapping_.tables.at(0)));
  EXPECT_THAT(summaries(compare()), UnorderedElementsAre("changed code=A n:2>20", "missing code=", "extra code=b"));
}

TEST_F(Diff, CompositeKeysAreNamedWhole) {
  make(
      "CREATE TABLE t (a INTEGER NOT NULL, b TEXT NOT NULL, n INTEGER, PRIMARY KEY (a, b));"
      "INSERT INTO t VALUES (1, 'x', 1), (1, 'y', 2), (2, 'x', 3);",
      "", "UPDATE t SET n = 9 WHERE a = 1 AND b = 'y'; DELETE FROM t WHERE a = 2;");
  EXPECT_THAT(summaries(compare()), UnorderedElementsAre("changed a=1, b=y n:2>9", "missing a=2, b=x"));
}

TEST_F(Diff, WithoutAKeyRowsAreAMultiset) {
  make(
      "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'x'), (1, 'x'), (2, NULL), (3, ''), (4, 'w'), (4, "
      "'w'), (4, 'w');",
      "",
      "INSERT INTO t VALUES (2, NULL), (5, 'v'); DELETE FROM t WHERE a = 3; DELETE FROM t WHERE a = 4; INSERT INTO t "
      "VALUES (4, 'w');");
  EXPECT_THAT(mapping_.tables.at(0).key, IsEmpty());
  const TableDifference difference = compare();
  EXPECT_EQ(difference.duplicated, 1);
  EXPECT_EQ(difference.extra, 2);
  EXPECT_EQ(difference.missing, 3);
  EXPECT_THAT(summaries(difference), UnorderedElementsAre("duplicated (a=2, b=NULL)", "extra (a=5, b=v)",
                                                          "missing (a=3, b=)", "missing (a=4, b=w) x2"));
}

TEST_F(Diff, ARowWrittenTwiceIsSeenWhereXorAloneWouldNot) {
  make("CREATE TABLE t (a INTEGER);", "INSERT INTO t VALUES (1), (1), (2), (2);",
       "INSERT INTO t VALUES (3), (3), (4), (4);");
  const TableDifference difference = compare();
  EXPECT_EQ(difference.missing, 4);
  EXPECT_EQ(difference.extra, 4);
}

TEST_F(Diff, ADuplicatedKeyOnTheTargetIsCalledDuplicated) {
  test::run_sqlite(
      directory_ / "a.db",
      "CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, n TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b');");
  test::run_sqlite(
      directory_ / "b.db",
      "CREATE TABLE t (id INTEGER, n TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (2, 'b'), (NULL, 'c');");
  source_ = open("a.db");
  target_ = open("b.db");
  mapping_ = catalog::pair_catalogs(source_->look(), target_->look(), {});
  EXPECT_THAT(summaries(compare()), UnorderedElementsAre("duplicated id=2", "extra id=NULL"));
}

TEST_F(Diff, ReadingErrorsAreErrorsAndNoMatch) {
  make("CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, n INTEGER); INSERT INTO t VALUES (1, 1);", "", "");
  test::run_sqlite(directory_ / "b.db", "UPDATE t SET n = 'lots';");
  EXPECT_THROW(compare(), Error);
}

TEST_F(Diff, CancellationReachesTheScan) {
  make(kOrders, "", "");
  const auto check = [] { throw Error(Code::cancelled, "stop"); };
  EXPECT_THROW(compare_table(*source_->session, *target_->session, mapping_.tables.at(0), 1, check), Error);
}

TEST_F(Diff, TablesAndColumnsOfOneSideAreNeverSilent) {
  make("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);",
       "CREATE TABLE gone (a INTEGER); ALTER TABLE t ADD COLUMN old TEXT;", "CREATE TABLE fresh (a INTEGER);");
  EXPECT_THAT(mapping_.only_in_from, UnorderedElementsAre("gone", "t.old"));
  EXPECT_THAT(mapping_.only_in_to, ElementsAre("fresh"));
}

TEST_F(Diff, PatternsThatMatchNothingOnEitherSideAreErrors) {
  make("CREATE TABLE t (id INTEGER PRIMARY KEY);", "", "CREATE TABLE fresh (a INTEGER);");
  catalog::MapSpec spec;
  spec.include = {"frish"};
  EXPECT_THROW(catalog::pair_catalogs(source_->look(), target_->look(), spec), Error);
  spec.include = {"fresh"};
  EXPECT_THAT(catalog::pair_catalogs(source_->look(), target_->look(), spec).only_in_to, ElementsAre("fresh"));
}

TEST_F(Diff, ASampleReadAgainAgreesWithEqualTables) {
  make(kOrders, "", "");
  TableDifference difference = compare();
  EXPECT_EQ(check_sample(*source_->session, *target_->session, mapping_.tables.at(0), 200, difference, {}), 200);
  EXPECT_EQ(difference.verdict, Verdict::match);
  EXPECT_THAT(difference.notes, Contains(HasSubstr("none differs; at 95 % confidence at most 1.49 % of all rows do")));
}

TEST_F(Diff, ASampleOfTheWholeTableFindsWhatDiffers) {
  make(
      "CREATE TABLE t (code TEXT PRIMARY KEY NOT NULL, n REAL, b BLOB);"
      "INSERT INTO t VALUES ('a', 1.5, x'00ff'), ('b', 2, NULL), ('c', 0.1, x'');",
      "", "UPDATE t SET n = 0.10000000000000002 WHERE code = 'c'; DELETE FROM t WHERE code = 'b';");
  TableDifference difference;
  difference.source_rows = 3;
  difference.verdict = Verdict::match;
  EXPECT_EQ(check_sample(*source_->session, *target_->session, mapping_.tables.at(0), 10, difference, {}), 3);
  EXPECT_EQ(difference.verdict, Verdict::mismatch);
  EXPECT_THAT(summaries(difference),
              UnorderedElementsAre("missing code=b", "changed code=c n:0.1>0.10000000000000002"));
}

TEST_F(Diff, ASampleSaysWhyThereIsNone) {
  make("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1);", "", "");
  TableDifference difference = compare();
  EXPECT_EQ(check_sample(*source_->session, *target_->session, mapping_.tables.at(0), 10, difference, {}), 0);
  EXPECT_THAT(difference.notes, Contains("no sample was read again: it has no key"));
}

/// SQLite against PostgreSQL: types that cannot be equal as they are.
class DiffAcross : public Diff {
 protected:
  void make_across(const std::string& sqlite, const std::string& postgres) {
    database_ = std::make_unique<test::TestDatabase>();
    test::run_sqlite(directory_ / "a.db", sqlite);
    test::PgSession(database_->url()).execute(postgres);
    source_ = open("a.db");
    target_ = std::make_unique<Opened>("postgres", store::Options{{"url", database_->url()}});
    mapping_ = catalog::pair_catalogs(source_->look(), target_->look(), {});
  }

  std::unique_ptr<test::TestDatabase> database_;
};

const std::string kSqliteShop =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, price NUMERIC(10,2), rate REAL, day DATE, at DATETIME, ok BOOLEAN, doc "
    "JSON,"
    " data BLOB, uid UUID, name VARCHAR(20), exact NUMERIC);"
    "INSERT INTO t VALUES (1, 0.99, 0.1, '2026-01-31', '2026-01-31 13:05:00', 1, '{\"b\": 1.0, \"a\": [1]}', x'00ff',"
    " 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'J\xc3\xb6rg', 5), (2, 10, -0.0, NULL, NULL, 0, NULL, NULL, NULL, '', "
    "60012.665),"
    " (3, 7.5, 1e300, '1999-12-31', '1999-12-31T23:59:59.5', NULL, '[]', x'', NULL, NULL, NULL);";
const std::string kPostgresShop =
    "CREATE TABLE t (id bigint PRIMARY KEY, price numeric(10,2), rate double precision, day date, at timestamp, ok "
    "boolean,"
    " doc jsonb, data bytea, uid uuid, name varchar(20), exact numeric);"
    "INSERT INTO t VALUES (1, 0.99, 0.1, '2026-01-31', '2026-01-31 13:05:00', true, '{\"a\": [1], \"b\": 1}', "
    "'\\x00ff',"
    " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'J\xc3\xb6rg', 5), (2, 10, 0, NULL, NULL, false, NULL, NULL, NULL, '', "
    "60012.665),"
    " (3, 7.50, 1e300, '1999-12-31', '1999-12-31 23:59:59.5', NULL, '[]', '', NULL, NULL, NULL);";

TEST_F(DiffAcross, EqualMeaningsMatchWhateverTheirTypes) {
  SLUICE_REQUIRE_POSTGRES();
  make_across(kSqliteShop, kPostgresShop);
  TableDifference difference = compare();
  EXPECT_THAT(summaries(difference), IsEmpty());
  EXPECT_EQ(difference.verdict, Verdict::match);
  EXPECT_EQ(check_sample(*source_->session, *target_->session, mapping_.tables.at(0), 10, difference, {}), 3);
  EXPECT_THAT(summaries(difference), IsEmpty());
  EXPECT_EQ(difference.verdict, Verdict::match);
}

TEST_F(DiffAcross, PlantedFaultsAreNamedByColumn) {
  SLUICE_REQUIRE_POSTGRES();
  make_across(kSqliteShop,
              kPostgresShop +
                  "UPDATE t SET rate = 0.1000001, at = at + interval '1 microsecond', doc = '{\"a\": [1], \"b\": 2}',"
                  " data = '\\x00fe' WHERE id = 1; UPDATE t SET name = NULL, ok = NULL, price = 10.01 WHERE id = 2;");
  EXPECT_THAT(summaries(compare()),
              ElementsAre("changed id=1 rate:0.1>0.1000001 at:2026-01-31 13:05:00>2026-01-31 13:05:00.000001"
                          " doc:{\"b\": 1.0, \"a\": [1]}>{\"a\": [1], \"b\": 2} data:\\x00ff>\\x00fe",
                          "changed id=2 price:10.00>10.01 ok:false>NULL name:>NULL"));
}

}  // namespace
}  // namespace sluice::verify
