#include <cmath>
#include <limits>

#include "arrow/text.hpp"
#include "json_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

/// A table of one column "v" with these values, given as the builder's texts by `append`.
template <typename Append>
arrow::BatchBuilder column_of(const arrow::Type& type, Append append) {
  arrow::BatchBuilder rows({{"v", type}});
  append(rows.column(0));
  return rows;
}

/// The file of a table t with the one column, after a header-free load.
std::string file_of(arrow::BatchBuilder rows, const store::Options& options = {}) {
  const TempDirectory directory;
  JsonTarget target(directory / "out", options);
  return target.write(table_of("t", rows.fields()), rows);
}

/// What another reader of the finished file sees: "type: value, value".
std::string read_back(const std::string& bytes) {
  JsonFiles files;
  files.write("t.ndjson", bytes);
  files.open("t.ndjson");
  const catalog::Column column = files.column("v");
  std::string seen = arrow::to_text(column.type) + ":";
  for (const std::string& value : files.values("v")) seen += " " + value;
  return seen;
}

std::string lines(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += "{\"v\":" + value + "}\n";
  return text;
}

TEST(JsonWritten, IntegersAreNumbers) {
  const auto rows = [] {
    return column_of({Kind::int64}, [](arrow::ColumnBuilder& out) {
      out.append_int64(std::numeric_limits<int64_t>::min());
      out.append_null();
      out.append_int64(std::numeric_limits<int64_t>::max());
    });
  };
  const std::string file = file_of(rows());
  EXPECT_EQ(file, lines({"-9223372036854775808", "null", "9223372036854775807"}));
  EXPECT_EQ(read_back(file), "int64: -9223372036854775808 NULL 9223372036854775807");
}

TEST(JsonWritten, LargeUnsignedIntegersKeepTheirDigits) {
  const std::string file = file_of(column_of({Kind::uint64}, [](arrow::ColumnBuilder& out) { out.append_int64(-1); }));
  EXPECT_EQ(file, lines({"18446744073709551615"}));
  EXPECT_EQ(read_back(file), "number: 18446744073709551615");
}

TEST(JsonWritten, DecimalsKeepTheirScale) {
  const std::string file = file_of(column_of({Kind::decimal, 20, 2}, [](arrow::ColumnBuilder& out) {
    out.append_decimal(150);
    out.append_decimal(-7);
    out.append_decimal(0);
  }));
  EXPECT_EQ(file, lines({"1.50", "-0.07", "0.00"}));
  EXPECT_EQ(read_back(file), "number: 1.50 -0.07 0.00");
}

TEST(JsonWritten, NumbersOfAnySizeAreExactAndInJsonsGrammar) {
  const std::string file = file_of(column_of({Kind::number}, [](arrow::ColumnBuilder& out) {
    for (const char* text : {"42334954850219754195241248003172889699504912694714162671144949999977298776077", "-.5",
                             "+7.", "007", "1e400", "1.E2", "-0.10"}) {
      out.append_bytes(text);
    }
  }));
  EXPECT_EQ(file, lines({"42334954850219754195241248003172889699504912694714162671144949999977298776077", "-0.5", "7",
                         "7", "1e400", "1E2", "-0.10"}));
}

TEST(JsonWritten, RealsReadBackAsThemselves) {
  const std::vector<double> values = {0.1, 5, -0.0, 1e300, 5e-324, 1.0 / 3, 123456789012345680.0};
  const std::string file = file_of(column_of({Kind::float64}, [&](arrow::ColumnBuilder& out) {
    for (const double value : values) out.append_double(value);
  }));
  EXPECT_THAT(file, HasSubstr("{\"v\":5.0}\n{\"v\":-0.0}\n"));
  JsonFiles files;
  files.write("t.ndjson", file);
  files.open("t.ndjson");
  std::vector<std::string> expected;
  for (const double value : values) expected.push_back(arrow::double_to_text(value));
  EXPECT_EQ(files.values("v", {{Kind::float64}}), expected);
}

