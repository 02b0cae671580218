#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "catalog_samples.hpp"

namespace sluice::catalog {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// "decimal(10,2) from float64 by rounded_decimal", and " !" where a warning names the column.
std::string decided(const Type& declared, const std::string& native, const Evidence& seen, const MapSpec& spec = {}) {
  const Mapping mapping = decide({table("t", {column("c", declared, native, seen)})}, spec);
  const ColumnMapping& c = mapping.tables.at(0).columns.at(0);
  bool warned = false;
  for (const std::string& warning : mapping.warnings) warned |= warning.rfind("t.c: ", 0) == 0;
  return arrow::to_text(c.compare) + " from " + arrow::to_text(c.source_carrier) + " by " + to_text(c.source_cast) +
         (warned ? " !" : "");
}

MapSpec with_type(const std::string& type) {
  MapSpec spec;
  spec.types = {{"t.c", type}};
  return spec;
}

constexpr Type kPrice{Kind::decimal, 10, 2};

TEST(DecideType, ADeclarationThatTheValuesConfirmHolds) {
  EXPECT_EQ(decided({Kind::int64}, "INTEGER", integers(5, 1, 9)), "int64 from int64 by none");
  EXPECT_EQ(decided({Kind::float64}, "REAL", reals(5, -1, 3)), "float64 from float64 by none");
  EXPECT_EQ(decided(kPrice, "NUMERIC(10,2)", reals(412, 2, 2)), "decimal(10,2) from float64 by rounded_decimal");
  EXPECT_EQ(decided(kPrice, "NUMERIC(10,2)", integers(5, -7, 99999999)),
            "decimal(10,2) from float64 by rounded_decimal");
  EXPECT_EQ(decided({Kind::boolean}, "BOOLEAN",
                    [] {
                      Evidence seen = integers(5, 0, 1);
                      seen.true_false = 5;
                      return seen;
                    }()),
            "boolean from int64 by integer_boolean");
  EXPECT_EQ(decided({Kind::boolean}, "BOOLEAN", texts(5, &Evidence::true_false)), "boolean from text by text_boolean");
  EXPECT_EQ(decided({Kind::date}, "DATE", texts(5, &Evidence::dates)), "date from text by text_date");
  EXPECT_EQ(decided({Kind::timestamp}, "DATETIME", texts(5, &Evidence::timestamps)),
            "timestamp from text by text_timestamp");
  EXPECT_EQ(decided({Kind::timestamp}, "DATETIME", texts(5, &Evidence::dates)),
            "timestamp from text by text_timestamp");
  EXPECT_EQ(decided({Kind::json}, "JSON", texts(5, &Evidence::jsons)), "json from text by text_json");
  EXPECT_EQ(decided({Kind::uuid}, "UUID", texts(5, &Evidence::uuids)), "uuid from text by text_uuid");
  EXPECT_EQ(decided({Kind::text, 0, 0, 10}, "VARCHAR(10)", texts(5)), "text(10) from text by none");
}

TEST(DecideType, TheReasonShowsTheScan) {
  const Mapping mapping = decide({table("t", {column("c", kPrice, "NUMERIC(10,2)", reals(412, 2, 2))})});
  EXPECT_EQ(mapping.tables[0].columns[0].reason,
            "declared NUMERIC(10,2); 412 rows scanned: 412 reals, at most 2 decimals");
  EXPECT_EQ(mapping.tables[0].columns[0].policy, "rounded to 2 decimals");
}

TEST(DecideType, ADeclarationThatTheValuesContradictGivesWayWithAWarning) {
  EXPECT_EQ(decided(kPrice, "NUMERIC(10,2)", reals(5, 3, 2)), "float64 from float64 by none !");
  EXPECT_EQ(decided(kPrice, "NUMERIC(10,2)", reals(5, -1, 2)), "float64 from float64 by none !");
  EXPECT_EQ(decided(kPrice, "NUMERIC(10,2)", reals(5, 2, 9)), "float64 from float64 by none !");
  EXPECT_EQ(decided({Kind::int64}, "INTEGER", reals(5, 1, 2)), "float64 from float64 by none !");
  EXPECT_EQ(decided({Kind::boolean}, "BOOLEAN", integers(5, 0, 2)), "int64 from int64 by none !");
  EXPECT_EQ(decided({Kind::date}, "DATE", integers(5, 0, 2000000000)), "int64 from int64 by none !");
  EXPECT_EQ(decided({Kind::date}, "DATE", texts(5, &Evidence::timestamps)), "timestamp from text by text_timestamp !");
  EXPECT_EQ(decided({Kind::timestamp}, "DATETIME", texts(5, &Evidence::zoned)),
            "timestamptz from text by text_timestamptz !");
  EXPECT_EQ(decided({Kind::text, 0, 0, 9}, "VARCHAR(9)", texts(5)), "text from text by none !");
  EXPECT_EQ(decided({Kind::uuid}, "UUID", texts(5)), "text from text by none !");
  EXPECT_EQ(decided({Kind::int32}, "INT", integers(5, 0, 3000000000)), "int64 from int64 by none !");
}

TEST(DecideType, MixedStorageClassesBecomeTextOrBinary) {
  Evidence mixed = integers(10, 1, 5);
  mixed.integers = 6;
  mixed.texts = 4;
  EXPECT_EQ(decided({Kind::int64}, "INTEGER", mixed), "text from text by none !");
  EXPECT_EQ(decided({Kind::text}, "", mixed), "text from text by none !");
  mixed.blobs = 1;
  mixed.rows = 11;
  EXPECT_EQ(decided({Kind::text}, "TEXT", mixed), "binary from binary by none !");
  Evidence zones = texts(10);
  zones.zoned = 4;
  zones.timestamps = 6;
  EXPECT_EQ(decided({Kind::timestamp}, "DATETIME", zones), "text from text by none !");
}

TEST(DecideType, BareNumericIsWhatItHolds) {
  EXPECT_EQ(decided({Kind::number}, "NUMERIC", integers(5, 1, 9)), "int64 from int64 by none");
  EXPECT_EQ(decided({Kind::number}, "NUMERIC", reals(5, 2, 2)), "float64 from float64 by none");
  Evidence huge = integers(6, 0, (int64_t{1} << 53) + 2);
  huge.integers = 5;
  huge.reals = 1;
  EXPECT_EQ(decided({Kind::number}, "NUMERIC", huge), "number from text by text_number");
}

TEST(DecideType, TextStaysTextWhateverItLooksLike) {
  for (const auto kind :
       {&Evidence::dates, &Evidence::numbers, &Evidence::uuids, &Evidence::jsons, &Evidence::true_false}) {
    EXPECT_EQ(decided({Kind::text}, "TEXT", texts(5, kind)), "text from text by none");
  }
}

TEST(DecideType, AnEmptyColumnKeepsItsDeclaration) {
  Evidence none;
  none.rows = none.nulls = 7;
  EXPECT_EQ(decided({Kind::date}, "DATE", none), "date from text by text_date");
  EXPECT_EQ(decided(kPrice, "NUMERIC(10,2)", none), "decimal(10,2) from float64 by rounded_decimal");
  EXPECT_EQ(decided({Kind::boolean}, "BOOLEAN", {}), "boolean from int64 by integer_boolean");
}

TEST(DecideType, TextsThatATargetCannotHoldAreAnnounced) {
  Evidence seen = texts(5);
  seen.nul_bytes = 2;
  const Mapping mapping = decide({table("t", {column("c", {Kind::text}, "TEXT", seen)})});
  EXPECT_THAT(mapping.warnings, Contains(HasSubstr("t.c: 2 texts hold NUL bytes")));
}

TEST(Override, WinsAndIsCheckedAgainstTheValues) {
  EXPECT_EQ(decided({Kind::text}, "TEXT", texts(5, &Evidence::dates), with_type("date")),
            "date from text by text_date");
  EXPECT_EQ(decided({Kind::text}, "TEXT", texts(5, &Evidence::numbers), with_type("numeric(12,2)")),
            "decimal(12,2) from text by text_number");
  EXPECT_EQ(decided({Kind::float64}, "REAL", reals(5, 2, 3), with_type("numeric(12,2)")),
            "decimal(12,2) from float64 by rounded_decimal");
  EXPECT_EQ(decided({Kind::float64}, "REAL", reals(5, 4, 3), with_type("numeric(12,2)")),
            "decimal(12,2) from float64 by rounded_decimal !");
  EXPECT_EQ(decided({Kind::int64}, "INTEGER", integers(5, 1, 9), with_type("int")), "int32 from int64 by checked");
  EXPECT_EQ(decided({Kind::int64}, "INTEGER", integers(5, 1, 9), with_type("text")), "text from text by none");
  const std::vector<Table> words = {table("t", {column("c", {Kind::text}, "TEXT", texts(5))})};
  EXPECT_THAT(error_of(words, with_type("numeric(12,2)")),
              HasSubstr("t.c: the map says decimal(12,2), but the column holds other values: 5 rows scanned: 5 texts"));
  EXPECT_THAT(
      error_of({table("t", {column("c", {Kind::int64}, "INTEGER", integers(5, 1, 70000))})}, with_type("smallint")),
      HasSubstr("int16"));
  EXPECT_THAT(error_of(words, with_type("numerc(12,2)")), HasSubstr("numerc"));
}

TEST(Override, TheMostSpecificPatternWins) {
  MapSpec spec;
  spec.types = {{"*", "text"}, {"*.c", "bigint"}, {"t.*", "text"}, {"t.c", "int"}};
  EXPECT_EQ(decided({Kind::int64}, "INTEGER", integers(5, 1, 9), spec), "int32 from int64 by checked");
  spec.types = {{"*", "text"}, {"*.c*", "bigint"}};
  EXPECT_EQ(decided({Kind::int64}, "INTEGER", integers(5, 1, 9), spec), "int64 from int64 by none");
}

MapSpec by_type(std::vector<std::pair<std::string, std::string>> types) {
  MapSpec spec;
  spec.types_by_source = std::move(types);
  return spec;
}

TEST(Override, ATypeOfTheSourceComesBehindColumnsAndPatterns) {
  const Evidence naive = texts(4, &Evidence::timestamps);
  MapSpec spec = by_type({{"DateTime", "timestamptz"}});
  EXPECT_EQ(decided({Kind::timestamp}, "datetime", naive, spec), "timestamptz from text by text_timestamptz !");
  spec.types = {{"*.c", "text"}};
  EXPECT_EQ(decided({Kind::timestamp}, "datetime", naive, spec), "text from text by none");
}

TEST(Override, ATypeOfTheSourceWithoutBracketsMeansEverySize) {
  EXPECT_EQ(decided({Kind::decimal, 9, 3}, "decimal (9,3)", reals(4, 2, 3), by_type({{"Decimal", "number"}})),
            "number from float64 by float_number");
  EXPECT_EQ(decided(kPrice, "DECIMAL(10,2)", reals(4, 2, 3), by_type({{"dec*", "number"}, {"decimal(10,2)", "decimal(12,4)"}})),
            "decimal(12,4) from float64 by rounded_decimal");
  EXPECT_THAT(error_of({table("t", {column("c", kPrice, "DECIMAL(10,2)", reals(4, 2, 3))})}, by_type({{"decimal(9,*)", "number"}})),
              HasSubstr("'decimal(9,*)' matches no type of a column in the source"));
}

TEST(Override, ATypeThatNoColumnHasNamesTheNearest) {
  MapSpec spec;
  spec.where = "w.lua:3";
  spec.types_by_source = {{"datetme", "timestamptz"}};
  EXPECT_EQ(error_of({table("t", {column("c", {Kind::timestamp}, "DATETIME", texts(1))})}, spec),
            "w.lua:3: 'datetme' matches no type of a column in the source; did you mean DATETIME?");
}

TEST(ForeignKeys, BothEndsGetOneType) {
  Table parent = table("parent", {column("id", {Kind::text}, "TEXT", texts(10))});
  parent.primary_key = Key{"", {"id"}};
  Table child = table("child", {id_column(), column("parent_id", {Kind::int64}, "INTEGER", integers(10, 1, 5))});
  child.foreign_keys.push_back({.name = "fk",
                                .columns = {"parent_id"},
                                .ref_schema = "",
                                .ref_table = "Parent",
                                .ref_columns = {},
                                .on_delete = "cascade",
                                .on_update = ""});
  const Mapping mapping = decide({child, parent});
  EXPECT_EQ(mapping.tables[0].columns[1].compare.kind, Kind::text);
  const ForeignKey& key = mapping.target.tables[0].foreign_keys.at(0);
  EXPECT_EQ(key.ref_table, "parent");
  EXPECT_EQ(key.ref_schema, "shop");
  EXPECT_THAT(key.ref_columns, ElementsAre("id"));
  EXPECT_EQ(key.on_delete, "cascade");
}

TEST(ForeignKeys, ToTablesThatAreNotCopiedOrNotUniqueAreLeftOut) {
  Table parent = table("parent", {id_column()});
  Table child = table("child", {id_column(), id_column("parent_id")});
  child.foreign_keys.push_back({.name = "fk",
                                .columns = {"parent_id"},
                                .ref_schema = "",
                                .ref_table = "parent",
                                .ref_columns = {"id"},
                                .on_delete = "",
                                .on_update = ""});
  const Mapping loose = decide({child, parent});
  EXPECT_THAT(loose.target.tables[0].foreign_keys, IsEmpty());
  EXPECT_THAT(loose.warnings, Contains(HasSubstr("child.fk: refers to columns of parent that are no unique key")));
  MapSpec spec;
  spec.except = {"parent"};
  EXPECT_THAT(decide({child, parent}, spec).warnings,
              Contains("child.fk: refers to parent, which is not copied: left out"));
}

TEST(TargetCatalog, KeepsKeysIdentityAndDefaultsInTheirNewType) {
  Column id = id_column();
  id.identity = true;
  id.next = 12;
  Evidence bits = integers(10, 0, 1);
  bits.true_false = 10;
  Column active = column("active", {Kind::boolean}, "BOOLEAN", bits);
  active.default_value = {"literal", "1"};
  Column made = column("made", {Kind::timestamp}, "DATETIME", texts(10, &Evidence::timestamps));
  made.default_value = {"now", ""};
  Column stamp = column("stamp", {Kind::text}, "TEXT", texts(10));
  stamp.default_value = {"native", "strftime('%s')"};
  Column total = column("total", {Kind::int64}, "INTEGER", integers(10, 1, 5));
  total.generated = "a + b";
  Table orders = table("orders", {id, active, made, stamp, total});
  orders.primary_key = Key{"pk", {"id"}};
  orders.checks = {
      {"positive", "Total >= 0 AND [total] < 1e3"}, {"", "total > 0 and id<>4"}, {"odd", "length(stamp) > 1"}};
  orders.indexes = {{"by_total", {{"total", true}}, false, "total > 5", ""},
                    {"by_hash", {}, false, "", "CREATE INDEX ..."}};
  const Mapping mapping = decide({orders});
  const Table& target = mapping.target.tables.at(0);
  EXPECT_TRUE(target.columns[0].identity);
  EXPECT_EQ(target.columns[0].next, 12);
  EXPECT_FALSE(target.columns[0].nullable);
  EXPECT_EQ(target.columns[1].default_value.text, "true");
  EXPECT_EQ(target.columns[2].default_value.kind, "now");
  EXPECT_EQ(target.columns[3].default_value.kind, "none");
  EXPECT_EQ(target.columns[4].generated, "");
  EXPECT_EQ(target.primary_key->name, "pk");
  ASSERT_EQ(target.checks.size(), 1u);
  EXPECT_EQ(target.checks[0].expression, "\"total\" > 0 AND \"id\" <> 4");
  ASSERT_EQ(target.indexes.size(), 1u);
  EXPECT_EQ(target.indexes[0].where, "\"total\" > 5");
  EXPECT_THAT(mapping.tables[0].key, ElementsAre("id"));
  for (const char* part :
       {"orders.stamp: default strftime", "orders.total: is generated (a + b)", "orders.odd: is a check",
        "orders.by_hash: is an index over an expression", "orders.positive"}) {
    EXPECT_THAT(mapping.warnings, Contains(HasSubstr(part)));
  }
}

TEST(TargetCatalog, APrimaryKeyWithNullsBecomesUniqueAndNoRowKey) {
  Evidence seen = texts(10);
  seen.rows = 12;
  seen.nulls = 2;
  Column code = column("code", {Kind::text}, "TEXT", seen);
  Column serial = id_column("serial");
  Table orders = table("orders", {code, serial});
  orders.primary_key = Key{"", {"code"}};
  orders.uniques = {{"u", {"serial"}}};
  const Mapping mapping = decide({orders});
  EXPECT_FALSE(mapping.target.tables[0].primary_key.has_value());
  EXPECT_EQ(mapping.target.tables[0].uniques.size(), 2u);
  EXPECT_TRUE(mapping.target.tables[0].columns[0].nullable);
  EXPECT_THAT(mapping.tables[0].key, ElementsAre("serial"));
  EXPECT_THAT(mapping.warnings, Contains(HasSubstr("orders.primary key: its columns hold NULL")));
}

TEST(TargetCasts, FollowWhatTheTargetCanHold) {
  Catalog source;
  source.tables = {table("t", {})};
  for (const auto& [name, type] : {std::pair{"price", kPrice}, std::pair{"wide", Type{Kind::decimal, 30, 4}},
                                   std::pair{"at", Type{Kind::timestamptz}}, std::pair{"ok", Type{Kind::boolean}}}) {
    Column typed;
    typed.name = name;
    typed.type = typed.carrier = type;
    source.tables[0].columns.push_back(typed);
  }
  const Mapping mapping = decide_mapping(source, {}, "", [](const Catalog&) {
    Ddl answer;
    answer.columns = {{"t", "price", "NUMERIC(10,2)", {Kind::float64}},
                      {"t", "wide", "NUMERIC(30,4)", {Kind::float64}},
                      {"t", "at", "TEXT", {Kind::text}},
                      {"t", "ok", "BOOLEAN", {Kind::int64}}};
    answer.warnings = {"from the target"};
    return answer;
  });
  const auto& columns = mapping.tables[0].columns;
  EXPECT_EQ(columns[0].target_cast, Cast::rounded_decimal);
  EXPECT_EQ(columns[0].source_cast, Cast::none);
  EXPECT_EQ(columns[0].policy, "rounded to 2 decimals");
  EXPECT_EQ(columns[2].target_cast, Cast::text_timestamptz);
  EXPECT_EQ(columns[3].target_cast, Cast::integer_boolean);
  EXPECT_THAT(mapping.warnings,
              Contains(HasSubstr("t.wide: the target holds decimal(30,4) as NUMERIC(30,4), a double")));
  EXPECT_THAT(mapping.warnings, Not(Contains(HasSubstr("t.price"))));
  EXPECT_THAT(mapping.warnings, Contains("from the target"));
}

TEST(MappingJson, SurvivesTheRoundTrip) {
  Table orders = table("orders", {id_column(), column("c", kPrice, "NUMERIC(10,2)", reals(5, 2, 2))});
  orders.primary_key = Key{"pk", {"id"}};
  Mapping mapping = decide({orders});
  mapping.only_in_from = {"gone"};
  const std::string json = mapping_to_json(mapping);
  EXPECT_EQ(mapping_to_json(mapping_from_json(json)), json);
  EXPECT_EQ(mapping_from_json(json).find_target("orders")->find_target("c")->source_cast, Cast::rounded_decimal);
  EXPECT_THROW(mapping_from_json("{}"), Error);
  EXPECT_THROW(mapping_from_json("["), Error);
}

TEST(Pairing, TakesTheMoreTellingType) {
  const auto paired = [](Column a, const Type& b) {
    Column other;
    other.name = "C";
    other.type = other.carrier = b;
    Catalog left;
    Catalog right;
    left.tables = {table("t", {std::move(a)})};
    right.tables = {table("t", {other})};
    const Mapping mapping = pair_catalogs(left, right, {});
    const ColumnMapping& c = mapping.tables.at(0).columns.at(0);
    return arrow::to_text(c.compare) + " by " + to_text(c.source_cast) + " and " + to_text(c.target_cast);
  };
  EXPECT_EQ(paired(column("c", {Kind::float64}, "REAL", reals(5, 2, 2)), kPrice),
            "decimal(10,2) by rounded_decimal and none");
  EXPECT_EQ(paired(column("c", {Kind::text}, "TEXT", texts(5, &Evidence::dates)), {Kind::date}),
            "date by text_date and none");
  EXPECT_EQ(paired(column("c", {Kind::text}, "TEXT", texts(5, &Evidence::uuids)), {Kind::uuid}),
            "uuid by text_uuid and none");
  Evidence bits = integers(5, 0, 1);
  bits.true_false = 5;
  EXPECT_EQ(paired(column("c", {Kind::int64}, "INTEGER", bits), {Kind::boolean}),
            "boolean by integer_boolean and none");
  EXPECT_EQ(paired(column("c", {Kind::int64}, "INTEGER", integers(5, 1, 9)), {Kind::int32}), "int64 by none and none");
  EXPECT_EQ(paired(column("c", {Kind::float64}, "REAL", reals(5, 2, 2)), {Kind::number}),
            "number by float_number and none");
  EXPECT_EQ(paired(column("c", {Kind::text}, "TEXT", texts(5)), {Kind::date}), "text by none and to_text");
}

}  // namespace
}  // namespace sluice::catalog
