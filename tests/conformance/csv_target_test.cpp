#include <filesystem>
#include <thread>

#include "csv_store.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using arrow::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<arrow::Field> kColumns = {{"id", {Kind::int64}}, {"name", {Kind::text}}};

arrow::BatchBuilder orders(int64_t first, int64_t count) {
  arrow::BatchBuilder builder(kColumns);
  for (int64_t i = first; i < first + count; ++i) {
    builder.column(0).append_int64(i);
    builder.column(1).append_bytes("n" + std::to_string(i));
  }
  return builder;
}

class CsvTarget : public testing::Test {
 protected:
  std::string path() const { return directory_ / "out"; }
  std::string file(const std::string& table = "orders") const { return path() + "/" + table + ".csv"; }

  void load(Target& target, int64_t chunk, int64_t first, int64_t count) {
    arrow::BatchBuilder rows = orders(first, count);
    target.load("orders", chunk, rows);
  }

  size_t parts() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(path() + "/.sluice/parts")) ++count;
    return count;
  }

  TempDirectory directory_;
  catalog::Catalog catalog_ = table_of("orders", kColumns);
};

TEST_F(CsvTarget, IsWrittenByChunksAndPublishedWhole) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 1, 3, 2);
  load(target, 0, 1, 2);
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_EQ(rows_of(target.session, "orders"), (Rows{{"1", "n1"}, {"2", "n2"}, {"3", "n3"}, {"4", "n4"}}));
  target.shape(catalog_, "finish", "finish");
  EXPECT_EQ(read_text(file()), "id,name\n1,n1\n2,n2\n3,n3\n4,n4\n");
  EXPECT_EQ(parts(), 0u);
  EXPECT_EQ(rows_of(target.session, "orders").size(), 4u);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_FALSE(fs::exists(path() + "/.sluice"));
  EXPECT_EQ(read_text(file()).size(), 28u);
}

TEST_F(CsvTarget, RowsAndLedgerRowCommitTogether) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  {
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
    arrow::BatchBuilder rows = orders(1, 7);
    EXPECT_EQ(target.session.load({"", "orders", {"id", "name"}}, std::make_unique<OneBatch>(rows)).rows, 7);
  }
  EXPECT_EQ(parts(), 1u) << "an aborted guard's part waits for the next holder of the fence";
  EXPECT_EQ(rows_of(target.session, "orders"), Rows{});
  EXPECT_FALSE(target.session.guard_probe(work_key("copy.rows", 0)).has_value());
  store::WorkResult result;
  result.read = result.kept = result.emitted = result.written = 7;
  result.f_out = {7, 1, 2, 3, 4};
  {
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
    arrow::BatchBuilder rows = orders(1, 7);
    target.session.load({"", "orders", {"id", "name"}}, std::make_unique<OneBatch>(rows));
    guard.commit(result);
  }
  EXPECT_EQ(rows_of(target.session, "orders").size(), 7u);
  EXPECT_EQ(target.session.guard_probe(work_key("copy.rows", 0))->result.written, 7);
  EXPECT_EQ(store::to_text(target.session.guard_probe(work_key("copy.rows", 0))->result.f_out),
            store::to_text(result.f_out));
  EXPECT_TRUE(store::Guard(target.session, target.fence, work_key("copy.rows", 0)).already_done());
  EXPECT_EQ(target.session.ledger_read("r-1", "copy.rows").size(), 1u);
}

TEST_F(CsvTarget, CountsThatDoNotAddUpAreRefused) {
  Target target(path());
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
  store::WorkResult result;
  result.read = 2;
  result.kept = 1;
  const Error error = error_of([&] { guard.commit(result); });
  EXPECT_EQ(error.code(), Code::constraint);
  EXPECT_THAT(error.what(), HasSubstr("every row read is kept, filtered or rejected"));
}