TEST(JsonWritten, NumbersThatJsonLacksAreRefusedOrNull) {
  const auto rows = [](double value) {
    return column_of({Kind::float64}, [&](arrow::ColumnBuilder& out) { out.append_double(value); });
  };
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    const Error error = error_of([&] { file_of(rows(value)); });
    EXPECT_EQ(error.code(), Code::data);
    EXPECT_THAT(error.message(),
                HasSubstr(", column v: JSON has no number " + arrow::double_to_text(value)));
    EXPECT_THAT(error.what(), HasSubstr("nonfinite"));
    EXPECT_EQ(file_of(rows(value), {{"nonfinite", "null"}}), lines({"null"}));
  }
}

TEST(JsonWritten, TextsAreEscapedAndKeepTheirUtf8) {
  const std::vector<std::string> texts = {"",     "\"\\/",  "a\nb\r\t",     std::string("\0\x01\x1f\x7f", 4),
                                          "é€😀",  "\u2028", "\xEF\xBB\xBF", "{\"a\":1}",
                                          "null", "12"};
  const std::string file = file_of(column_of({Kind::text}, [&](arrow::ColumnBuilder& out) {
    for (const std::string& text : texts) out.append_bytes(text);
  }));
  EXPECT_THAT(file,
              HasSubstr("{\"v\":\"\\\"\\\\/\"}\n{\"v\":\"a\\nb\\r\\t\"}\n{\"v\":\"\\u0000\\u0001\\u001f\x7f\"}\n"));
  EXPECT_THAT(file, HasSubstr("{\"v\":\"é€😀\"}"));
  JsonFiles files;
  files.write("t.ndjson", file);
  files.open("t.ndjson");
  EXPECT_EQ(files.values("v"), texts);
  EXPECT_EQ(files.column("v").type, arrow::Type{Kind::text});
}

TEST(JsonWritten, JsonIsNestedOnItsLine) {
  const std::string file = file_of(column_of({Kind::json}, [](arrow::ColumnBuilder& out) {
    out.append_bytes("{\n  \"a\": [1.50,\r\n null]}");
    out.append_bytes("[]");
    out.append_null();
    out.append_bytes("\"text\"");
  }));
  EXPECT_EQ(file, lines({"{   \"a\": [1.50,   null]}", "[]", "null", "\"text\""}));
  EXPECT_EQ(read_back(file), "json: {   \"a\": [1.50,   null]} [] NULL \"text\"");
}

TEST(JsonWritten, JsonThatWouldNotReadBackIsRefused) {
  const auto load = [](const std::string& text, const store::Options& options = {}) {
    return file_of(column_of({Kind::json}, [&](arrow::ColumnBuilder& out) { out.append_bytes(text); }), options);
  };
  EXPECT_THAT(error_of([&] { load(" null "); }).message(), HasSubstr("column v: the JSON value null"));
  EXPECT_EQ(load("null", {{"json_null", "null"}}), lines({"null"}));
  EXPECT_THAT(error_of([&] { load("{\"a\": tru}"); }).message(), HasSubstr("expected JSON, found at its byte 6"));
  EXPECT_THAT(error_of([&] { load("[[[[1]]]]", {{"max_depth", "4"}}); }).message(), HasSubstr("nests deeper than 3"));
  EXPECT_THAT(error_of([&] {
                load("\"" + std::string(9000, 'x') + "\"", {{"max_record", "8KiB"}});
              }).message(),
              HasSubstr("row 1 of the load is a record of more than 8 KiB"));
}

TEST(JsonWritten, BytesAreHexDigitsThatNameThemselves) {
  const std::string file = file_of(column_of({Kind::binary}, [](arrow::ColumnBuilder& out) {
    out.append_bytes(std::string("\0\xFF\n", 3));
    out.append_bytes("");
    out.append_null();
  }));
  EXPECT_EQ(file, lines({"\"\\\\x00ff0a\"", "\"\\\\x\"", "null"}));
  EXPECT_EQ(read_back(file), "binary: \\x00ff0a \\x NULL");
}

