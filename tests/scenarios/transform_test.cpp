#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "support/environment.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

/// Whole migrations whose rows are made by functions of the map.
namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kRows = 30000;

/// Orders 1 to 30000: every third one cancelled, every 1000th one of two parts.
void make_orders(const std::string& path) {
  run_sqlite(path,
             "create table orders (id integer primary key, amount integer not null, price real not null, email text, "
             "state text not null);"
             "with recursive n(i) as (select 1 union all select i + 1 from n where i < 30000) insert into orders "
             "select i, i % 7 + 1, (i % 500) / 4.0, case when i % 5 > 0 then 'User' || i || '@Example.ORG' end, "
             "case when i % 3 = 0 then 'cancelled' when i % 1000 = 0 then 'split' else 'paid' end from n;");
}

/// `extra`: a step before the proofs.
std::string workflow_of(const std::string& target, const std::string& extra = "") {
  return R"lua(
    local m = map { from = "old", to = "new",
      types = { ["orders.state"] = "smallint", ["orders.price"] = "numeric(12,2)" },
      columns = { ["*.email"] = function(v) return v and v:lower() end },
      orders = {
        columns = { state = function(v) return v == "paid" and 1 or 2 end, price = function(v) return v * 1.19 end },
        add = { total = { type = "numeric(14,2)", value = function(row) return row.amount * row.price end },
                origin = { type = "text", value = "shop", nullable = false } },
        filter = function(row) return row.state ~= "cancelled" end,
        row = function(row)
          if row.state == 2 then return { row, { id = row.id + 1000000, total = 0, origin = "part" } } end
        end,
      },
    }
    return workflow "made" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = )lua" +
         target + R"lua( },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, workers = 2, chunk_rows = 4000 } },
        step "keys" { schema.finish { map = m } },)lua" +
         extra + R"lua(
        step "counts" { verify.counts { map = m } },
        step "content" { verify.content { map = m } },
        step "again" { verify.content { map = m, source = "reread" } },
        gate "same" "content.discrepancy == 0 and again.discrepancy == 0 and counts.discrepancy == 0",
      },
    })lua";
}

const char* const kPostgres = "store \"postgres\" { url = secret \"SHOP_URL\" }";

TEST(Transforms, ReachPostgresAndAreProved) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow_of(kPostgres, R"(gate "counted" { check = function(ctx)
      local sums = ctx.new:scalar [[select concat_ws(' ', sum(read), sum(kept), sum(filtered), sum(emitted), sum(written)) from sluice.ledger
                                    where node = 'copy.rows' and chunk >= 0]]
      return sums == "30000 20000 10000 20020 20020", sums
    end },)"));
  make_orders(project / "shop.db");
  const Ending planned = project.sluice({"plan", "shop.lua"});
  EXPECT_THAT(planned.out, AllOf(HasSubstr("by transform orders.columns.price (shop.lua:6) of float64"),
                                 HasSubstr("by transform columns[\"*.email\"] (shop.lua:4)"),
                                 HasSubstr("total  new -> numeric(14,2)  by transform orders.add.total (shop.lua:7)"),
                                 HasSubstr("rows that the filter takes, orders.filter (shop.lua:9)")));
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_THAT(ending.out, HasSubstr("MATCH under transforms orders.price"));

  PgSession session(database.url());
  const int kept = kRows - kRows / 3;
  const int split = kRows / 1000 - kRows / 3000;
  EXPECT_EQ(session.number("select count(*) from orders"), kept + split);
  EXPECT_EQ(session.number("select count(*) from orders where origin = 'part' and total = 0"), split);
  EXPECT_EQ(session.number("select count(*) from orders where email <> lower(email)"), 0);
  EXPECT_EQ(session.scalar("select state || ' ' || price || ' ' || total || ' ' || email from orders where id = 1001"),
            "1 0.30 0.25 user1001@example.org");
}

