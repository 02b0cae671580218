#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "steps/sql_script.hpp"
#include "steps/sql_settings.hpp"

namespace sluice::steps {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

SqlStatement statement_of(const std::string& sql, SqlDialect dialect) { return split_sql(sql, dialect, "f").at(0); }

bool sets(const std::string& sql, SqlDialect dialect = SqlDialect::mysql) {
  return sets_session(statement_of(sql, dialect), dialect);
}

std::string left_by(const std::string& sql, SqlDialect dialect = SqlDialect::mysql) {
  return value_of_session(statement_of(sql, dialect), dialect);
}

TEST(SqlSettings, OfMySqlAreThoseThatMayBeSaidAgain) {
  for (const char* sql :
       {"set foreign_key_checks = 0",
        "SET SESSION sql_mode='ANSI', @@local.unique_checks := off, @@net_read_timeout=-1.5",
        "set names utf8mb4 collate utf8mb4_bin", "set character set latin1", "set session transaction read only",
        "/*!40101 SET NAMES utf8 */", "/*M!100100 set sql_log_off = 1 */", "set @skip = 1, @b = 'x', @c = null"}) {
    EXPECT_TRUE(sets(sql)) << sql;
    EXPECT_EQ(left_by(sql), "") << sql;
  }
  for (const char* sql :
       {"set global a = 1", "set @@global.a = 1", "set persist a = 1", "set password = 'x'",
        "set transaction read only", "set statement max_statement_time = 1 for insert into t values (1)"}) {
    EXPECT_FALSE(sets(sql)) << sql;
    EXPECT_EQ(left_by(sql), "") << sql;
  }
}

TEST(SqlSettings, OfPostgresAreThoseOfTheSession) {
  for (const char* sql :
       {"set search_path to a, b", "SET SESSION statement_timeout = '1s'", "set time zone 'UTC'", "reset all"}) {
    EXPECT_TRUE(sets(sql, SqlDialect::postgres)) << sql;
  }
  for (const char* sql : {"set local search_path = a", "set transaction read only", "set constraints all deferred",
                          "select set_config('a.b', '1', false)"}) {
    EXPECT_FALSE(sets(sql, SqlDialect::postgres)) << sql;
  }
}

TEST(SqlSettings, WhatIsWorkedOutIsLeftInTheSession) {
  EXPECT_EQ(left_by("set @id = last_insert_id()"), "the number of the row that was inserted last");
  EXPECT_EQ(left_by("set @Id = now()"), "the variable @Id");
  EXPECT_EQ(left_by("set @password = uuid()"), "the variable @password");
  EXPECT_EQ(left_by("/*!40101 SET @old=@@sql_mode, sql_mode='ANSI' */"), "the variable @old");
  EXPECT_EQ(left_by("set sql_mode = concat(@@sql_mode, ',ANSI')"), "a setting that is worked out");
  EXPECT_EQ(left_by("select max(n) into @n from t"), "the variable @n");
  EXPECT_EQ(left_by("select @n := n + 1 from t"), "the variable @n");
  EXPECT_EQ(left_by("call p(1, @out)"), "the variable @out");
  EXPECT_EQ(left_by("insert into t values (last_insert_id())"), "the number of the row that was inserted last");
  EXPECT_EQ(left_by("prepare s from 'select 1'"), "a prepared statement");
  EXPECT_EQ(left_by("insert into t values (last_insert_rowid())", SqlDialect::sqlite),
            "the number of the row that was inserted last");
}

TEST(SqlSettings, OfRoutinesAndTextsAreNone) {
  EXPECT_EQ(left_by("delimiter //\ncreate trigger t before insert on p for each row begin set @x = now(); select 1 "
                    "into @y; end//"),
            "");
  EXPECT_EQ(left_by("insert into t select 'set @x := 1', \"into @y\", @@sql_mode /* @z := 1 */"), "");
  EXPECT_EQ(left_by("insert into t (n) values (@n) on duplicate key update id = last_insert_id(id)"), "");
  EXPECT_EQ(left_by("grant select on t to 'a'@'localhost'"), "");
}

plan::PlannedNode autocommit_node() {
  plan::PlannedNode node;
  node.path = "prepare.files";
  node.word = "sql.files";
  node.fields = R"({"store":"new","files":"*.sql","autocommit":true})";
  return node;
}

TEST(SqlTasks, OnOneLineAreToldApart) {
  const plan::PlannedNode node = autocommit_node();
  const std::string name(60, 'a');
  const std::string script =
      "set names utf8;\ninsert into t values ('" + name + "1'); insert into t values ('" + name + "2');\nselect 1";
  const auto scripts = scripts_of(node, {{"1.sql", script}}, SqlDialect::mysql);
  std::vector<std::string> ids;
  for (const SqlTask& task : tasks_of(node, scripts, SqlDialect::mysql)) ids.push_back(task.id);
  ASSERT_EQ(ids.size(), 3U);
  EXPECT_THAT(ids[0], HasSubstr("1.sql:2 insert"));
  EXPECT_THAT(ids[1], HasSubstr("1.sql:2 #2 insert"));
  EXPECT_EQ(ids[2], "1.sql:3 select 1");
}

TEST(SqlTasks, ThatAPersonSaysWereDoneAreNotCompared) {
  const std::vector<SqlTask> now = {{"1.sql:1 a", 0, 0, "x"}, {"1.sql:2 b", 0, 1, "y"}};
  EXPECT_THAT(changed_tasks({{"1.sql:1 a", ""}, {"1.sql:2 b", "y"}}, now), ElementsAre());
  EXPECT_THAT(changed_tasks({{"1.sql:1 a", "z"}, {"1.sql:3 c", ""}}, now), ElementsAre("1.sql:1 a", "1.sql:3 c"));
}

TEST(SqlScripts, ThatLoseAValueAreRefusedByItsLine) {
  SqlScript script{"m/1.sql", "create table t (n int);\nset @id = uuid();", {}};
  script.statements = split_sql(script.text, SqlDialect::mysql, script.name);
  try {
    refuse_lost_values(script, SqlDialect::mysql);
    ADD_FAILURE() << "it was taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("m/1.sql:2: set @id = uuid() leaves the variable @id"),
                                    HasSubstr("a procedure and its CALL")));
  }
}

}  // namespace
}  // namespace sluice::steps