TEST_F(CsvTarget, AStaleFenceWritesNothing) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
  arrow::BatchBuilder rows = orders(1, 7);
  const store::Store other = csv_store(path());
  store::Session successor(other);
  store::FenceHolder holder;
  EXPECT_EQ(error_of([&] { successor.fence_acquire(fence_request("r-2", 2000), &holder); }).code(), Code::conflict);
  EXPECT_EQ(holder.run, "r-1");
  EXPECT_EQ(holder.pid, 1000);
  store::FenceRequest request = fence_request("r-2", 2000);
  request.take_over = true;
  EXPECT_EQ(successor.fence_acquire(request, nullptr), target.fence.epoch + 1);
  const Error error = error_of([&] {
    target.session.load({"", "orders", {"id", "name"}}, std::make_unique<OneBatch>(rows));
  });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_EQ(error.sqlstate(), "SL001");
  EXPECT_EQ(rows_of(successor, "orders"), Rows{});
  EXPECT_EQ(error_of([&] { target.session.fence_renew(target.fence, 1000); }).sqlstate(), "SL001");
}

TEST_F(CsvTarget, ManyMayWriteAtOnce) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  std::vector<std::thread> writers;
  for (int64_t writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&, writer] {
      store::Session session(target.store);
      for (int64_t i = 0; i < 5; ++i) {
        const int64_t chunk = writer * 5 + i;
        arrow::BatchBuilder rows = orders(chunk * 100, 100);
        store::Guard guard(session, target.fence, work_key("copy.rows", chunk));
        session.load({"", "orders", {"id", "name"}}, std::make_unique<OneBatch>(rows));
        guard.commit({});
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const Rows rows = rows_of(target.session, "orders");
  ASSERT_EQ(rows.size(), 4000u);
  for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i][0], std::to_string(i));
}

TEST_F(CsvTarget, NeverTouchesAFileThatIsThere) {
  fs::create_directory(path());
  write_text(file(), "id,name\n1,x\n");
  Target target(path());
  const Error error = error_of([&] { target.shape(catalog_, "tables", "make"); });
  EXPECT_EQ(error.code(), Code::already_exists);
  EXPECT_THAT(error.what(), HasSubstr("orders.csv: there is a file already"));
  EXPECT_EQ(error_of([&] { load(target, 0, 1, 1); }).code(), Code::already_exists);
  EXPECT_EQ(read_text(file()), "id,name\n1,x\n");
}

TEST_F(CsvTarget, FinishesWhatWasCommittedAndNotDone) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 0, 1, 2);
  {
    store::Guard guard(target.session, target.fence, work_key("finish"));
    target.session.execute(target.session.ddl(catalog_, "finish").statements.at(0).sql);
    write_text(file(), "somebody else's");
    // The commit lands; the move, which comes behind it, does not: as if the process had died between the two.
    EXPECT_EQ(error_of([&] { guard.commit({}); }).code(), Code::already_exists);
  }
  EXPECT_TRUE(target.session.guard_probe(work_key("finish")).has_value());
  EXPECT_EQ(read_text(file()), "somebody else's");
  fs::remove(file());
  EXPECT_EQ(rows_of(target.session, "orders").size(), 2u);
  const store::Store other = csv_store(path());
  store::FenceRequest request = fence_request("r-1", 2000);
  request.take_over = true;
  store::Session(other).fence_acquire(request, nullptr);
  EXPECT_EQ(read_text(file()), "id,name\n1,n1\n2,n2\n");
}

TEST_F(CsvTarget, IsUndoneStepByStep) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 0, 1, 2);
  target.shape(catalog_, "finish", "finish");
  ASSERT_TRUE(fs::exists(file()));
  target.guarded(work_key("undo", 1), [&] {
    EXPECT_THAT(target.session.objects_drop("r-1", "finish").dropped, ElementsAre("table orders"));
  });
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_EQ(rows_of(target.session, "orders").size(), 2u);
  target.shape(catalog_, "finish", "again");
  EXPECT_EQ(read_text(file()), "id,name\n1,n1\n2,n2\n");
  target.guarded(work_key("undo", 2), [&] {
    EXPECT_EQ(target.session.execute(target.session.ddl(catalog_, "clear").statements.at(0).sql), 2);
    target.session.ledger_forget("r-1", "copy.rows", 1);
  });
  EXPECT_FALSE(fs::exists(file()));
  load(target, 0, 5, 1);
  EXPECT_EQ(rows_of(target.session, "orders"), (Rows{{"5", "n5"}}));
  target.guarded(work_key("undo", 3),
                 [&] { EXPECT_THAT(target.session.objects_drop("r-1", "make").dropped, ElementsAre("table orders")); });
  EXPECT_EQ(parts(), 0u);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_FALSE(fs::exists(path())) << "the run made the directory";
}

