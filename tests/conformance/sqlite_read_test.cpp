#include <gmock/gmock.h>

#include "arrow/view.hpp"
#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

class SqliteRead : public testing::Test {
 protected:
  /// A session on a file made by `sql`.
  store::Session& open(const std::string& sql) {
    run_sqlite(directory_ / "shop.db", sql);
    store_ = std::make_unique<store::Store>(sqlite_plugin(), "shop",
                                            store::Options{{"url", directory_ / "shop.db"}, {"access", "read"}});
    session_ = std::make_unique<store::Session>(*store_);
    return *session_;
  }

 private:
  TempDirectory directory_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Session> session_;
};

TEST_F(SqliteRead, DeliversEveryStorageClassExactlyAsText) {
  auto& session = open(
      "CREATE TABLE t (x); INSERT INTO t VALUES (9223372036854775807), (-9223372036854775808), (0.1), (60012.665), "
      "(1e300), "
      "('gr\xc3\xbc\xc3\x9f'), (NULL), (''), (9e999)");
  const Rows rows = read_rows(session, "t", {"x"}, {{Kind::text}});
  EXPECT_THAT(rows,
              ElementsAre(ElementsAre("9223372036854775807"), ElementsAre("-9223372036854775808"), ElementsAre("0.1"),
                          ElementsAre("60012.665"), ElementsAre("1e+300"), ElementsAre("gr\xc3\xbc\xc3\x9f"),
                          ElementsAre("NULL"), ElementsAre(""), ElementsAre("Infinity")));
}

TEST_F(SqliteRead, UnaskedItDeliversTheCarriers) {
  auto& session = open("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB); INSERT INTO t VALUES (1, 2, 3, x'04')");
  store::ReadSpec spec;
  spec.table = "T";
  spec.columns = {"d", "c", "b", "a"};
  const auto reader = session.read(spec);
  std::string types;
  for (const arrow::Field& field : reader->fields()) types += field.name + " " + arrow::to_text(field.type) + ", ";
  EXPECT_EQ(types, "d binary, c text, b float64, a int64, ");
  EXPECT_THAT(all_rows(*reader), ElementsAre(ElementsAre("\\x04", "3", "2", "1")));
}

