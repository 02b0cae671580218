#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "catalog/catalog.hpp"
#include "catalog/ddl.hpp"

namespace {

using namespace sluice;
using namespace sluice::catalog;
using arrow::Kind;
using testing::HasSubstr;

Catalog shop() {
  Table orders;
  orders.schema = "shop";
  orders.name = "orders";
  orders.comment = "what \"people\" bought";
  orders.rows = 12;
  orders.bytes = 4096;
  Column id;
  id.name = "id";
  id.type = id.carrier = Type{Kind::int64};
  id.native = "INTEGER";
  id.nullable = false;
  id.identity = true;
  id.next = 13;
  Column price;
  price.name = "price";
  price.type = Type{Kind::decimal, 12, 2};
  price.carrier = Type{Kind::float64};
  price.default_value = {"literal", ""};
  price.evidence = Evidence{};
  price.evidence->rows = 12;
  price.evidence->reals = 11;
  price.evidence->min_integer = -5;
  price.evidence->max_scale = -1;
  price.evidence->max_digits = 7;
  Column total;
  total.name = "total";
  total.generated = "price * 2";
  orders.columns = {id, price, total};
  orders.primary_key = Key{"", {"id"}};
  orders.uniques = {{"u", {"id", "price"}}};
  orders.indexes = {{"i", {{"price", true}, {"id", false}}, true, "price > 0", ""},
                    {"e", {}, false, "", "lower(name)"}};
  orders.foreign_keys = {{"f", {"id"}, "shop", "stock", {"sid"}, "cascade", "set null"}};
  orders.checks = {{"c", "price > 0"}};
  return {"shop", {orders}, {"one view was seen"}};
}

std::string refusal(const std::string& json) {
  try {
    catalog_from_json(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::internal);
    return error.message();
  }
  return "accepted";
}

}  // namespace

TEST(CatalogJson, LosesNothing) {
  const std::string text = catalog_to_json(shop());
  const Catalog back = catalog_from_json(text);
  EXPECT_EQ(catalog_to_json(back), text);
  ASSERT_EQ(back.tables.size(), 1u);
  const Table& orders = back.tables[0];
  EXPECT_EQ(orders.comment, "what \"people\" bought");
  EXPECT_EQ(orders.find_column("id")->next, 13);
  EXPECT_TRUE(orders.find_column("id")->identity);
  const Column& price = *orders.find_column("price");
  EXPECT_EQ(price.type, (Type{Kind::decimal, 12, 2}));
  EXPECT_EQ(price.carrier, Type{Kind::float64});
  EXPECT_EQ(price.default_value.kind, "literal");
  EXPECT_EQ(price.evidence->max_scale, -1);
  EXPECT_EQ(price.evidence->min_integer, -5);
  EXPECT_EQ(price.evidence->max_digits, 7);
  EXPECT_EQ(orders.find_column("total")->generated, "price * 2");
  EXPECT_EQ(orders.find_column("gone"), nullptr);
  EXPECT_EQ(orders.primary_key->columns, std::vector<std::string>{"id"});
  EXPECT_TRUE(orders.indexes[0].columns[0].descending);
  EXPECT_EQ(orders.indexes[0].where, "price > 0");
  EXPECT_EQ(orders.indexes[1].expression, "lower(name)");
  EXPECT_EQ(orders.foreign_keys[0].on_update, "set null");
  EXPECT_EQ(orders.checks[0].expression, "price > 0");
  EXPECT_EQ(back.notes[0], "one view was seen");
  EXPECT_EQ(back.find_table("orders"), &orders);
}

TEST(CatalogJson, FillsInWhatIsLeftOut) {
  const Catalog catalog =
      catalog_from_json(R"({"tables": [{"name": "t", "columns": [{"name": "a", "type": "bigint"}]}]})");
  const Column& column = catalog.tables[0].columns[0];
  EXPECT_EQ(column.carrier, Type{Kind::int64});
  EXPECT_FALSE(column.nullable);
  EXPECT_EQ(column.default_value.kind, "none");
  EXPECT_FALSE(column.evidence);
  EXPECT_TRUE(catalog_from_json("{}").tables.empty());
}

TEST(CatalogJson, NamesThePlaceOfAMistake) {
  EXPECT_THAT(refusal("{"), HasSubstr("not JSON at byte"));
  EXPECT_THAT(refusal("[]"), HasSubstr("expected an object"));
  EXPECT_THAT(refusal(R"({"tables": [{"name": "t"}, {"columns": []}]})"), HasSubstr("tables[1].name: expected a text"));
  EXPECT_THAT(refusal(R"({"tables": [{"name": "t", "columns": [{"name": "a", "type": "int46"}]}]})"),
              HasSubstr("tables[0].columns[0].type"));
  EXPECT_THAT(refusal(R"({"tables": [{"name": "t", "rows": "many"}]})"),
              HasSubstr("tables[0].rows: expected an integer, found \"many\""));
  EXPECT_THAT(refusal(R"({"tables": {}})"), HasSubstr("tables: expected a list"));
  EXPECT_THAT(refusal(R"({"notes": [1]})"), HasSubstr("notes"));
}

TEST(CatalogJson, RefusesNumbersThatNobodyCanHold) {
  EXPECT_THAT(refusal("6E333"), HasSubstr("catalog: is not JSON: "));
  EXPECT_THAT(refusal(R"({"tables": [{"name": "t", "rows": 9223372036854775808}]})"),
              HasSubstr("tables[0].rows: expected an integer of 64 bits, found 9223372036854775808"));
}

TEST(CatalogJson, RefusesWhatNestsWithoutEnd) {
  const size_t depth = 200000;
  const std::string deep = std::string(depth, '[') + std::string(depth, ']');
  EXPECT_THAT(refusal(deep), HasSubstr("expected an object, found a long array"));
  EXPECT_THAT(refusal("{\"notes\": [" + deep + "]}"), HasSubstr("notes: expected a list of texts, found a long array"));
  EXPECT_THAT(refusal("{\"tables\": [" + deep + "]}"), HasSubstr("tables[0]: expected an object, found a long array"));
}

TEST(DdlJson, LosesNothing) {
  Ddl ddl;
  ddl.statements = {{"create table t()", "table", "s", "t", "t", 1, true},
                    {"create index", "index", "s", "t", "i", 2, false}};
  ddl.columns = {{"t", "a", "numeric(12,2)", Type{Kind::decimal, 12, 2}}};
  ddl.warnings = {"a check is left out"};
  const Ddl back = ddl_from_json(ddl_to_json(ddl));
  EXPECT_EQ(ddl_to_json(back), ddl_to_json(ddl));
  EXPECT_FALSE(back.statements[1].transactional);
  EXPECT_EQ(back.statements[1].group, 2);
  EXPECT_EQ(back.columns[0].carrier, (Type{Kind::decimal, 12, 2}));
  EXPECT_THROW(ddl_from_json(R"({"statements": [{"sql": ""}]})"), Error);
}
