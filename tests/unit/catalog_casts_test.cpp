#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "catalog/decide.hpp"
#include "catalog/type_table.hpp"

namespace sluice::catalog {
namespace {

using arrow::Kind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Casts = std::vector<CastCall>;

Evidence seen(int64_t integers, int64_t texts = 0, int64_t reals = 0, int64_t blobs = 0) {
  Evidence evidence;
  evidence.integers = integers;
  evidence.texts = texts;
  evidence.reals = reals;
  evidence.blobs = blobs;
  evidence.rows = integers + texts + reals + blobs;
  evidence.min_integer = integers > 0 ? 1 : 0;
  evidence.max_integer = integers;
  evidence.max_bytes = 10;
  return evidence;
}

/// A column of a store of dynamic types.
Column column(const Type& type, const std::string& native, const Evidence& evidence) {
  Column column;
  column.name = "c";
  column.type = type;
  column.native = native;
  column.carrier = {Kind::text};
  column.evidence = evidence;
  return column;
}

/// A column of a store that knows its types.
Column typed(const Type& type) {
  Column column;
  column.name = "c";
  column.type = column.carrier = type;
  column.native = arrow::to_text(type);
  return column;
}

Ddl take_all(const Catalog& wanted) {
  Ddl answer;
  for (const Table& table : wanted.tables) {
    for (const Column& column : table.columns)
      answer.columns.push_back({table.name, column.name, arrow::to_text(column.type), column.type});
  }
  return answer;
}

Mapping decide(const Column& column, const Casts& casts, const std::string& type = {}) {
  Catalog source;
  source.tables.resize(1);
  source.tables[0].name = "t";
  source.tables[0].columns = {column};
  MapSpec spec;
  spec.where = "w.lua:2";
  spec.casts = {{"t.c", casts}};
  if (!type.empty()) spec.types = {{"t.c", type}};
  return decide_mapping(source, spec, {}, take_all);
}

/// "timestamptz from int64 by cast.unix_seconds", or the error.
std::string decided(const Column& column, const Casts& casts, const std::string& type = {}) try {
  const Mapping mapping = decide(column, casts, type);
  const ColumnMapping& c = mapping.tables.at(0).columns.at(0);
  return arrow::to_text(c.compare) + " from " + arrow::to_text(c.source_carrier) + " by " + describe_casts(c);
} catch (const Error& error) {
  return error.what();
}

constexpr Type kLong{Kind::int64};
constexpr Type kText{Kind::text};

TEST(DecideCasts, TheLastCastGivesTheType) {
  EXPECT_EQ(decided(column(kLong, "INTEGER", seen(3)), {{"unix_seconds", {}}}),
            "timestamptz from int64 by cast.unix_seconds");
  EXPECT_EQ(decided(column(kText, "TEXT", seen(0, 3)), {{"trim", {}}, {"uuid", {}}}),
            "uuid from text by cast.trim, cast.uuid");
  EXPECT_EQ(decided(column(kText, "BLOB", seen(0, 0, 0, 3)), {{"base64", {}}}), "text from binary by cast.base64");
  EXPECT_EQ(decided(column(kText, "TEXT", seen(0, 3)), {{"base64", {}}}), "binary from text by cast.base64");
  EXPECT_EQ(decided(typed({Kind::uint32}), {{"boolean", {}}}), "boolean from uint32 by cast.boolean");
}

TEST(DecideCasts, ValuesAreReadAsTheFirstCastTakesThem) {
  EXPECT_EQ(decided(column(kLong, "INTEGER", seen(3, 2)), {{"unix_seconds", {}}}),
            "timestamptz from text by cast.unix_seconds");
  EXPECT_EQ(decided(column(kLong, "INTEGER", seen(0, 0, 4)), {{"unix_seconds", {}}}),
            "timestamptz from float64 by cast.unix_seconds");
  EXPECT_EQ(decided(column(kText, "TEXT", seen(0, 2, 0, 2)), {{"latin1", {}}}), "text from binary by cast.latin1");
  EXPECT_EQ(decided(column(kLong, "INTEGER", seen(0)), {{"latin1", {}}}), "text from binary by cast.latin1")
      << "no value at all";
}

TEST(DecideCasts, ATypeOfTheMapIsReachedFromWhatTheCastCanMake) {
  const Column seconds = column(kLong, "INTEGER", seen(3));
  EXPECT_EQ(decided(seconds, {{"unix_seconds", {}}}, "timestamp"), "timestamp from int64 by cast.unix_seconds");
  EXPECT_EQ(decided(seconds, {{"unix_seconds", {}}}, "date"), "date from int64 by cast.unix_seconds, date_timestamp");
  EXPECT_EQ(decided(column(kText, "TEXT", seen(0, 3)), {{"number", {",", "."}}}, "numeric(12,2)"),
            "decimal(12,2) from text by cast.number(\",\", \".\"), checked");
  EXPECT_EQ(decided(column(kText, "TEXT", seen(0, 3)), {{"trim", {}}}, "integer"),
            "int32 from text by cast.trim, text_number");
  EXPECT_EQ(
      decided(seconds, {{"unix_seconds", {}}}, "uuid"),
      "w.lua:2: t.c: the map says uuid, and cast.unix_seconds makes timestamptz; choose a type of the same meaning");
}

TEST(DecideCasts, CleaningKeepsTheDeclaredType) {
  EXPECT_EQ(decided(column(kLong, "INTEGER", seen(3, 1)), {{"null_if", {""}}}),
            "int64 from text by cast.null_if(\"\"), text_number");
  EXPECT_EQ(decided(column({Kind::text, 0, 0, 40}, "VARCHAR(40)", seen(0, 3)), {{"trim", {}}}),
            "text(40) from text by cast.trim");
  EXPECT_EQ(decided(column({Kind::text, 0, 0, 5}, "VARCHAR(5)", seen(0, 3)), {{"trim", {}}}),
            "text from text by cast.trim")
      << "10 bytes were seen";
  EXPECT_EQ(decided(column({Kind::timestamp}, "DATETIME", seen(0, 3)), {{"zero_date_null", {}}}),
            "timestamp from text by cast.zero_date_null, text_timestamp");
  EXPECT_EQ(decided(column({Kind::number}, "", seen(0, 3)), {{"trim", {}}}), "text from text by cast.trim")
      << "nothing was declared";
  EXPECT_EQ(decided(typed({Kind::decimal, 10, 2}), {{"null_if", {"0.00"}}}),
            "decimal(10,2) from decimal(10,2) by cast.null_if(\"0.00\")");
}

TEST(DecideCasts, ACastThatDoesNotTakeWhatItIsGivenIsRefused) {
  EXPECT_EQ(decided(column(kText, "BLOB", seen(0, 0, 0, 3)), {{"trim", {}}}),
            "w.lua:2: t.c: cast.trim takes text, and here are other values: 3 rows scanned: 3 blobs; see `sluice words "
            "cast.trim`");
  EXPECT_EQ(decided(column(kLong, "INTEGER", seen(3)), {{"unix_seconds", {}}, {"trim", {}}}),
            "w.lua:2: t.c: cast.trim takes text, and here are timestamptz of cast.unix_seconds; see `sluice words "
            "cast.trim`");
  EXPECT_EQ(decided(typed(kLong), {{"trim", {}}}),
            "w.lua:2: t.c: cast.trim takes text, and here are int64; see `sluice words cast.trim`");
  EXPECT_EQ(decided(column(kText, "TEXT", seen(0, 2, 0, 2)), {{"hex", {}}}),
            "w.lua:2: t.c: cast.hex takes text, bytes, and here are other values: 4 rows scanned: 2 texts, 2 blobs; "
            "see `sluice words cast.hex`");
}

TEST(DecideCasts, UnknownColumnsAndCastsNameTheNearest) {
  MapSpec spec;
  spec.where = "w.lua:2";
  spec.casts = {{"orders.placedon", {{"unix_seconds", {}}}}};
  Catalog source;
  source.tables.resize(1);
  source.tables[0].name = "orders";
  source.tables[0].columns = {column(kLong, "INTEGER", seen(3))};
  source.tables[0].columns[0].name = "placed_on";
  try {
    decide_mapping(source, spec, {}, take_all);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "w.lua:2: 'orders.placedon' matches no column; did you mean orders.placed_on?");
  }
  EXPECT_THAT(decided(typed(kText), {{"trimm", {}}}), AllOf(HasSubstr("there is no cast.trimm"), HasSubstr("trim?")));
}

TEST(DecideCasts, TheScanIsShownAndDoubtsAreSaid) {
  Column millis = column(kLong, "INTEGER", seen(3));
  millis.evidence->max_integer = 1700000000000;
  const Mapping mapping = decide(millis, {{"unix_seconds", {}}});
  EXPECT_EQ(mapping.tables[0].columns[0].reason, "declared INTEGER; 3 rows scanned: 3 integers");
  EXPECT_THAT(
      mapping.warnings,
      ElementsAre("t.c: integers from 1 to 1700000000000, and cast.unix_seconds takes -62135596800 to 253402300799: "
                  "the copy will refuse the others; is it cast.unix_millis?"));
  EXPECT_THAT(decide(millis, {{"unix_millis", {}}}).warnings, IsEmpty());
}

TEST(DecideCasts, CastsThatMakeNullsNeedAColumnThatTakesThem) {
  Column name = column(kText, "TEXT", seen(0, 3));
  name.nullable = false;
  EXPECT_TRUE(decide(name, {{"null_if", {""}}}).target.tables[0].columns[0].nullable);
  EXPECT_FALSE(decide(name, {{"trim", {}}}).target.tables[0].columns[0].nullable);
  Catalog source;
  source.tables.resize(1);
  source.tables[0].name = "t";
  source.tables[0].columns = {name};
  source.tables[0].primary_key = Key{"", {"c"}};
  MapSpec spec;
  spec.casts = {{"*.c", {{"null_if", {""}}}}};
  try {
    decide_mapping(source, spec, {}, take_all);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "t.c: its casts make NULLs, and it is part of the primary key");
  }
}

