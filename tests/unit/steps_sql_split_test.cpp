#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "steps/sql_split.hpp"

namespace sluice::steps {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// "LINE: text" of each statement.
std::vector<std::string> cut(const std::string& script, SqlDialect dialect) {
  std::vector<std::string> out;
  for (const SqlStatement& statement : split_sql(script, dialect, "f.sql"))
    out.push_back(std::to_string(statement.line) + ": " + statement.text);
  return out;
}

std::string error_of(const std::string& script, SqlDialect dialect) try {
  split_sql(script, dialect, "f.sql");
  return "no error";
} catch (const Error& error) {
  return error.what();
}

TEST(SplitSql, EndsStatementsAtSemicolonsAndNamesTheirLines) {
  EXPECT_THAT(cut("select 1;\n\n  select\n 2 ;;\n-- the end\nselect 3", SqlDialect::postgres),
              ElementsAre("1: select 1", "3: select\n 2", "6: select 3"));
  EXPECT_THAT(cut("  -- nothing; at all\n/* ; */ ", SqlDialect::sqlite), ElementsAre());
}

TEST(SplitSql, LeavesSemicolonsInQuotesAndCommentsAlone) {
  EXPECT_THAT(cut("select ';', 'it''s;', \"a;\"\"b\" -- x;y\n, 1 /* ; /* ; */ ; */; select 2", SqlDialect::postgres),
              ElementsAre("1: select ';', 'it''s;', \"a;\"\"b\" -- x;y\n, 1 /* ; /* ; */ ; */", "2: select 2"));
  EXPECT_THAT(cut("select 1 /* /* ; */; select 2", SqlDialect::sqlite), ElementsAre("1: select 1 /* /* ; */", "1: select 2"));
  EXPECT_THAT(cut("select `a;``b`, [c;d]; select 2", SqlDialect::sqlite), ElementsAre("1: select `a;``b`, [c;d]", "1: select 2"));
}

TEST(SplitSql, KnowsWhereBackslashesEscape) {
  EXPECT_THAT(cut("select 'a\\'; select 2", SqlDialect::postgres), ElementsAre("1: select 'a\\'", "1: select 2"));
  EXPECT_THAT(cut("select E'a\\';'; select 2", SqlDialect::postgres), ElementsAre("1: select E'a\\';'", "1: select 2"));
  EXPECT_THAT(cut("select 'a\\';', \"b\\\";\"; select 2", SqlDialect::mysql), ElementsAre("1: select 'a\\';', \"b\\\";\"", "1: select 2"));
}

TEST(SplitSql, KeepsBodiesOfPostgresWhole) {
  EXPECT_THAT(cut("create function f() returns int as $x$ begin; $$ ; $x$ language sql; select $1", SqlDialect::postgres),
              ElementsAre("1: create function f() returns int as $x$ begin; $$ ; $x$ language sql", "1: select $1"));
  EXPECT_THAT(
      cut("create procedure p() begin atomic insert into t values (1); select case when true then 1 end; end; select 2",
          SqlDialect::postgres),
      ElementsAre("1: create procedure p() begin atomic insert into t values (1); select case when true then 1 end; end", "1: select 2"));
}

TEST(SplitSql, KeepsTriggersOfSqliteWhole) {
  EXPECT_THAT(cut("create temp trigger r after insert on t begin update t set a = case when b then 1 end; select ';'; end;\nselect 2",
                  SqlDialect::sqlite),
              ElementsAre("1: create temp trigger r after insert on t begin update t set a = case when b then 1 end; select ';'; end",
                          "2: select 2"));
  EXPECT_THAT(error_of("create trigger r after insert on t begin select 1;", SqlDialect::sqlite),
              HasSubstr("f.sql:1: this statement has a body that does not end"));
}

TEST(SplitSql, FollowsDelimitersOfMySql) {
  EXPECT_THAT(cut("select 1;\nDELIMITER //\ncreate trigger t before insert on a for each row begin set @x = 1; end//\ndelimiter ;\nselect "
                  "2 - -1 -- gone; really\n;select 3 # gone; too\n",
                  SqlDialect::mysql),
              ElementsAre("1: select 1", "3: create trigger t before insert on a for each row begin set @x = 1; end",
                          "5: select 2 - -1 -- gone; really", "6: select 3 # gone; too"));
  EXPECT_THAT(cut("/*!40101 set names utf8 */;\nselect 1", SqlDialect::mysql), ElementsAre("1: /*!40101 set names utf8 */", "2: select 1"));
}

TEST(SplitSql, RefusesWhatNoServerUnderstands) {
  EXPECT_THAT(error_of("select 1;\n\\copy t from 'x'", SqlDialect::postgres),
              HasSubstr("f.sql:2: \\copy t from 'x' is a command of the client"));
  EXPECT_THAT(error_of(".read other.sql", SqlDialect::sqlite), HasSubstr("f.sql:1: .read other.sql is a command of the client"));
  EXPECT_THAT(error_of("copy t (a) from\n stdin;\n1\n\\.\n", SqlDialect::postgres), HasSubstr("f.sql:1: COPY ... FROM stdin"));
  EXPECT_THAT(error_of("use shop;", SqlDialect::mysql), HasSubstr("f.sql:1: use shop goes to another database"));
  EXPECT_THAT(error_of("select 1;\nBEGIN;\nselect 2; commit", SqlDialect::postgres),
              HasSubstr("f.sql:2: BEGIN begins or ends a transaction"));
  EXPECT_THAT(error_of("select 1;\nselect 'a\n;", SqlDialect::postgres), HasSubstr("f.sql:2: a text in ' begins here and does not end"));
  EXPECT_THAT(error_of("select 1 /* a", SqlDialect::mysql), HasSubstr("f.sql:1: a comment begins here and does not end"));
}

TEST(SplitSql, TellsDefinitionsOfMySqlFromTheRest) {
  const auto commits = [](const std::string& sql) { return commits_by_itself(split_sql(sql, SqlDialect::mysql, "f").at(0)); };
  EXPECT_TRUE(commits("alter table t add column a int"));
  EXPECT_TRUE(commits("/*!40000 alter table t disable keys */"));
  EXPECT_FALSE(commits("insert into t values (1)"));
  EXPECT_FALSE(commits("set @a = 1"));
  EXPECT_TRUE(commits("call p()"));
  EXPECT_TRUE(commits("execute immediate 'drop table t'"));
  EXPECT_TRUE(commits("flush tables"));
  EXPECT_TRUE(commits("check table t"));
  EXPECT_TRUE(commits("load index into cache t"));
  EXPECT_FALSE(commits("load data infile 'x' into table t"));
  EXPECT_TRUE(commits("set password = 'x'"));
  EXPECT_FALSE(commits("set @password = 'x'"));
  EXPECT_FALSE(commits("/*!40101 set names utf8 */"));
  EXPECT_FALSE(commits("set global max_connections = 9"));
}

TEST(SplitSql, SeesWhatStandsInCommentsThatMySqlRuns) {
  EXPECT_EQ(
      split_sql(
          "/*!50001 CREATE ALGORITHM=UNDEFINED */ /*!50013 DEFINER=`a`@`b` */ /*M!100100 VIEW v AS select ';*/' */;",
          SqlDialect::mysql, "f")
          .at(0)
          .words,
      "CREATE ALGORITHM UNDEFINED DEFINER");
  EXPECT_THAT(cut("/*!50003 create trigger t ... begin; end */;\nselect 2", SqlDialect::mysql),
              ElementsAre("1: /*!50003 create trigger t ... begin; end */", "2: select 2"));
  EXPECT_THAT(error_of("select 1;\n/*!40101 set names utf8;\n", SqlDialect::mysql),
              HasSubstr("f.sql:2: a comment begins here"));
  EXPECT_THAT(error_of("/*!40101 set autocommit = 0 */", SqlDialect::mysql),
              HasSubstr("f.sql:1: /*!40101 set autocommit = 0 */ begins or ends"));
  EXPECT_THAT(cut("set @autocommit = 0", SqlDialect::mysql), ElementsAre("1: set @autocommit = 0"));
}

TEST(SplitSql, PassesOverAByteOrderMark) {
  EXPECT_THAT(cut("\xEF\xBB\xBFselect 1;\nselect 2", SqlDialect::mysql), ElementsAre("1: select 1", "2: select 2"));
  EXPECT_THAT(error_of("\xEF\xBB\xBF.read x", SqlDialect::sqlite), HasSubstr("f.sql:1: .read x is a command"));
}

TEST(SplitSql, KeepsRulesOfPostgresWhole) {
  EXPECT_THAT(
      cut("create or replace rule r as on insert to t do instead (insert into a values (1); select f(2););\nselect "
          "(3);",
          SqlDialect::postgres),
      ElementsAre("1: create or replace rule r as on insert to t do instead (insert into a values (1); select f(2);)",
                  "2: select (3)"));
  EXPECT_THAT(error_of("create rule r as on insert to t do instead (select 1;", SqlDialect::postgres),
              HasSubstr("is a ) missing?"));
}

TEST(SplitSql, KnowsNamesWithADollarFromDollarQuotes) {
  EXPECT_THAT(cut("select a$x$ from t; select b$x$", SqlDialect::postgres),
              ElementsAre("1: select a$x$ from t", "1: select b$x$"));
}

TEST(ShortenSql, MakesOneLineOfIt) {
  EXPECT_EQ(shorten_sql("select\n\t1,   2"), "select 1, 2");
  EXPECT_EQ(shorten_sql("select 'äöü'", 9), "select '...");
}

}  // namespace
}  // namespace sluice::steps
