#include <filesystem>
#include <thread>

#include "json_store.hpp"
#include "file_target_cases.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using arrow::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

struct JsonFilesWritten {
  using Target = JsonTarget;
  static constexpr const char* kExtension = ".ndjson";
  static constexpr const char* kForeign = "{\"id\": 1}\n";
  static constexpr const char* kTaken = "orders.ndjson: is a file of table orders already";
  static store::Store store(const std::string& path, const store::Options& options = {}) { return json_directory(path, options); }
  static std::string text(int64_t first, int64_t last) {
    std::string text;
    for (int64_t id = first; id <= last; ++id) text += "{\"id\":" + std::to_string(id) + ",\"name\":\"n" + std::to_string(id) + "\"}\n";
    return text;
  }
  static Rows rows(store::Session& session) { return all_rows(*session.read({"", "orders", {"id", "name"}})); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Json, FileStoreTarget, JsonFilesWritten);

using JsonDirectory = FileStoreTarget<JsonFilesWritten>;

TEST_F(JsonDirectory, NeverMakesASecondFileOfOneTable) {
  fs::create_directory(path());
  write_text(path() + "/orders.json.gz", "");
  JsonTarget target(path());
  const Error error = error_of([&] { target.shape(catalog_, "tables", "make"); });
  EXPECT_EQ(error.code(), Code::already_exists);
  EXPECT_THAT(error.what(), HasSubstr("orders.json.gz: is a file of table orders already"));
}

TEST_F(JsonDirectory, RefusesWhatAFileCannotHold) {
  const store::Store store = json_directory(path());
  store::Session session(store);
  for (const char* name : {"a/b", ".hidden", ""}) {
    EXPECT_EQ(error_of([&] { session.ddl(table_of(name, order_columns()), "tables"); }).code(), Code::unsupported) << name;
  }
  EXPECT_THAT(error_of([&] {
                session.ddl(table_of("t", {{"a", {}}, {"a", {}}}), "tables");
              }).what(),
              HasSubstr("'a' can't be a key of its records, or stands twice"));
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  arrow::BatchBuilder rows(order_columns());
  rows.column(0).append_int64(1);
  rows.column(1).append_bytes("\xE9");
  const Error error = error_of([&] { target.load("orders", 0, rows); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("orders (row 1 of the load, id = 1), column name: expected UTF-8, found other bytes"));
}

}  // namespace
}  // namespace sluice::test
