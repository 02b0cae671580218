#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "scenarios/project.hpp"
#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

const std::string kToken = "42334954850219754195241248003172889699504912694714162671144949999977298776077";

TEST(JsonFiles, ReachSqliteWithExactNumbersAndSplitTables) {
  const Project project;
  write_text(project / "events.json",
             "[{\"id\": \"e1\", \"volume\": 22924218.59881, \"live\": true, \"at\": \"2025-05-01T20:30:33.749654Z\", "
             "\"tags\": [\"a\"],\n"
             "  \"markets\": [{\"token\": " +
                 kToken +
                 ", \"price\": 1.0}, {\"token\": 1e400, \"note\": \"\\u00e4\\\"\"}]},\n"
                 " {\"id\": \"e2\", \"volume\": 1, \"live\": null, \"markets\": []},\n"
                 " {\"id\": \"e3\", \"late\": 7, \"markets\": [{\"token\": -0, \"note\": \"\"}]}]");
  run_sqlite(project / "expected.db",
             "CREATE TABLE events (id, volume TEXT, live, at, tags, late);"
             "INSERT INTO events VALUES ('e1', '22924218.59881', 1, '2025-05-01 20:30:33.749654+00', '[\"a\"]', NULL),"
             " ('e2', '1', NULL, NULL, NULL, NULL), ('e3', NULL, NULL, NULL, NULL, 7);"
             "CREATE TABLE offers (events_id, ordinal, token TEXT, price TEXT, note);"
             "INSERT INTO offers VALUES ('e1', 1, '" +
                 kToken + "', '1.0', NULL), ('e1', 2, '1e400', NULL, '\u00e4\"'), ('e3', 1, '-0', NULL, '')");

  const std::string source = "json:events.json?split=markets=offers";
  const Ending copied = project.sluice({"copy", source, "sqlite:out.db"});
  ASSERT_EQ(copied.code, 0) << copied.out << copied.err;
  EXPECT_TRUE(has_same_rows(
      project / "expected.db", project / "out.db",
      {"SELECT id, volume, live, at, tags, late, typeof(volume), typeof(live), typeof(late) FROM events ORDER BY id",
       "SELECT events_id, ordinal, token, price, note, typeof(token) FROM offers ORDER BY events_id, ordinal"}));
  const Ending compared = project.sluice({"diff", source, "sqlite:out.db"});
  EXPECT_EQ(compared.code, 0) << compared.out << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("verdict: MATCH"));
}

TEST(JsonFiles, KeysOfTextReachEveryStore) {
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_MYSQL();
  const TestDatabase postgres;
  const MySqlDatabase mysql;
  const Project project;
  write_text(project / "t.json",
             "[{\"id\": \"b\", \"a\": [{\"x\": 1}, {\"x\": 2}]}, {\"id\": \"B\", \"a\": []},"
             " {\"id\": \"b \", \"a\": [{\"x\": 1}]}, {\"id\": \"\", \"a\": null}]");
  const std::string source = "json:t.json?split=a";
  for (const std::string& target : {postgres.url(), mysql.url(), std::string("sqlite:out.db")}) {
    const Ending copied = project.sluice({"copy", source, target});
    ASSERT_EQ(copied.code, 0) << copied.out << copied.err;
    const Ending compared = project.sluice({"diff", target, source});
    EXPECT_EQ(compared.code, 0) << compared.out << compared.err;
    EXPECT_THAT(compared.out, HasSubstr("verdict: MATCH"));
  }
  EXPECT_EQ(PgSession(postgres.url())
                .scalar("select pg_get_constraintdef(oid) from pg_constraint where "
                        "conrelid = 't_a'::regclass and contype = 'p'"),
            "PRIMARY KEY (t_id, ordinal)");
}

TEST(JsonFiles, AChangedValueIsFoundByDiff) {
  const Project project;
  write_text(project / "t.json", "[{\"id\": 1, \"n\": 0.10}, {\"id\": 2, \"n\": 0.3}]");
  ASSERT_EQ(project.sluice({"copy", "json:t.json", "sqlite:out.db"}).code, 0);
  write_text(project / "t.json", "[{\"id\": 1, \"n\": 0.10}, {\"id\": 2, \"n\": 0.30000000000000004}]");
  const Ending compared = project.sluice({"diff", "json:t.json", "sqlite:out.db"});
  EXPECT_NE(compared.code, 0);
  EXPECT_THAT(compared.out, HasSubstr("MISMATCH"));
  EXPECT_THAT(compared.out, HasSubstr("0.30000000000000004"));
}

TEST(JsonFiles, ABrokenFileIsNamedWithItsByteAndLeavesNoTarget) {
  const Project project;
  write_text(project / "t.json", "[{\"id\": 1}, {\"id\": NaN}]");
  const Ending ending = project.sluice({"copy", "json:t.json", "sqlite:out.db"});
  EXPECT_NE(ending.code, 0);
  EXPECT_THAT(ending.out + ending.err, HasSubstr("t.json, byte 19: JSON has no such number: 'NaN'"));
  EXPECT_FALSE(std::filesystem::exists(project / "out.db"));
}

}  // namespace
}  // namespace sluice::test
