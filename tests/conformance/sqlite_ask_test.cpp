#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "sqlite_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using testing::HasSubstr;

class SqliteAsk : public testing::Test {
 protected:
  TempDirectory directory_;
  store::Store store_ = sqlite_store(directory_ / "shop.db", "write");
  store::Session session_{store_};
};

const char* const kEndless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

TEST_F(SqliteAsk, ParametersAreBoundAndNeverPasted) {
  session_.execute("CREATE TABLE t (a TEXT, b TEXT)");
  EXPECT_EQ(session_.execute("INSERT INTO t VALUES (?, ?), ('x', 'y')", {"'); DROP TABLE t; --", std::nullopt}), 2);
  EXPECT_EQ(session_.scalar("SELECT a FROM t WHERE b IS NULL"), "'); DROP TABLE t; --");
  EXPECT_EQ(session_.scalar("SELECT b FROM t WHERE a LIKE ?", {"'%"}), std::nullopt);
  EXPECT_EQ(error_of([&] { session_.execute("INSERT INTO t VALUES (?, ?)", {"one"}); }).code(), Code::invalid_argument);
  EXPECT_EQ(session_.execute("CREATE TABLE u (a)"), 0);
  EXPECT_EQ(session_.execute("DELETE FROM t; INSERT INTO t VALUES (1, 1);  -- done"), 3);
}

TEST_F(SqliteAsk, ColumnsTakeTheTypeOfTheirFirstRows) {
  session_.execute(
      "CREATE TABLE t (a, b, c, d, e); INSERT INTO t VALUES (1, 1.5, 'x', x'01', NULL), (2, 3, 4, NULL, NULL)");
  const auto reader = session_.query("SELECT * FROM t");
  std::string types;
  for (const arrow::Field& field : reader->fields()) types += arrow::to_text(field.type) + " ";
  EXPECT_EQ(types, "int64 float64 text binary text ");
  EXPECT_EQ(all_rows(*reader), (Rows{{"1", "1.5", "x", "\\x01", "NULL"}, {"2", "3", "4", "NULL", "NULL"}}));
}

TEST_F(SqliteAsk, ALaterValueThatDoesNotFitIsNamed) {
  session_.execute(
      "CREATE TABLE t (a); INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
      "1500) SELECT "
      "i FROM n; INSERT INTO t VALUES ('odd')");
  const Error error = error_of([&] { query_rows(session_, "SELECT a FROM t"); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("row 1501"));
  EXPECT_THAT(error.what(), HasSubstr("TEXT 'odd'"));
  EXPECT_EQ(query_rows(session_, "SELECT CAST(a AS TEXT) FROM t").size(), 1501u);
}

TEST_F(SqliteAsk, AQueryIsOneStatementThatAnswersRows) {
  EXPECT_EQ(error_of([&] { session_.query("SELECT 1; SELECT 2"); }).code(), Code::invalid_argument);
  EXPECT_EQ(error_of([&] { session_.query(" -- nothing"); }).code(), Code::invalid_argument);
  EXPECT_EQ(error_of([&] { session_.query("CREATE TABLE t (a)"); }).code(), Code::invalid_argument);
  EXPECT_EQ(session_.scalar("SELECT 1;  "), "1");
}

TEST_F(SqliteAsk, ErrorsSayWhatSqliteSays) {
  const Error error = error_of([&] { session_.execute("INSERT INTO missing VALUES (1)"); });
  EXPECT_EQ(error.code(), Code::not_found);
  EXPECT_THAT(error.what(), HasSubstr("no such table: missing"));
  EXPECT_EQ(error_of([&] { session_.execute("SELEC 1"); }).code(), Code::invalid_argument);
  session_.execute("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)");
  EXPECT_EQ(error_of([&] { session_.execute("INSERT INTO t VALUES (1)"); }).code(), Code::constraint);
  EXPECT_EQ(error_of([&] { session_.execute("CREATE TABLE t (a)"); }).code(), Code::already_exists);
}

TEST_F(SqliteAsk, CancelEndsWhatRunsAndNotWhatComesAfter) {
  std::atomic<bool> is_over{false};
  std::thread other([&] {
    // Again and again: a cancel that comes before the statement has begun is forgotten.
    while (!is_over) {
      session_.cancel();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  EXPECT_EQ(error_of([&] { session_.execute(kEndless); }).code(), Code::cancelled);
  is_over = true;
  other.join();
  EXPECT_EQ(session_.scalar("SELECT 1"), "1");
}

TEST_F(SqliteAsk, CancelEndsALoadBetweenItsRows) {
  class Endless : public arrow::BatchReader {
   public:
    explicit Endless(store::Session& session) : session_(session) {}
    const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }
    arrow::Array next() override {
      session_.cancel();
      builder_.column(0).append_int64(1);
      return builder_.finish();
    }

   private:
    store::Session& session_;
    arrow::BatchBuilder builder_{{{"x", {Kind::int64}}}};
  };
  session_.execute("CREATE TABLE t (x)");
  const store::Fence fence{"r-1", session_.fence_acquire(fence_request("r-1"), nullptr)};
  store::Guard guard(session_, fence, work_key("copy.rows", 0));
  EXPECT_EQ(error_of([&] {
              session_.load({"", "t", {"x"}}, std::make_unique<Endless>(session_));
            }).code(),
            Code::cancelled);
}

TEST_F(SqliteAsk, AnotherWritersLockIsWaitedForAndThenUnavailable) {
  session_.execute("CREATE TABLE t (x)");
  const store::Store impatient = sqlite_store(directory_ / "shop.db", "write", {{"busy_timeout", "30ms"}});
  store::Session second(impatient);
  session_.execute("BEGIN IMMEDIATE");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(error_of([&] { second.execute("INSERT INTO t VALUES (1)"); }).code(), Code::unavailable);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(30));
  session_.execute("ROLLBACK");
  EXPECT_EQ(second.execute("INSERT INTO t VALUES (1)"), 1);
}

}  // namespace
}  // namespace sluice::test