TEST(JsonWritten, BooleansTimesAndUuidsReadBackAsTheirTypes) {
  const auto one = [](Kind kind, int64_t value) {
    return file_of(column_of({kind}, [&](arrow::ColumnBuilder& out) { out.append_int64(value); }));
  };
  EXPECT_EQ(one(Kind::boolean, 1), lines({"true"}));
  EXPECT_EQ(read_back(one(Kind::boolean, 0)), "boolean: false");
  EXPECT_EQ(one(Kind::date, 19782), lines({"\"2024-02-29\""}));
  EXPECT_EQ(read_back(one(Kind::date, 19782)), "date: 2024-02-29");
  EXPECT_EQ(one(Kind::time, 46800500000), lines({"\"13:00:00.5\""}));
  EXPECT_EQ(one(Kind::timestamp, 1709213415250000), lines({"\"2024-02-29T13:30:15.25\""}));
  EXPECT_EQ(read_back(one(Kind::timestamp, 1709213415250000)), "timestamp: 2024-02-29T13:30:15.25");
  EXPECT_EQ(one(Kind::timestamptz, 1709213415000000), lines({"\"2024-02-29T13:30:15Z\""}));
  EXPECT_EQ(read_back(one(Kind::timestamptz, 1709213415000000)), "timestamptz: 2024-02-29T13:30:15Z");
  const std::string uuid = file_of(column_of({Kind::uuid}, [](arrow::ColumnBuilder& out) {
    out.append_bytes(*arrow::uuid_from_text("00112233-4455-6677-8899-aabbccddeeff"));
  }));
  EXPECT_EQ(read_back(uuid), "uuid: 00112233-4455-6677-8899-aabbccddeeff");
}

/// Two chunks of a table with a primary key, the second one first, in a target of the shape.
struct Shaped {
  explicit Shaped(const store::Options& options, const arrow::Type& key = {Kind::int64})
      : target(directory / "out", options) {
    catalog = table_of("t", {{"a", {Kind::text}}, {"id", key}, {"b", {Kind::boolean}}});
    catalog.tables[0].primary_key = catalog::Key{"", {"id"}};
  }

  void load_all() {
    target.shape(catalog, "tables", "make");
    for (const int64_t chunk : {1, 0}) {
      arrow::BatchBuilder rows({{"id", {Kind::int64}}, {"a", {Kind::text}}});
      for (int64_t i = 0; i < 2; ++i) {
        rows.column(0).append_int64(chunk * 10 + i);
        rows.column(1).append_bytes("x" + std::to_string(i));
      }
      target.load("t", chunk, rows);
    }
    arrow::BatchBuilder none({{"id", {Kind::int64}}});
    target.load("t", 2, none);
  }
  std::string finish() {
    target.shape(catalog, "finish", "finish");
    return read_text(directory / "out/t.json");
  }

  TempDirectory directory;
  JsonTarget target;
  catalog::Catalog catalog;
};

TEST(JsonShapes, AnArrayHasCommasBetweenItsRecords) {
  Shaped shaped(store::Options{{"shape", "array"}});
  shaped.load_all();
  const Rows rows = {{"x0", "0", "NULL"}, {"x1", "1", "NULL"}, {"x0", "10", "NULL"}, {"x1", "11", "NULL"}};
  EXPECT_EQ(shaped.target.rows("t"), rows);
  EXPECT_EQ(shaped.finish(),
            "[\n{\"a\":\"x0\",\"id\":0,\"b\":null},\n{\"a\":\"x1\",\"id\":1,\"b\":null},\n"
            "{\"a\":\"x0\",\"id\":10,\"b\":null},\n{\"a\":\"x1\",\"id\":11,\"b\":null}\n]\n");
  EXPECT_EQ(shaped.target.rows("t"), rows);
}

