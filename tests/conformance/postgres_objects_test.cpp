#include <gmock/gmock.h>

#include "conformance/postgres_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

catalog::Statement object(const char* kind, const char* schema, const char* table, const char* name) {
  catalog::Statement statement;
  statement.kind = kind;
  statement.schema = schema;
  statement.table = table;
  statement.name = name;
  return statement;
}

const std::vector<catalog::Statement>& shop_objects() {
  static const std::vector<catalog::Statement> kObjects = {
      object("schema", "shop", "", "shop"),
      object("table", "shop", "a", "a"),
      object("table", "shop", "b", "b"),
      object("index", "shop", "a", "a_x"),
      object("index", "shop", "a", "a_pkey"),
      object("primary_key", "shop", "a", "a_pkey"),
      object("foreign_key", "shop", "b", "b_a_fkey"),
  };
  return kObjects;
}

void create_shop(Target& target) {
  target.guarded(work_key("prepare.tables"), [&] {
    target.session->execute(
        "CREATE SCHEMA IF NOT EXISTS shop; CREATE TABLE shop.a (id int NOT NULL, x int); CREATE TABLE shop.b (a int);"
        "CREATE INDEX a_x ON shop.a (x); CREATE UNIQUE INDEX a_pkey ON shop.a (id);"
        "ALTER TABLE shop.a ADD CONSTRAINT a_pkey PRIMARY KEY USING INDEX a_pkey;"
        "ALTER TABLE shop.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES shop.a");
    target.session->objects_record(shop_objects());
  });
}

store::Session::Dropped drop_shop(Target& target, int64_t chunk = 0) {
  store::Session::Dropped dropped;
  target.guarded(work_key("undo", chunk), [&] { dropped = target.session->objects_drop("r-1", "prepare.tables"); });
  return dropped;
}

TEST(PostgresObjects, DropsWhatTheRunCreatedNewestFirst) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  create_shop(target);
  EXPECT_EQ(target.session->objects_list("r-1", "prepare.tables").size(), 7u);
  const auto result = drop_shop(target);
  EXPECT_THAT(result.dropped, ElementsAre("constraint shop.b_a_fkey on b", "constraint shop.a_pkey on a",
                                          "index shop.a_x on a", "table shop.b", "table shop.a", "schema shop"));
  EXPECT_THAT(result.kept, IsEmpty());
  EXPECT_EQ(target.side.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'"), 0);
  EXPECT_THAT(target.session->objects_list("r-1", "prepare.tables"), IsEmpty());
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 0) << "the table of others stays";
}

TEST(PostgresObjects, LeavesASchemaThatWasThereBefore) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.side.execute("CREATE SCHEMA shop");
  create_shop(target);
  EXPECT_EQ(target.session->objects_list("r-1", "prepare.tables").size(), 6u);
  drop_shop(target);
  EXPECT_EQ(target.side.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'shop'"), 1);
}

TEST(PostgresObjects, KeepsAnotherObjectOfTheSameNameAndAFullSchema) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  create_shop(target);
  target.side.execute("DROP TABLE shop.b; CREATE TABLE shop.b (mine int); INSERT INTO shop.b VALUES (1)");
  const auto result = drop_shop(target);
  EXPECT_THAT(result.kept, ElementsAre("table shop.b", "schema shop"));
  EXPECT_EQ(target.side.number("SELECT mine FROM shop.b"), 1);
}

TEST(PostgresObjects, FindsAnObjectByItsIdAfterARename) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  create_shop(target);
  target.side.execute("ALTER TABLE shop.a RENAME TO renamed; ALTER SCHEMA shop RENAME TO moved");
  drop_shop(target);
  EXPECT_EQ(target.side.number("SELECT count(*) FROM pg_namespace WHERE nspname IN ('shop', 'moved')"), 0);
}

TEST(PostgresObjects, RefusesToDropWhatOthersDependOn) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  create_shop(target);
  target.side.execute("CREATE VIEW public.mine AS SELECT * FROM shop.a");
  EXPECT_EQ(error_of([&] { drop_shop(target); }).code(), Code::constraint);
  EXPECT_EQ(target.side.number("SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b') AND relkind = 'r'"), 2);
  EXPECT_EQ(target.session->objects_list("r-1", "prepare.tables").size(), 7u);
}

TEST(PostgresObjects, RecordsNothingWhenTheGuardRollsBack) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  {
    store::Guard guard(*target.session, target.fence, work_key("prepare.tables"));
    target.session->execute("CREATE SCHEMA shop");
    target.session->objects_record({object("schema", "shop", "", "shop")});
    EXPECT_EQ(target.session->objects_list("r-1", "prepare.tables").size(), 1u);
  }
  EXPECT_THAT(target.session->objects_list("r-1", "prepare.tables"), IsEmpty());
}

TEST(PostgresObjects, RefusesToRecordWhatIsNotThereOrOutsideAGuard) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  EXPECT_EQ(error_of([&] { target.session->objects_record(shop_objects()); }).code(), Code::invalid_argument);
  EXPECT_EQ(
      error_of([&] { target.guarded(work_key("x"), [&] { target.session->objects_record(shop_objects()); }); }).code(),
      Code::not_found);
}

}  // namespace
}  // namespace sluice::test