TEST(DecideCasts, DefaultsStayWhereTheyMeanTheSame) {
  Column flag = column(kText, "TEXT", seen(0, 3));
  flag.default_value = {"literal", "y"};
  EXPECT_EQ(decide(flag, {{"boolean", {}}}).target.tables[0].columns[0].default_value.text, "true");
  const Mapping hex = decide(flag, {{"hex", {}}});
  EXPECT_EQ(hex.target.tables[0].columns[0].default_value.kind, "none");
  EXPECT_THAT(hex.warnings,
              ElementsAre("t.c: default 'y' is written as the source has it, before the casts: left out"));
}

TEST(DecideCasts, SurviveTheRoundTripAsJson) {
  const Mapping mapping =
      decide(column(kText, "TEXT", seen(0, 3)), {{"trim", {}}, {"number", {",", "."}}}, "numeric(12,2)");
  const std::string text = mapping_to_json(mapping);
  const Mapping again = mapping_from_json(text);
  EXPECT_EQ(mapping_to_json(again), text);
  EXPECT_EQ(describe_casts(again.tables[0].columns[0]), "cast.trim, cast.number(\",\", \".\"), checked");
}

TEST(CastWords, AreSortedSoundAndSayWhatTheyMake) {
  std::string last;
  for (const CastWord& word : cast_words()) {
    EXPECT_LT(last, word.name);
    last = word.name;
    EXPECT_EQ(find_cast_word(word.name), &word);
    EXPECT_LE(word.least_values, word.most_values) << word.name;
    EXPECT_THAT(word.example, HasSubstr(std::string("cast.") + word.name));
    const bool keeps_text = word.makes({Kind::text}).front() == Type{Kind::text};
    EXPECT_TRUE(keeps_text || !word.cleans) << word.name;
  }
}

TEST(TypeTable, GroupsColumnsByTheWayTheyGo) {
  Catalog source;
  source.tables.resize(2);
  source.tables[0].name = "a";
  source.tables[0].columns = {typed(kLong), typed({Kind::decimal, 10, 2})};
  source.tables[0].columns[1].name = "d";
  source.tables[1].name = "b";
  source.tables[1].columns = {typed(kLong)};
  const auto rows = type_table(source, {}, [](const Catalog& wanted) {
    Ddl answer = take_all(wanted);
    if (wanted.tables[0].columns[0].type.kind == Kind::decimal) throw Error(Code::unsupported, "no decimals here");
    return answer;
  });
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].native + " " + rows[0].neutral + " " + rows[0].target, "int64 int64 int64");
  EXPECT_THAT(rows[0].columns, ElementsAre("a.c", "b.c"));
  EXPECT_EQ(rows[1].refusal, "no decimals here");
}

}  // namespace
}  // namespace sluice::catalog
