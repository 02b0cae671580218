#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/decide_names.hpp"
#include "catalog_samples.hpp"

/// What a map takes, leaves out, renames and filters.
namespace sluice::catalog {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

TEST(Selection, PatternsThatMatchNothingNameTheNearest) {
  const std::vector<Table> shop = {table("orders", {id_column()}), table("tmp_1", {id_column()})};
  MapSpec spec;
  spec.where = "shop.lua:7";
  spec.include = {"oders"};
  EXPECT_THAT(error_of(shop, spec), HasSubstr("shop.lua:7: 'oders' matches no table; did you mean orders?"));
  spec.include = {"*"};
  spec.types = {{"orders.idd", "int"}};
  EXPECT_THAT(error_of(shop, spec), HasSubstr("'orders.idd' matches no column; did you mean orders.id?"));
  spec.types.clear();
  spec.except = {"tmp_*", "old_*"};
  const Mapping mapping = decide(shop, spec);
  ASSERT_EQ(mapping.tables.size(), 1u);
  EXPECT_EQ(mapping.tables[0].target_table, "orders");
  EXPECT_EQ(mapping.tables[0].target_schema, "shop");
  spec.except = {"tmp_2"};
  EXPECT_THAT(error_of(shop, spec), HasSubstr("tmp_2"));
}

TEST(MatchesGlob, KnowsStarsAndQuestionMarks) {
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("tmp_*", "tmp_"));
  EXPECT_TRUE(matches_glob("*.price", "orders.price"));
  EXPECT_TRUE(matches_glob("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(matches_glob("a?c", "abc"));
  EXPECT_FALSE(matches_glob("a?c", "ac"));
  EXPECT_FALSE(matches_glob("tmp_*", "Tmp_1"));
  EXPECT_FALSE(matches_glob("a*b", "abc"));
}

/// Two tables as an application has them: orders refer to users.
std::vector<Table> shop_tables() {
  Table users = table("AppUsers", {column("UserId", {Kind::int64}, "INTEGER", integers(3, 1, 3)), column("Mail", {Kind::text}, "TEXT", texts(3)),
                                   column("Secret", {Kind::text}, "TEXT", texts(3))});
  users.primary_key = Key{"", {"UserId"}};
  users.indexes.push_back({"by_mail", {{"Mail"}}, true, {}, {}});
  users.indexes.push_back({"by_secret", {{"Secret"}}, false, {}, {}});
  users.checks.push_back({"has_mail", "\"Mail\" <> ''"});
  Table orders = table("Orders", {column("Id", {Kind::int64}, "INTEGER", integers(3, 1, 3)), column("ByUser", {Kind::int64}, "INTEGER", integers(3, 1, 3))});
  orders.primary_key = Key{"", {"Id"}};
  orders.foreign_keys.push_back({"", {"ByUser"}, "", "AppUsers", {"UserId"}, "", ""});
  return {users, orders};
}

TEST(Names, OfTablesColumnsKeysAndChecksFollowTheMap) {
  MapSpec spec;
  spec.names = NamePolicy::snake_case;
  spec.renames = {{"AppUsers", "people"}, {"AppUsers.Mail", "address"}};
  const Mapping mapping = decide(shop_tables(), spec);
  const TableMapping& users = mapping.tables.at(0);
  EXPECT_EQ(users.source_table, "AppUsers");
  EXPECT_EQ(users.target_table, "people");
  EXPECT_EQ(users.key, (std::vector<std::string>{"user_id"}));
  EXPECT_EQ(users.columns.at(1).source, "Mail");
  EXPECT_EQ(users.columns.at(1).target, "address");
  const Table& people = mapping.target.tables.at(0);
  EXPECT_EQ(people.primary_key->columns, (std::vector<std::string>{"user_id"}));
  EXPECT_EQ(people.indexes.at(0).columns.at(0).name, "address");
  EXPECT_EQ(people.checks.at(0).expression, "\"address\" <> ''");
  const ForeignKey& key = mapping.target.tables.at(1).foreign_keys.at(0);
  EXPECT_EQ(key.columns, (std::vector<std::string>{"by_user"}));
  EXPECT_EQ(key.ref_table, "people");
  EXPECT_EQ(key.ref_columns, (std::vector<std::string>{"user_id"}));
}

TEST(Names, AreFoldedAsPeopleWriteThem) {
  EXPECT_EQ(to_snake_case("OrderLines"), "order_lines");
  EXPECT_EQ(to_snake_case("HTTPServer"), "http_server");
  EXPECT_EQ(to_snake_case("order-line no"), "order_line_no");
  EXPECT_EQ(to_snake_case("already_so"), "already_so");
  EXPECT_EQ(to_snake_case("Year2024Total"), "year2024_total");
  EXPECT_EQ(to_snake_case("_Hidden"), "_hidden");
}

TEST(Names, ThatCollideAreRefusedBeforeAnythingIsMade) {
  MapSpec folded;
  folded.names = NamePolicy::lower;
  EXPECT_THAT(error_of({table("Log", {column("a", {Kind::int64}, "INTEGER", {})}), table("LOG", {column("a", {Kind::int64}, "INTEGER", {})})}, folded),
              HasSubstr("would both be called log"));
  EXPECT_THAT(error_of({table("t", {column("Ab", {Kind::int64}, "INTEGER", {}), column("aB", {Kind::int64}, "INTEGER", {})})}, folded),
              HasSubstr("t.Ab and t.aB would both be called ab"));
  MapSpec renamed;
  renamed.renames = {{"Orders", "AppUsers"}};
  EXPECT_THAT(error_of(shop_tables(), renamed), HasSubstr("would both be called AppUsers"));
  renamed.renames = {{"Ordrs", "x"}};
  EXPECT_THAT(error_of(shop_tables(), renamed), AllOf(HasSubstr("Ordrs"), HasSubstr("Orders")));
}

TEST(Omit, LeavesOutColumnsWithWhatStandsOnThem) {
  MapSpec spec;
  spec.omitted = {"*.Secret"};
  const Mapping mapping = decide(shop_tables(), spec);
  EXPECT_EQ(mapping.tables.at(0).columns.size(), 2U);
  EXPECT_EQ(mapping.target.tables.at(0).indexes.size(), 1U);
  EXPECT_THAT(mapping.warnings, Contains(HasSubstr("the index by_secret goes with a column that the map omits")));
  spec.omitted = {"AppUsers.UserId"};
  const Mapping keyless = decide(shop_tables(), spec);
  EXPECT_TRUE(keyless.tables.at(0).key.empty());
  EXPECT_THAT(keyless.warnings, Contains(HasSubstr("the primary key goes")));
  spec.omitted = {"AppUsers.Secrt"};
  EXPECT_THAT(error_of(shop_tables(), spec), AllOf(HasSubstr("Secrt"), HasSubstr("AppUsers.Secret")));
}

TEST(Where, BelongsToATableOfTheMap) {
  MapSpec spec;
  spec.conditions = {{"Orders", "Id > 1"}};
  const Mapping mapping = decide(shop_tables(), spec);
  EXPECT_EQ(mapping.tables.at(0).where, "");
  EXPECT_EQ(mapping.tables.at(1).where, "Id > 1");
  spec.conditions = {{"Order", "Id > 1"}};
  EXPECT_THAT(error_of(shop_tables(), spec), AllOf(HasSubstr("'Order'"), HasSubstr("Orders")));
}

}  // namespace
}  // namespace sluice::catalog