TEST_F(CsvTarget, KeepsAFileThatSomeoneElseChanged) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  target.shape(catalog_, "finish", "finish");
  write_text(file(), "id,name\n1,mine\n");
  target.guarded(work_key("undo", 1), [&] {
    const auto undone = target.session.objects_drop("r-1", "finish");
    EXPECT_THAT(undone.kept, ElementsAre("table orders"));
    EXPECT_THAT(undone.dropped, ElementsAre());
  });
  EXPECT_EQ(read_text(file()), "id,name\n1,mine\n");
  store::Guard guard(target.session, target.fence, work_key("undo", 2));
  const std::string clear = target.session.ddl(catalog_, "clear").statements.at(0).sql;
  EXPECT_EQ(error_of([&] { target.session.execute(clear); }).code(), Code::conflict);
}

TEST_F(CsvTarget, PublishesWhatNoStepFinished) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 0, 1, 1);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_EQ(read_text(file()), "id,name\n1,n1\n");
}

TEST_F(CsvTarget, RemovesPartsThatNobodyCommitted) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 0, 1, 1);
  write_text(path() + "/.sluice/parts/9-stray", "1,x\n");
  store::FenceRequest request = fence_request("r-1");
  request.take_over = true;
  target.fence.epoch = target.session.fence_acquire(request, nullptr);
  EXPECT_EQ(parts(), 1u);
  EXPECT_EQ(rows_of(target.session, "orders").size(), 1u);
}

TEST_F(CsvTarget, LooksAtAMissingDirectoryAndLeavesNothing) {
  const store::Store store = csv_store(path());
  store::Session session(store);
  EXPECT_EQ(session.identity().id, "");
  EXPECT_TRUE(session.catalog({}).tables.empty());
  EXPECT_FALSE(session.fence_look().exists);
  EXPECT_FALSE(fs::exists(path()));
  EXPECT_EQ(error_of([&] { store::Session(csv_store(path(), {{"access", "read"}})); }).code(), Code::not_found);
  EXPECT_EQ(error_of([&] { store::Session(csv_store(directory_ / "x.csv")); }).code(), Code::not_found);
}

TEST_F(CsvTarget, RefusesWhatAFileCannotHold) {
  const store::Store store = csv_store(path());
  store::Session session(store);
  for (const char* name : {"a/b", ".hidden", ""}) {
    EXPECT_EQ(error_of([&] { session.ddl(table_of(name, kColumns), "tables"); }).code(), Code::unsupported) << name;
  }
  EXPECT_THAT(error_of([&] {
                session.ddl(table_of("t", {{"a", {}}, {"a", {}}}), "tables");
              }).what(),
              HasSubstr("'a' twice"));
  Target target(path());
  target.shape(catalog_, "tables", "make");
  for (const std::string& text : {std::string("a\0b", 3), std::string("\xE9")}) {
    arrow::BatchBuilder rows(kColumns);
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

TEST_F(CsvTarget, SaysWhereAPartCannotBeWritten) {
  Target target(path());
  target.shape(catalog_, "tables", "make");
  fs::remove_all(path() + "/.sluice/parts");
  const Error error = error_of([&] { load(target, 0, 1, 1); });
  EXPECT_THAT(error.what(), HasSubstr(path() + "/.sluice/parts/"));
  EXPECT_FALSE(target.session.guard_probe(work_key("copy.rows", 0)).has_value());
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
  const catalog::Catalog catalog = table_of("orders", kColumns);
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
