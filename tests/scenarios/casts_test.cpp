#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <tuple>

#include "scenarios/project.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kDirty = R"(
create table users (id integer primary key, name text, flag text not null default 'n', born text, token text, pic text, note text);
insert into users values
  (1, '  Ann ', 'Y', '1990-02-03', '6F9619FF-8B86-D011-B42D-00C04FC964FF', 'aGVsbG8=', '{"a":1}'),
  (2, '', 'off', '0000-00-00', '{6f9619ff8b86d011b42d00c04fc964ff}', '', '"[\"Yes\"]"'),
  (3, 'n/a', '1', '19910304', null, 'AAECAw', '[1,2]');
create table orders (id integer primary key, user_id integer not null references users(id), placed_on integer not null, paid_at real,
                     price text, made text, state blob);
insert into orders values
  (1, 1, 1700000000, 1700000000.25, '1.234,50', '2026-01-31T13:05:00.5+02:00', x'e9'),
  (2, 2, 0, null, '7,5', '2026-01-31 13:05', x'80'),
  (3, 1, -1, 12, '-1.000', '20260131T130500Z', null);
create table log (at real, body text);
insert into log values (2440587.5, 'a' || char(0) || 'b'), (2460000.123456, 'c');
)";

/// A line per row, `|` between values, nothing for NULL.
std::string rows_of(const std::string& url, const std::string& query) {
  PgSession session(url);
  session.execute("set time zone 'UTC'");
  std::string text;
  for (const PgSession::Row& row : session.rows(query)) {
    for (size_t i = 0; i < row.size(); ++i) text += (i > 0 ? "|" : "") + row[i].value_or("");
    text += "\n";
  }
  return text;
}

/// `columns`: more entries of the map's columns.
std::string workflow(const std::string& columns = {}) {
  return R"lua(
local m = map { from = "old", to = "new",
  columns = {
    ["users.name"] = { cast.trim, cast.null_if("", "n/a") },
    ["*.flag"] = cast.boolean,
    ["users.token"] = cast.uuid,
    ["users.pic"] = cast.base64,
    ["users.note"] = cast.json,
    ["log.at"] = cast.julian_day,
    ["log.body"] = cast.strip_nul,
    )lua" + columns +
         R"lua(
  },
  types = { ["orders.price"] = "numeric(12,2)", ["orders.paid_at"] = "timestamp" },
  users = { columns = { born = { cast.zero_date_null, cast.iso_date } } },
  orders = { columns = { placed_on = cast.unix_seconds, paid_at = cast.unix_seconds, price = cast.number(",", "."), made = cast.iso_timestamp,
                         state = cast.cp1252 } },
}
return workflow "dirty" {
  stores = { old = store "sqlite" { path = "dirty.db", access = "read" }, new = store "postgres" { url = secret "SHOP_URL", schema = "shop" } },
  phase "copy" {
    step "tables" { schema.create { map = m } },
    step "rows"   { copy.tables { map = m, chunk_rows = 2 } },
    step "keys"   { schema.finish { map = m } },
    step "proof"  { verify.content { map = m, source = "reread", sample = 10 } },
    gate "same"   "proof.discrepancy == 0%",
  },
}
)lua";
}

TEST(Casts, BringDirtyValuesOverSoThatTheyMatch) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow());
  run_sqlite(project / "dirty.db", kDirty);
  const Ending plan = project.sluice({"plan", "shop.lua"});
  EXPECT_THAT(plan.out, AllOf(HasSubstr("name  TEXT -> text  by cast.trim, cast.null_if(\"\", \"n/a\")  [declared "
                                        "TEXT; 3 rows scanned: 3 texts]"),
                              HasSubstr("paid_at  REAL -> timestamp without time zone  by cast.unix_seconds  equal "
                                        "under: rounded to microseconds"),
                              HasSubstr("price  TEXT -> numeric(12,2)  by cast.number(\",\", \".\"), checked")));
  const Ending run = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_THAT(run.out, HasSubstr("MATCH: 8 rows in 3 tables"));
  EXPECT_EQ(rows_of(database.url(),
                    "select id, name, flag, born, token, encode(pic, 'hex'), note from shop.users order by id"),
            "1|Ann|t|1990-02-03|6f9619ff-8b86-d011-b42d-00c04fc964ff|68656c6c6f|{\"a\": 1}\n"
            "2||f||6f9619ff-8b86-d011-b42d-00c04fc964ff||[\"Yes\"]\n"
            "3||t|1991-03-04||00010203|[1, 2]\n");
  EXPECT_EQ(rows_of(database.url(), "select id, placed_on, paid_at, price, made, state from shop.orders order by id"),
            "1|2023-11-14 22:13:20+00|2023-11-14 22:13:20.25|1234.50|2026-01-31 11:05:00.5+00|\u00e9\n"
            "2|1970-01-01 00:00:00+00||7.50|2026-01-31 13:05:00+00|\u20ac\n"
            "3|1969-12-31 23:59:59+00|1970-01-01 00:00:12|-1000.00|2026-01-31 13:05:00+00|\n");
  EXPECT_EQ(rows_of(database.url(), "select at, body from shop.log order by at"),
            "1970-01-01 00:00:00+00|ab\n2023-02-24 14:57:46.598+00|c\n");
}