TEST_F(SqliteRead, AValueThatDoesNotFitIsNamedWithTableRowColumnAndClass) {
  auto& session =
      open("CREATE TABLE orders (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO orders VALUES (1, 5), (17, 'lots')");
  const Error error = error_of([&] { read_rows(session, "orders", {"n"}, {{Kind::int64}}); });
  EXPECT_EQ(error.code(), Code::data);
  for (const char* part : {"orders", "rowid = 17", "column n", "int64", "TEXT 'lots'"}) {
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST_F(SqliteRead, KeysNameTheRowWhereThereIsNoRowid) {
  auto& session =
      open("CREATE TABLE t (a TEXT, b INT, x, PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO t VALUES ('k', 3, x'00')");
  const Error error = error_of([&] { read_rows(session, "t", {"x"}, {{Kind::text}}); });
  EXPECT_THAT(error.what(), HasSubstr("a = k, b = 3"));
  EXPECT_THAT(error.what(), HasSubstr("BLOB x'00'"));
}

TEST_F(SqliteRead, NothingIsRoundedOrCutToFit) {
  auto& session = open(
      "CREATE TABLE t (big, real, flag, small); INSERT INTO t VALUES (9007199254740993, 1.5, 2, 70000);"
      "CREATE TABLE fine (big, real, flag, small); INSERT INTO fine VALUES (9007199254740992, 1.5, 1, 300)");
  EXPECT_EQ(error_of([&] { read_rows(session, "t", {"big"}, {{Kind::float64}}); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { read_rows(session, "t", {"real"}, {{Kind::int64}}); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { read_rows(session, "t", {"flag"}, {{Kind::boolean}}); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { read_rows(session, "t", {"small"}, {{Kind::int16}}); }).code(), Code::data);
  EXPECT_EQ(error_of([&] { read_rows(session, "t", {"real"}, {{Kind::binary}}); }).code(), Code::data);
  EXPECT_THAT(read_rows(session, "fine", {"big", "flag", "small"}, {{Kind::float64}, {Kind::boolean}, {Kind::int16}}),
              ElementsAre(ElementsAre("9007199254740992", "true", "300")));
  EXPECT_EQ(error_of([&] { read_rows(session, "t", {"big"}, {{Kind::date}}); }).code(), Code::unsupported);
}

TEST_F(SqliteRead, TextsKeepTheirNulBytesAndBrokenOnesAreRefused) {
  auto& session = open(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO t VALUES (1, CAST(x'610062' AS TEXT)), (2, "
      "CAST(x'c328' AS "
      "TEXT))");
  store::Range first{{"id"}, "integer", {}, {"2"}};
  EXPECT_THAT(read_rows(session, "t", {"x"}, {{Kind::text}}, first), ElementsAre(ElementsAre(std::string("a\0b", 3))));
  const Error error = error_of([&] { read_rows(session, "t", {"x"}, {{Kind::text}}); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("rowid = 2"));
  EXPECT_THAT(error.what(), HasSubstr("UTF-8"));
  EXPECT_THAT(read_rows(session, "t", {"x"}, {{Kind::binary}}),
              ElementsAre(ElementsAre("\\x610062"), ElementsAre("\\xc328")));
}

TEST_F(SqliteRead, ReadsUtf16DatabasesAsUtf8) {
  auto& session =
      open("PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('gr\xc3\xbc\xc3\x9f')");
  EXPECT_THAT(read_rows(session, "t", {"x"}), ElementsAre(ElementsAre("gr\xc3\xbc\xc3\x9f")));
}

TEST_F(SqliteRead, BoundsAndConditionsSelectRows) {
  auto& session =
      open("CREATE TABLE t (id INTEGER PRIMARY KEY, x); INSERT INTO t VALUES (-3, 'a'), (0, 'b'), (4, 'c'), (9, 'd')");
  EXPECT_EQ(read_rows(session, "t", {"x"}, {}, {{"id"}, "integer", {"-3"}, {"4"}}), (Rows{{"a"}, {"b"}}));
  EXPECT_EQ(read_rows(session, "t", {"x"}, {}, {{}, "local", {"4"}, {}}), (Rows{{"c"}, {"d"}}));
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"x"};
  spec.where = "t.x > 'a' OR 0 -- the rest";
  spec.range = {{"id"}, "integer", {}, {"9"}};
  EXPECT_EQ(all_rows(*session.read(spec)), (Rows{{"b"}, {"c"}}));
}

TEST_F(SqliteRead, BoundsOfOtherStoresMeanTheSameHere) {
  auto& session = open(
      "CREATE TABLE t (day DATE, at DATETIME, id TEXT, price NUMERIC(8,2), name TEXT, raw BLOB); INSERT INTO t VALUES "
      "('2024-01-01', '2024-01-01 00:00:00', '0a000000-0000-0000-0000-000000000000', 9.5, 'a', x'01'), ('2024-02-01', "
      "'2024-02-01 00:00:00.25', 'fa000000-0000-0000-0000-000000000000', 10.5, 'b', x'02')");
  const auto names_from = [&](const std::string& key, const std::string& type, const std::string& lower) {
    return read_rows(session, "t", {"name"}, {}, {{key}, type, {lower}, {}});
  };
  const Rows second = {{"b"}};
  EXPECT_EQ(names_from("day", "date", "2024-02-01"), second);
  EXPECT_EQ(names_from("at", "timestamp", "2024-02-01 00:00:00.25"), second);
  EXPECT_EQ(names_from("id", "uuid", "fa000000000000000000000000000000"), second);
  EXPECT_EQ(names_from("price", "decimal", "10.5"), second);
  EXPECT_EQ(names_from("name", "bytes", "62"), second);
  EXPECT_EQ(names_from("raw", "bytes", "02"), second);
}

TEST_F(SqliteRead, NamesThatNeedQuotesAreOnlyNames) {
  auto& session =
      open("CREATE TABLE \"a\"\"; b\" (\"x \"\" y\" TEXT, \"select\" INT); INSERT INTO \"a\"\"; b\" VALUES ('v', 2)");
  EXPECT_EQ(read_rows(session, "a\"; b", {"x \" y", "select"}), (Rows{{"v", "2"}}));
  const Error error = error_of([&] { read_rows(session, "a\"; b", {"selekt"}); });
  EXPECT_EQ(error.code(), Code::not_found);
  EXPECT_THAT(error.what(), HasSubstr("did you mean select?"));
}

TEST_F(SqliteRead, AColumnNamedRowidDoesNotHideTheRowid) {
  auto& session = open("CREATE TABLE t (rowid TEXT, x); INSERT INTO t (oid, rowid, x) VALUES (5, 'a', 1), (6, 'b', 2)");
  EXPECT_EQ(read_rows(session, "t", {"rowid"}, {}, {{}, "local", {"6"}, {}}), (Rows{{"b"}}));
}

TEST_F(SqliteRead, ReadsViewsAndGeneratedColumns) {
  auto& session = open(
      "CREATE TABLE t (a INT, b INT AS (a * 2)); INSERT INTO t (a) VALUES (4); CREATE VIEW v AS SELECT a + 1 AS c FROM "
      "t");
  EXPECT_EQ(read_rows(session, "t", {"b"}), (Rows{{"8"}}));
  EXPECT_EQ(read_rows(session, "v", {"c"}, {{Kind::int64}}), (Rows{{"5"}}));
}

TEST_F(SqliteRead, BatchesEndAtTheirLimits) {
  auto& session = open(
      "CREATE TABLE t (x TEXT); INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i "
      "< 1000) "
      "SELECT printf('%0100d', i) FROM n");
  store::ReadSpec spec;
  spec.table = "t";
  spec.columns = {"x"};
  spec.batch_rows = 300;
  auto reader = session.read(spec);
  EXPECT_EQ(reader->next()->length, 300);
  reader.reset();
  spec.batch_rows = 0;
  spec.batch_bytes = 10000;
  reader = session.read(spec);
  const arrow::Array batch = reader->next();
  EXPECT_GT(batch->length, 50);
  EXPECT_LT(batch->length, 150);
}

}  // namespace
}  // namespace sluice::test
