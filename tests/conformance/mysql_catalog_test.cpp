#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "conformance/mysql_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kShop = R"(
  CREATE TABLE customer (
    id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email varchar(100) NOT NULL DEFAULT 'it''s',
    active tinyint(1) NOT NULL DEFAULT 1,
    many tinyint(1) DEFAULT 5,
    kind enum('a','b') DEFAULT 'a',
    born date,
    rest time,
    seen timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
    extra json CHECK (json_valid(extra)),
    twice int AS (id * 2) VIRTUAL,
    note text COMMENT 'free text',
    UNIQUE KEY by_email (email),
    KEY by_note (note(20)),
    FULLTEXT KEY in_note (note)
  ) ENGINE=InnoDB AUTO_INCREMENT=42 COMMENT='who buys';
  CREATE TABLE orders (
    id bigint PRIMARY KEY, customer int unsigned NOT NULL, amount decimal(12,2) NOT NULL DEFAULT 0.00, placed datetime DEFAULT current_timestamp(),
    CONSTRAINT positive CHECK (amount >= 0),
    CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customer (id) ON DELETE CASCADE ON UPDATE SET DEFAULT,
    KEY newest (placed DESC, id)
  );
  CREATE TABLE log (line text) ENGINE=MyISAM;
  CREATE VIEW v AS SELECT id FROM customer;
  CREATE TRIGGER tg BEFORE INSERT ON orders FOR EACH ROW SET NEW.amount = NEW.amount;
  CREATE PROCEDURE p() SELECT 1;
  INSERT INTO customer (email, active, many, born, rest) VALUES ('a', 0, 7, '2000-01-01', '10:00:00'), ('b', 1, 0, NULL, '-30:00:00');
  SET sql_mode = ''; UPDATE customer SET born = '0000-00-00' WHERE email = 'b';
)";

std::string without_on_update(std::string script) {
  const std::string what = " ON UPDATE SET DEFAULT";
  return script.replace(script.find(what), what.size(), " ON UPDATE RESTRICT");
}

TEST(MySqlCatalog, TellsTablesColumnsKeysAndChecks) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source(without_on_update(kShop));
  const catalog::Catalog catalog = source.session->catalog({});
  const catalog::Table& customer = *catalog.find_table("customer");
  EXPECT_EQ(customer.comment, "who buys");
  EXPECT_THAT(customer.primary_key->columns, ElementsAre("id"));
  EXPECT_TRUE(customer.find_column("id")->identity);
  EXPECT_EQ(customer.find_column("id")->next, 44);
  EXPECT_EQ(customer.find_column("email")->default_value.kind, "literal");
  EXPECT_EQ(customer.find_column("email")->default_value.text, "it's");
  EXPECT_EQ(customer.find_column("seen")->default_value.kind, "now");
  EXPECT_EQ(customer.find_column("extra")->type.kind, Kind::json);
  EXPECT_EQ(customer.find_column("note")->comment, "free text");
  EXPECT_THAT(customer.find_column("twice")->generated, HasSubstr("2"));
  ASSERT_EQ(customer.uniques.size(), 1U);
  EXPECT_THAT(customer.uniques[0].columns, ElementsAre("email"));
  const catalog::Table& orders = *catalog.find_table("orders");
  ASSERT_EQ(orders.foreign_keys.size(), 1U);
  EXPECT_EQ(orders.foreign_keys[0].ref_table, "customer");
  EXPECT_EQ(orders.foreign_keys[0].on_delete, "cascade");
  EXPECT_EQ(orders.foreign_keys[0].on_update, "restrict");
  ASSERT_EQ(orders.checks.size(), 1U);
  EXPECT_EQ(orders.checks[0].name, "positive");
  EXPECT_EQ(orders.find_column("amount")->type, (arrow::Type{Kind::decimal, 12, 2}));
  EXPECT_EQ(catalog.find_table("v"), nullptr);
}

TEST(MySqlCatalog, LooksAtValuesWhereDeclarationsDoNotTell) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source(without_on_update(kShop));
  const catalog::Table customer = *source.session->catalog({.tables = {"customer"}, .evidence = true}).find_table("customer");
  EXPECT_EQ(customer.find_column("active")->type.kind, Kind::boolean);
  EXPECT_EQ(customer.find_column("active")->default_value.text, "true");
  EXPECT_EQ(customer.find_column("many")->type.kind, Kind::int8) << "it holds 7";
  EXPECT_EQ(customer.find_column("rest")->type.kind, Kind::text) << "it holds -30 hours";
}