TEST(Casts, AProofThatReadsTheSourceAgainFindsWhatWasChangedBehindACast) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow());
  run_sqlite(project / "dirty.db", kDirty);
  ASSERT_EQ(project.sluice({"run", "shop.lua"}).code, 0);
  std::string proof_only = workflow();
  const size_t steps = proof_only.find("    step \"tables\"");
  proof_only.erase(steps, proof_only.find("    step \"proof\"") - steps);
  project.set_workflow(proof_only);
  const Ending same = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(same.code, 0) << same.out << same.err;
  PgSession(database.url())
      .execute("update shop.orders set placed_on = placed_on + interval '1 microsecond' where id = 3");
  const Ending changed = project.sluice({"run", "shop.lua"});
  EXPECT_NE(changed.code, 0);
  EXPECT_THAT(changed.out, AllOf(HasSubstr("placed_on"), HasSubstr("1969-12-31 23:59:59.000001+00")));
}

TEST(Casts, ACastRefusesByTableKeyColumnAndValue) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow());
  run_sqlite(project / "dirty.db",
             std::string(kDirty) + "insert into orders values (4, 1, 5, null, 'twelve', '2026-01-31', null);");
  const Ending run = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(run.code, 1) << run.out;
  EXPECT_THAT(
      run.out + run.err,
      HasSubstr("orders (id=4), column price: cast.number: expected a decimal number with ',' as its decimal mark "
                "and '.' between thousands, found 'twelve'"));
}

TEST(Casts, AColumnThatIsNotThereIsAMistakeThatPlanNames) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow("[\"orders.mode\"] = cast.trim,"));
  run_sqlite(project / "dirty.db", kDirty);
  const Ending plan = project.sluice({"plan", "shop.lua"});
  EXPECT_EQ(plan.code, 2) << plan.out;
  EXPECT_THAT(plan.err,
              AllOf(HasSubstr("shop.lua:2: 'orders.mode' matches no column"), HasSubstr("did you mean orders.made?")));
}

TEST(Types, OfEveryKindBetweenTwoStoresAreDecided) {
  SLUICE_REQUIRE_POSTGRES();
  const Project project;
  for (const auto& [source, target, native, type, held] :
       {std::tuple{"sqlite", "postgres", "datetime", "timestamp", "timestamp without time zone"},
        std::tuple{"postgres", "sqlite", "numeric(12,2)", "decimal(12,2)", "NUMERIC(12,2)"}}) {
    const Ending types = project.sluice({"types", source, target, "--json"});
    ASSERT_EQ(types.code, 0) << types.err;
    const json table = json::parse(types.out);
    bool is_there = false;
    for (const json& row : table.at("types")) {
      EXPECT_EQ(row.at("refusal"), "") << row.dump();
      EXPECT_NE(row.at("target"), "") << row.dump();
      is_there |= row.at("native") == native && row.at("type") == type && row.at("target") == held;
    }
    EXPECT_TRUE(is_there) << table.dump(1);
  }
}

TEST(Types, OfAStoreByItsUrlAreTheOnesItHas) {
  const Project project;
  run_sqlite(project / "a.db",
             "create table t (a integer, b integer, c datetime); insert into t values (1, 2, 'soon')");
  const Ending types = project.sluice({"types", "sqlite:a.db", "sqlite"});
  EXPECT_EQ(types.code, 0) << types.err;
  EXPECT_THAT(types.out, AllOf(HasSubstr("[t.a and 1 other]"),
                               HasSubstr("! declared datetime, but 1 row scanned: 1 text: becomes text")));
  const Ending unknown = project.sluice({"types", "csv", "sqlite"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("there is no throw-away store for csv"));
}

}  // namespace
}  // namespace sluice::test
