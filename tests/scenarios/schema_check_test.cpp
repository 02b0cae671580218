#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "support/mysql_server.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

/// schema.check: what schema.create and schema.finish make fits in every store; what somebody changes is named.
namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

/// `between`: nodes behind the copy and its keys.
std::string workflow_of(const std::string& old_store, const std::string& new_store, const std::string& between = "") {
  return R"(local m = map { from = "old", to = "new" }
    return workflow "shop" {
      stores = { old = )" +
         old_store + ", new = " + new_store + R"( },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m } },
        step "keys" { schema.finish { map = m } },)" +
         between + R"(
        step "shape" { schema.check { map = m } },
        gate "fits" "shape.mismatches == 0",
      },
    })";
}

const char* const kSqliteSource = "store \"sqlite\" { path = \"shop.db\", access = \"read\" }";
const char* const kSqliteTarget = "store \"sqlite\" { path = \"target.db\" }";
const char* const kPostgresTarget = "store \"postgres\" { url = secret \"SHOP_URL\" }";
const char* const kMySqlTarget = "store \"mysql\" { url = secret \"SHOP_URL\" }";

const char* const kSqliteTables =
    "create table customer (id integer primary key autoincrement, email varchar(80) not null unique, born date, score real, paid "
    "decimal(10,2), "
    "is_new boolean not null default 0, raw blob, big decimal(30,4), note text);"
    "create table line (order_id integer not null, n integer not null, customer_id integer references customer (id) on delete cascade, "
    "at datetime, primary key (order_id, n));"
    "create index line_at on line (at desc); create unique index line_n on line (n, customer_id); create index line_part on line (n) where "
    "n > 5;"
    "create index line_expression on line (n + 1); create table bare (a, b integer);"
    "insert into customer values (1, 'a@b', '2000-01-02', 1.5, 12.25, 1, x'00ff', '12345678901234567890.1234', 'n');"
    "insert into line values (1, 1, 1, '2026-01-02 03:04:05'), (1, 2, null, null); insert into bare values (1, 2), (null, null)";

void expect_match(const Project& project) {
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_THAT(ending.out, HasSubstr("MATCH: "));
}

TEST(SchemaCheck, FindsWhatIsMadeOfSqliteInEveryStore) {
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_MYSQL();
  const TestDatabase postgres;
  const MySqlDatabase mysql;
  for (const auto& [url, store] :
       {std::pair{postgres.url(), kPostgresTarget}, {mysql.url(), kMySqlTarget}, {std::string(), kSqliteTarget}}) {
    SCOPED_TRACE(store);
    const Project project(url, workflow_of(kSqliteSource, store));
    run_sqlite(project / "shop.db", kSqliteTables);
    expect_match(project);
  }
}

TEST(SchemaCheck, FindsWhatIsMadeOfMySqlInPostgresAndSqlite) {
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_MYSQL();
  const MySqlDatabase source;
  MySqlSession(source.url())
      .execute(
          "create table customer (id bigint unsigned auto_increment primary key, email varchar(80) not null, kind enum('a','b') not null "
          "default 'a', "
          "flags set('x','y'), at timestamp null, day date, t time(3), y year, amount decimal(30,6), small tinyint unsigned, raw "
          "varbinary(20), doc json, "
          "is_new tinyint(1) not null default 0, f float, unique key email_key (email), key kind_day (kind, day desc));"
          "create table line (a int not null, b char(5) not null, customer_id bigint unsigned, primary key (a, b), "
          "constraint of_customer foreign key (customer_id) references customer (id) on delete set null on update cascade);"
          "insert into customer (email, at, day, t, y, amount, small, raw, doc, is_new, f) values ('e', now(), '2020-02-02', '01:02:03.5', "
          "1999, 1.5, 7, 'r', '{}', 1, 0.5)");
  const TestDatabase postgres;
  for (const auto& [url, store] : {std::pair{postgres.url(), kPostgresTarget}, {std::string(), kSqliteTarget}}) {
    SCOPED_TRACE(store);
    Project project(url, workflow_of("store \"mysql\" { url = secret \"OLD_URL\" }", store));
    project.options().environment["OLD_URL"] = source.url();
    expect_match(project);
  }
}

TEST(SchemaCheck, FindsWhatIsMadeOfPostgresInEveryStore) {
  SLUICE_REQUIRE_POSTGRES();
  SLUICE_REQUIRE_MYSQL();
  const TestDatabase source;
  PgSession(source.url())
      .execute(
          "create type mood as enum ('sad', 'ok');"
          "create table customer (id bigint generated always as identity primary key, email varchar(80) not null unique, mood mood not "
          "null default 'ok',"
          " at timestamptz(3) not null default now(), naive timestamp, day date, t time, u uuid, doc jsonb, raw bytea, n numeric, d "
          "numeric(20,5), tags text[],"
          " is_new boolean not null default true, r real, lower_email text generated always as (lower(email)) stored);"
          "create table line (a int, b text, customer_id bigint not null references customer (id) deferrable, primary key (a, b), check (a "
          "> 0));"
          "create index on line (customer_id) where a > 5; create index on line (lower(b)); create index on line using hash (b);"
          "insert into customer (email, doc, tags) values ('e', '{}', '{a,b}'); insert into line values (1, 'b', 1)");
  const TestDatabase postgres;
  const MySqlDatabase mysql;
  for (const auto& [url, store] :
       {std::pair{postgres.url(), kPostgresTarget}, {mysql.url(), kMySqlTarget}, {std::string(), kSqliteTarget}}) {
    SCOPED_TRACE(store);
    Project project(url, workflow_of("store \"postgres\" { url = secret \"OLD_URL\" }", store));
    project.options().environment["OLD_URL"] = source.url();
    expect_match(project);
  }
}

TEST(SchemaCheck, NamesWhatSomebodyChanged) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow_of(kSqliteSource, kPostgresTarget, R"(
        step "spoil" { sql { store = "new", [[
          alter table customer alter column score type real, alter column email drop not null, drop column note, add column extra text;
          alter table line drop constraint line_pkey; drop index line_at; drop table bare;
          alter table line drop constraint line_customer_id_fkey]] } },)"));
  run_sqlite(project / "shop.db", kSqliteTables);
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out << ending.err;
  EXPECT_THAT(ending.out, AllOf(HasSubstr("MISMATCH: 8 differences in 3 of 3 tables"),
                                HasSubstr("score is real, expected double precision"), HasSubstr("email takes NULL, expected NOT NULL"),
                                HasSubstr("note is missing"), HasSubstr("extra is there, and the map does not make it"),
                                HasSubstr("primary key over (order_id, n) is missing"), HasSubstr("index line_at over (at) is missing"),
                                HasSubstr("the table is missing"), HasSubstr("foreign key (customer_id) to customer (id) is missing")));
}

}  // namespace
}  // namespace sluice::test
