#include <gmock/gmock.h>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

catalog::Evidence evidence_of(const std::string& declared, const std::string& values) {
  const TempDirectory directory;
  run_sqlite(directory / "shop.db", "CREATE TABLE t (x " + declared + "); INSERT INTO t VALUES " + values);
  store::LookFilter filter;
  filter.evidence = true;
  const store::Store store = sqlite_store(directory / "shop.db", "read");
  return *store::Session(store).catalog(filter).tables.at(0).columns.at(0).evidence;
}

TEST(SqliteEvidence, CountsStorageClassesWhateverWasDeclared) {
  const catalog::Evidence seen = evidence_of("INTEGER", "(1), (-3), ('lots of it'), (1.5), (x'00ff'), (NULL), (NULL)");
  EXPECT_EQ(seen.rows, 7);
  EXPECT_EQ(seen.integers, 2);
  EXPECT_EQ(seen.reals, 1);
  EXPECT_EQ(seen.texts, 1);
  EXPECT_EQ(seen.blobs, 1);
  EXPECT_EQ(seen.nulls, 2);
  EXPECT_EQ(seen.min_integer, -3);
  EXPECT_EQ(seen.max_integer, 1);
  EXPECT_EQ(seen.max_bytes, 10);
}

TEST(SqliteEvidence, TellsDatesTimesAndZonesApart) {
  const catalog::Evidence dates = evidence_of("TEXT", "('2024-02-29'), ('1999-12-31')");
  EXPECT_EQ(dates.dates, 2);
  const catalog::Evidence wrong = evidence_of("TEXT", "('2023-02-29'), ('1999-12-31')");
  EXPECT_LT(wrong.dates, wrong.texts);
  const catalog::Evidence mixed = evidence_of(
      "TEXT", "('2024-01-01'), ('2024-01-01 10:00:00'), ('2024-01-01T10:00:00.5'), ('2024-01-01T10:00:00Z')");
  EXPECT_EQ(mixed.dates, 1);
  EXPECT_EQ(mixed.timestamps, 2);
  EXPECT_EQ(mixed.zoned, 1);
}

TEST(SqliteEvidence, FindsTheScaleAtWhichRealsReadBack) {
  EXPECT_EQ(evidence_of("REAL", "(1.25), (-3), (0.1)").max_scale, 2);
  EXPECT_EQ(evidence_of("REAL", "(60012.665), (0.123456789)").max_scale, 9);
  EXPECT_EQ(evidence_of("REAL", "(0.1234567891)").max_scale, -1);
  EXPECT_EQ(evidence_of("REAL", "(1e300)").max_scale, 0);
  EXPECT_EQ(evidence_of("REAL", "(9e999)").max_scale, -1);
  EXPECT_EQ(evidence_of("REAL", "(12345.5), (0.5)").max_digits, 5);
}

TEST(SqliteEvidence, ClassifiesTexts) {
  EXPECT_EQ(evidence_of("TEXT", "('12'), ('-0.50'), ('+7.')").numbers, 3);
  EXPECT_LT(evidence_of("TEXT", "('12'), ('1e5')").numbers, 2);
  EXPECT_EQ(evidence_of("TEXT", "('12345678901234567890123.5')").max_digits, 23);
  EXPECT_EQ(evidence_of("TEXT", "('{\"a\": [1]}'), (' []')").jsons, 2);
  EXPECT_EQ(evidence_of("TEXT", "('{broken')").jsons, 0);
  EXPECT_EQ(evidence_of("TEXT", "('6ba7b810-9dad-11d1-80b4-00c04fd430c8')").uuids, 1);
  EXPECT_EQ(evidence_of("", "(0), (1), ('true'), ('N')").true_false, 4);
  EXPECT_LT(evidence_of("", "(0), (2)").true_false, 2);
}

TEST(SqliteEvidence, FindsNulBytesAndBrokenUtf8) {
  const catalog::Evidence seen = evidence_of("TEXT",
                                             "(CAST(x'61006263' AS TEXT)), (CAST(x'616263646566676800' AS TEXT)), "
                                             "(CAST(x'c328' AS TEXT)), ('gr\xc3\xbc\xc3\x9f')");
  EXPECT_EQ(seen.texts, 4);
  EXPECT_EQ(seen.nul_bytes, 2);
  EXPECT_EQ(seen.invalid_utf8, 1);
  EXPECT_EQ(seen.max_bytes, 9);
}

std::vector<std::string> notes_of(const std::string& script) {
  const TempDirectory directory;
  run_sqlite(directory / "shop.db", script);
  store::LookFilter filter;
  filter.evidence = true;
  const store::Store store = sqlite_store(directory / "shop.db", "read");
  return store::Session(store).catalog(filter).notes;
}

TEST(SqliteEvidence, NamesReferencesThatDoNotHold) {
  using testing::ElementsAre;
  using testing::HasSubstr;
  EXPECT_THAT(
      notes_of(
          "CREATE TABLE p (id INTEGER PRIMARY KEY, a, b, UNIQUE (a, b)); INSERT INTO p VALUES (1, 1, 1);"
          "CREATE TABLE c (n INTEGER PRIMARY KEY, p_id REFERENCES p, a, b, FOREIGN KEY (a, b) REFERENCES p (a, b));"
          "INSERT INTO c VALUES (1, 1, 1, 1), (2, NULL, NULL, 7), (3, 9, 1, 1), (4, 9, 1, 2), (5, 8, 1, 1), (6, 8, 1, 1), (7, 8, 1, 1),"
          "(8, 8, 1, 1);"
          "CREATE TABLE k (code TEXT PRIMARY KEY, p_id REFERENCES p) WITHOUT ROWID; INSERT INTO k VALUES ('x', 5)"),
      ElementsAre(HasSubstr("c: 1 row without the row of p that (a, b) names, the first with n = 4: a target"),
                  HasSubstr("c: 6 rows without the row of p that (p_id) names, the first with n = 3, 4, 5, 6, 7: a target"),
                  HasSubstr("k: 1 row without the row of p that (p_id) names: a target")));
  EXPECT_THAT(notes_of("CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1);"
                       "CREATE TABLE c (n INTEGER PRIMARY KEY, p_id REFERENCES p); INSERT INTO c VALUES (1, 1), (2, NULL)"),
              ElementsAre());
  EXPECT_THAT(notes_of("CREATE TABLE p (id); INSERT INTO p VALUES (1);"
                       "CREATE TABLE c (n INTEGER PRIMARY KEY, p_id REFERENCES p (id)); INSERT INTO c VALUES (1, 1)"),
              ElementsAre(HasSubstr("c: its foreign keys can't be checked")));
}

}  // namespace
}  // namespace sluice::test