TEST(MySqlCatalog, NamesWhatHasNoCounterpart) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source(without_on_update(kShop));
  const std::vector<std::string> notes = source.session->catalog({.evidence = true}).notes;
  for (const char* part : {"customer.kind: enum('a','b')", "customer.seen: \"on update", "customer: index in_note is FULLTEXT",
                           "customer: index by_note is over the first 20 characters", "customer.born: 1 dates without month or day",
                           "customer.rest: holds times", "log: its engine MyISAM", "view v is not copied", "trigger tg on orders is not copied",
                           "procedure p is not copied", "customer: index by_email is unique under utf8mb4_general_ci"}) {
    EXPECT_THAT(notes, Contains(HasSubstr(part)));
  }
}

TEST(MySqlCatalog, CountsLatin1TextsThatAreUtf8ByTheirBytes) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source(
      "CREATE TABLE t (id int PRIMARY KEY, v varchar(20) CHARACTER SET latin1, plain varchar(20) CHARACTER SET latin1, wide varchar(20) "
      "CHARACTER "
      "SET utf8mb4); INSERT INTO t VALUES (1, convert(x'c3bc' USING latin1), 'a', x'c3bc'), (2, x'fc', 'b', 'c'), "
      "(3, concat(x'c3bc', x'e282ac'), NULL, 'c'), (4, 'ascii', '', 'c'), (5, NULL, '', 'c')");
  const std::vector<std::string> notes = source.session->catalog({.evidence = true}).notes;
  EXPECT_THAT(notes, Contains(HasSubstr("t.v: 2 of 3 texts beyond ASCII in this latin1 column are UTF-8 by their bytes")));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("t.plain"))));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("t.wide"))));
}

TEST(MySqlSnapshot, ShowsAllReadersOneStateUnderAHammeringWriter) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source("CREATE TABLE a (n int PRIMARY KEY); CREATE TABLE b (n int PRIMARY KEY)");
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    MySqlSession side(source.database.url());
    for (int i = 0; !stop; ++i) {
      side.execute("BEGIN; INSERT INTO a VALUES (" + std::to_string(i) + "); INSERT INTO b VALUES (" + std::to_string(i) + "); COMMIT");
    }
  });
  for (int attempt = 0; attempt < 30; ++attempt) {
    const auto coordinator = source.store.open_session();
    const std::string token = coordinator->snapshot_export();
    const auto first = source.store.open_session(), second = source.store.open_session();
    first->snapshot_join(token);
    second->snapshot_join(token);
    ASSERT_TRUE(coordinator->snapshot_confirm(token));
    const auto rows = first->scalar("SELECT count(*) FROM a");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_EQ(second->scalar("SELECT count(*) FROM b"), rows);
    EXPECT_EQ(first->scalar("SELECT count(*) FROM b"), rows);
    EXPECT_FALSE(coordinator->snapshot_confirm(token)) << "who joins now sees something else";
  }
  stop = true;
  writer.join();
}

TEST(MySqlSnapshot, NeedsTheRightToLockTables) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source("CREATE TABLE a (n int PRIMARY KEY)");
  const std::string user = source.database.name();
  source.side.execute("CREATE USER " + user + "@'%' IDENTIFIED BY 'pw'; GRANT SELECT ON " + source.database.name() + ".* TO " + user + "@'%'");
  std::string url = source.database.url();
  url.replace(8, url.find('@') - 8, user + ":pw");
  const store::Store store = mysql_store(url);
  const auto session = store.open_session();
  const Error error = error_of([&] { session->snapshot_export(); });
  EXPECT_EQ(error.code(), Code::permission);
  EXPECT_THAT(error.what(), HasSubstr("GRANT SELECT, LOCK TABLES"));
  source.side.execute("DROP USER " + user + "@'%'");
}

TEST(MySqlState, ChangesWithEveryWriteAndEveryAlteration) {
  SLUICE_REQUIRE_MYSQL();
  MySqlSource source("CREATE TABLE a (n int PRIMARY KEY); INSERT INTO a VALUES (1)");
  std::string before = source.session->source_state({});
  EXPECT_EQ(source.store.open_session()->source_state({}), before);
  for (const char* change : {"INSERT INTO a VALUES (2)", "UPDATE a SET n = 3 WHERE n = 2", "DELETE FROM a WHERE n = 3", "ALTER TABLE a ADD v int"}) {
    source.side.execute(change);
    const std::string after = source.session->source_state({});
    EXPECT_NE(after, before) << change;
    before = after;
  }
}

}  // namespace
}  // namespace sluice::test
