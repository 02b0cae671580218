#include <filesystem>
#include <thread>

#include "csv_store.hpp"
#include "file_target_cases.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using arrow::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

struct CsvFiles {
  using Target = test::Target;
  static constexpr const char* kExtension = ".csv";
  static constexpr const char* kForeign = "id,name\n1,mine\n";
  static constexpr const char* kTaken = "orders.csv: there is a file already";
  static store::Store store(const std::string& path, const store::Options& options = {}) { return csv_store(path, options); }
  static std::string text(int64_t first, int64_t last) {
    std::string text = "id,name\n";
    for (int64_t id = first; id <= last; ++id) text += std::to_string(id) + ",n" + std::to_string(id) + "\n";
    return text;
  }
  static Rows rows(store::Session& session) { return rows_of(session, "orders"); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Csv, FileStoreTarget, CsvFiles);

using CsvTarget = FileStoreTarget<CsvFiles>;

TEST_F(CsvTarget, RefusesWhatAFileCannotHold) {
  const store::Store store = csv_store(path());
  store::Session session(store);
  for (const char* name : {"a/b", ".hidden", ""}) {
    EXPECT_EQ(error_of([&] { session.ddl(table_of(name, order_columns()), "tables"); }).code(), Code::unsupported) << name;
  }
  EXPECT_THAT(error_of([&] {
                session.ddl(table_of("t", {{"a", {}}, {"a", {}}}), "tables");
              }).what(),
              HasSubstr("'a' twice"));
  Target target(path());
  target.shape(catalog_, "tables", "make");
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xE9")}) {
    arrow::BatchBuilder rows(order_columns());
    rows.column(0).append_int64(1);
    rows.column(1).append_bytes(text);
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
    const Error error = error_of([&] {
      target.session.load({"", "orders", {"id", "name"}}, std::make_unique<OneBatch>(rows));
    });
    EXPECT_EQ(error.code(), Code::data);
    EXPECT_THAT(error.what(), HasSubstr("orders (row 1 of the load, id = 1), column name: '"));
  }
}

class CsvRoundTrip : public testing::TestWithParam<store::Options> {};

TEST_P(CsvRoundTrip, GivesBackTextsAndNulls) {
  const std::vector<std::string> texts = {"",     "x",    " x ",    "a,b",   "a;b", "a\tb", "say \"hi\"",
                                          "it's", "x\ny", "x\r\ny", "\r",    "\\",  "\\\"", "\\N",
                                          "NULL", "#not", "=1+1",   "007",   "\"",  ",",    "\n",
                                          "é€😀",  "'",    "''",     "\\x00", "-",   "|",    "\xEF\xBB\xBFmark"};
  const TempDirectory directory;
  const std::vector<arrow::Field> columns = {{"a", {Kind::text}}, {"b c", {Kind::text}}};
  Target target(directory / "out", GetParam());
  target.shape(table_of("t", columns), "tables", "make");
  arrow::BatchBuilder rows(columns);
  Rows expected;
  for (const std::string& text : texts) {
    rows.column(0).append_bytes(text);
    rows.column(1).append_null();
    rows.column(0).append_null();
    rows.column(1).append_bytes(text);
    expected.push_back({text, "<NULL>"});
    expected.push_back({"<NULL>", text});
  }
  target.load("t", 0, rows);
  EXPECT_EQ(rows_of(target.session, "t"), expected);
  target.shape(table_of("t", columns), "finish", "finish");
  EXPECT_EQ(rows_of(target.session, "t"), expected);
}

const store::Options kDialects[] = {
    {},
    {{"delimiter", "tab"}},
    {{"delimiter", "semicolon"}, {"null", "NULL"}},
    {{"escape", "backslash"}, {"null", "\\N"}},
    {{"quote", "'"}, {"comment", "#"}},
    {{"header", "no"}, {"delimiter", "pipe"}},
    {{"encoding", "utf-8-bom"}},
};

INSTANTIATE_TEST_SUITE_P(Dialects, CsvRoundTrip, testing::ValuesIn(kDialects));

TEST(CsvWithoutHeader, KeepsItsNamesWhileTheRunLasts) {
  const TempDirectory directory;
  Target target(directory.path(), {{"header", "no"}});
  const catalog::Catalog catalog = table_of("orders", order_columns());
  target.shape(catalog, "tables", "make");
  arrow::BatchBuilder rows = orders(1, 2);
  target.load("orders", 0, rows);
  target.shape(catalog, "finish", "finish");
  EXPECT_EQ(read_text(directory / "orders.csv"), "1,n1\n2,n2\n");
  EXPECT_THAT(columns_of(target.session, "orders"), ElementsAre("id", "name"));
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_THAT(columns_of(target.session, "orders"), ElementsAre("c1", "c2"));
}

TEST(CsvOneColumn, TellsNullFromEmpty) {
  const TempDirectory directory;
  const std::vector<arrow::Field> columns = {{"a", {Kind::text}}};
  Target target(directory.path());
  target.shape(table_of("t", columns), "tables", "make");
  arrow::BatchBuilder rows(columns);
  rows.column(0).append_null();
  rows.column(0).append_bytes("");
  rows.column(0).append_null();
  target.load("t", 0, rows);
  target.shape(table_of("t", columns), "finish", "finish");
  EXPECT_EQ(read_text(directory / "t.csv"), "a\n\n\"\"\n\n");
  EXPECT_EQ(rows_of(target.session, "t"), (Rows{{"<NULL>"}, {""}, {"<NULL>"}}));
}

TEST(CsvNoQuotes, RefusesWhatWouldNotReadBack) {
  const TempDirectory directory;
  const std::vector<arrow::Field> columns = {{"a", {Kind::text}}, {"b", {Kind::text}}};
  Target target(directory.path(), {{"quote", "none"}});
  target.shape(table_of("t", columns), "tables", "make");
  arrow::BatchBuilder rows(columns);
  rows.column(0).append_bytes("a,b");
  rows.column(1).append_null();
  const Error error = error_of([&] { target.load("t", 0, rows); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("set a quote character"));
}

}  // namespace
}  // namespace sluice::test