TEST(JsonShapes, AnObjectHasThePrimaryKeyAsKeys) {
  Shaped shaped(store::Options{{"shape", "object"}});
  shaped.load_all();
  const Rows rows = {{"x0", "0", "NULL"}, {"x1", "1", "NULL"}, {"x0", "10", "NULL"}, {"x1", "11", "NULL"}};
  EXPECT_EQ(shaped.target.rows("t"), rows);
  EXPECT_EQ(shaped.finish(),
            "{\n\"0\":{\"a\":\"x0\",\"b\":null},\n\"1\":{\"a\":\"x1\",\"b\":null},\n"
            "\"10\":{\"a\":\"x0\",\"b\":null},\n\"11\":{\"a\":\"x1\",\"b\":null}\n}\n");
  EXPECT_EQ(shaped.target.rows("t"), rows);
  const store::Store again = json_directory(shaped.directory / "out", {{"key", "id"}, {"access", "read"}});
  shaped.target.session.ledger_retire(shaped.target.fence, "r-1");
  store::Session reader(again);
  EXPECT_EQ(all_rows(*reader.read({"", "t", {"id", "a"}})),
            (Rows{{"0", "x0"}, {"1", "x1"}, {"10", "x0"}, {"11", "x1"}}));
  EXPECT_EQ(reader.catalog({}).tables.at(0).find_column("id")->type, arrow::Type{Kind::int64});
}

TEST(JsonShapes, AnObjectWantsAKeyThatTellsRecordsApart) {
  Shaped shaped(store::Options{{"shape", "object"}}, arrow::Type{Kind::float64});
  const auto refusal = [&] { return error_of([&] { shaped.target.session.ddl(shaped.catalog, "tables"); }).message(); };
  EXPECT_THAT(refusal(), HasSubstr("id is float64, which can't be the key of a record"));
  shaped.catalog.tables[0].primary_key->columns = {"a", "id"};
  EXPECT_THAT(refusal(), HasSubstr("it has no primary key of one column"));
  Shaped named(store::Options{{"shape", "object"}, {"key", "a"}});
  const Error error = error_of([&] { named.target.session.ddl(named.catalog, "tables"); });
  EXPECT_THAT(error.message(), HasSubstr("a is no primary or unique key"));
  Shaped unknown(store::Options{{"shape", "object"}, {"key", "idd"}});
  EXPECT_THAT(error_of([&] { unknown.target.session.ddl(unknown.catalog, "tables"); }).message(),
              HasSubstr("has no column idd"));
}

TEST(JsonShapes, WhatOnlyReadingKnowsIsRefused) {
  const store::Options options[] = {{{"shape", "tables"}}, {{"split", "a"}},     {{"record", "/a"}},
                                    {{"table", "t"}},      {{"flatten", "yes"}}, {{"parse", "a"}}};
  for (const store::Options& option : options) {
    Shaped shaped(option);
    EXPECT_EQ(error_of([&] { shaped.target.session.ddl(shaped.catalog, "tables"); }).code(), Code::unsupported)
        << option[0].first;
  }
}

TEST(JsonUnfinished, ATableWithoutRowsHasItsColumnsWhileTheRunLasts) {
  const TempDirectory directory;
  JsonTarget target(directory / "out");
  arrow::BatchBuilder none({{"a", {Kind::int64}}, {"b", {Kind::decimal, 9, 2}}});
  EXPECT_EQ(target.write(table_of("t", none.fields()), none), "");
  const catalog::Catalog catalog = target.session.catalog({});
  ASSERT_EQ(catalog.tables.size(), 1u);
  EXPECT_EQ(catalog.tables[0].columns.size(), 2u);
  EXPECT_EQ(catalog.tables[0].columns[1].type, (arrow::Type{Kind::decimal, 9, 2}));
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_TRUE(target.session.catalog({}).tables.empty());
  EXPECT_THAT(target.session.catalog({}).notes, testing::Contains(HasSubstr("t: no record has a key")));
}

TEST(JsonUnfinished, KnowsWhatItsTextsMean) {
  const TempDirectory directory;
  JsonTarget target(directory / "out");
  arrow::BatchBuilder rows({{"j", {Kind::json}}, {"t", {Kind::text}}});
  rows.column(0).append_bytes("\"s\"");
  rows.column(1).append_bytes("\\x00");
  target.write(table_of("t", rows.fields()), rows);
  EXPECT_EQ(target.rows("t"), (Rows{{"\"s\"", "\\x00"}}));
}

}  // namespace
}  // namespace sluice::test