TEST(Transforms, OfTheExampleMakeItsRows) {
  const std::string example = source_directory() + "/examples/transforms/";
  const Project project("", "-- the example's own is run");
  run_sqlite(project / "shop.db", read_text(example + "shop.sql"));
  const Ending ending = project.sluice({"run", example + "workflow.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  run_sqlite(project / "expected.db",
             "create table customers (id, email, joined, name);"
             "insert into customers values (1, 'ada@example.org', '2019-12-10', 'Ada Lovelace'), (2, null, "
             "'2020-06-23', 'Alan Turing');"
             "create table orders (id, customer, net, vat, tags, gross, currency);"
             "insert into orders values (2, 2, 99.95, 7, null, 106.95, 'EUR'), (10, 1, 10, 19, 'books', 11.9, 'EUR'),"
             "(11, 1, 10, 19, 'gifts', 11.9, 'EUR'), (30, 1, 4.2, 7, 'food', 4.49, 'EUR');");
  EXPECT_TRUE(
      has_same_rows(project / "expected.db", project / "new.db",
                    {"select id, email, joined, name from customers order by id",
                     "select id, customer, net + 0.0, vat, tags, gross + 0.0, currency from orders order by id"}));
}

TEST(Transforms, OfAnotherTargetAreProvedAlike) {
  const Project project("", workflow_of("store \"sqlite\" { path = \"new.db\" }"));
  make_orders(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_THAT(ending.out, HasSubstr("MATCH under transforms orders.price"));
}

TEST(Transforms, DoNotHideARowThatWasTamperedWith) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project(database.url(), workflow_of(kPostgres, R"(step "tamper" { sql { store = "new",
      "update orders set total = total + 0.01 where id = 1001" } },)"));
  make_orders(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1) << ending.out << ending.err;
  const json node = find_node(project.report(), "copy.content");
  ASSERT_FALSE(node.is_null()) << ending.out << ending.err;
  const json& difference = node.at("differences").at(0);
  EXPECT_EQ(difference.at("verdict"), "MISMATCH");
  EXPECT_EQ(difference.at("changed"), 1);
  EXPECT_EQ(difference.at("missing"), 0);
  EXPECT_EQ(difference.at("rows").at(0).at("key"), "id=1001");
  const json& cell = difference.at("rows").at(0).at("cells").at(0);
  EXPECT_EQ(cell.at("column"), "total");
  EXPECT_EQ(cell.at("source"), "0.25");
  EXPECT_EQ(cell.at("target"), "0.26");
}

TEST(Transforms, ThatWereEditedMakeNoTableOfTwoKinds) {
  const auto workflow = [](const std::string& function) {
    return "local m = map { from = 'old', to = 'new', columns = { ['item.name'] = " + function + R"( } }
      return workflow "made" {
        stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = store "sqlite" { path = "new.db" } },
        phase "copy" { step "tables" { schema.create { map = m } }, step "rows" { copy.tables { map = m, chunk_rows = 1 } } },
      })";
  };
  const Project project("", workflow("function(v) return v .. v end"));
  run_sqlite(
      project / "shop.db",
      "create table item (id integer primary key, name text); insert into item values (1, 'a'), (2, null), (3, 'c');");
  EXPECT_EQ(project.sluice({"run", "shop.lua"}).code, 1);
  project.set_workflow(workflow("function(v) return v and v:upper() end"));
  EXPECT_EQ(project.sluice({"resume", project.run()}).code, 8);
  const Ending refused = project.sluice({"resume", project.run(), "--adopt"});
  EXPECT_EQ(refused.code, 8);
  EXPECT_THAT(refused.err, HasSubstr("roll back to it first"));
  EXPECT_EQ(project.sluice({"rollback", project.run(), "--to", "copy.tables", "--yes"}).code, 0);
  const Ending adopted = project.sluice({"resume", project.run(), "--adopt"});
  ASSERT_EQ(adopted.code, 0) << adopted.out << adopted.err;
  run_sqlite(project / "expected.db",
             "create table item (id, name); insert into item values (1, 'A'), (2, null), (3, 'C');");
  EXPECT_TRUE(has_same_rows(project / "expected.db", project / "new.db", {"select id, name from item order by id"}));
}

TEST(Transforms, ThatFailNameTheRowAndLeaveNothingHalfDone) {
  Project project("", R"lua(
    local m = map { from = "old", to = "new", orders = {
      columns = { email = function(v)
        return v:lower()
      end } } }
    return workflow "made" {
      stores = { old = store "sqlite" { path = "shop.db", access = "read" }, new = store "sqlite" { path = "new.db" } },
      phase "copy" { step "tables" { schema.create { map = m } }, step "rows" { copy.tables { map = m } } },
    })lua");
  make_orders(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 1);
  EXPECT_THAT(
      ending.out + ending.err,
      AllOf(HasSubstr("shop.lua:4"), HasSubstr("orders (id=5), column email, value NULL: attempt to index local 'v'")));
  EXPECT_TRUE(has_same_rows(project / "shop.db", project / "new.db",
                            {"select count(*) from orders where email = lower(email)"}))
      << "rows were written";
}

}  // namespace
}  // namespace sluice::test
