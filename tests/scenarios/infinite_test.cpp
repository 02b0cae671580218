// Infinite dates and timestamps, which PostgreSQL has: kept where both stores are asked to, and proved like any other value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

constexpr const char* kTerms = R"(
create schema old;
create schema new;
create table old.term (id integer primary key, day date, moment timestamp, instant timestamptz);
insert into old.term values
  (1, 'infinity', '-infinity', 'infinity'), (2, '-infinity', 'infinity', '-infinity'), (3, null, null, null),
  (4, '2026-01-31', '2026-01-31 13:05:00.25', '2026-01-31 13:05:00+02');
create table old.valid (until date primary key, note text);
insert into old.valid values ('infinity', 'a'), ('-infinity', 'b'), ('2026-01-31', 'c');
)";

constexpr const char* kSpoil = R"lua(
    step "spoil"  { sql { store = "new", "update new.term set moment = 'infinity' where id = 1" } },)lua";

std::string workflow(const std::string& source, const std::string& spoil = {}) {
  return R"lua(
local m = map { from = "old", to = "new" }
return workflow "terms" {
  stores = { old = store "postgres" { url = secret "SHOP_URL", schema = "old", infinite = "keep" },
             new = store "postgres" { url = secret "SHOP_URL", schema = "new", infinite = "keep" } },
  phase "copy" {
    step "tables" { schema.create { map = m } },
    step "rows"   { copy.tables { map = m } },
    step "keys"   { schema.finish { map = m } },)lua" +
         spoil + R"lua(
    step "proof"  { verify.content { map = m, source = ")lua" +
         source + R"lua(", sample = 10 } },
    gate "same"   "proof.discrepancy == 0%",
  },
}
)lua";
}

class Infinite : public testing::TestWithParam<const char*> {};

TEST_P(Infinite, TimesAndKeysAreProvedByReadingASampleAgain) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  PgSession session(database.url());
  session.execute(kTerms);
  const Project project(database.url(), workflow(GetParam()));
  const Ending run = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(run.code, 0) << run.out << run.err;
  const nlohmann::json sampled = find_node(project.report(), "copy.proof").at("metrics").at("sampled").at("tables");
  EXPECT_EQ(sampled, nlohmann::json({{"term", 4}, {"valid", 3}}));
  EXPECT_EQ(session.rows("select 1 from (select * from old.term except select * from new.term) x").size(), 0u);
  EXPECT_EQ(session.rows("select 1 from new.valid where until = 'infinity'").size(), 1u);
}

TEST_P(Infinite, AChangedInfiniteValueIsFound) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  PgSession session(database.url());
  session.execute(kTerms);
  const Project project(database.url(), workflow(GetParam(), kSpoil));
  const Ending run = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(run.code, 1) << run.out << run.err;
  EXPECT_THAT(run.out + run.err, HasSubstr("moment: source -infinity, target infinity"));
}

INSTANTIATE_TEST_SUITE_P(Sources, Infinite, testing::Values("reread", "ledger"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace sluice::test
