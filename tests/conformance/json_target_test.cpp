#include <filesystem>
#include <thread>

#include "json_store.hpp"

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

std::string line(int64_t id) {
  return "{\"id\":" + std::to_string(id) + ",\"name\":\"n" + std::to_string(id) + "\"}\n";
}

class JsonDirectory : public testing::Test {
 protected:
  std::string path() const { return directory_ / "out"; }
  std::string file(const std::string& table = "orders") const { return path() + "/" + table + ".ndjson"; }

  void load(JsonTarget& target, int64_t chunk, int64_t first, int64_t count) {
    arrow::BatchBuilder rows = orders(first, count);
    target.load("orders", chunk, rows);
  }

  size_t parts() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(path() + "/.sluice/parts")) ++count;
    return count;
  }

  Rows rows_in(store::Session& session) { return all_rows(*session.read({"", "orders", {"id", "name"}})); }

  TempDirectory directory_;
  catalog::Catalog catalog_ = table_of("orders", kColumns);
};

TEST_F(JsonDirectory, IsWrittenByChunksAndPublishedWhole) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 1, 3, 2);
  load(target, 0, 1, 2);
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_EQ(target.rows("orders"), (Rows{{"1", "n1"}, {"2", "n2"}, {"3", "n3"}, {"4", "n4"}}));
  target.shape(catalog_, "finish", "finish");
  EXPECT_EQ(read_text(file()), line(1) + line(2) + line(3) + line(4));
  EXPECT_EQ(parts(), 0u);
  EXPECT_EQ(target.rows("orders").size(), 4u);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_FALSE(fs::exists(path() + "/.sluice"));
  EXPECT_EQ(read_text(file()), line(1) + line(2) + line(3) + line(4));
}

TEST_F(JsonDirectory, RowsAndLedgerRowCommitTogether) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  {
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
    arrow::BatchBuilder rows = orders(1, 7);
    EXPECT_EQ(target.session.load({"", "orders", {"id", "name"}}, std::make_unique<OneBatch>(rows)).rows, 7);
  }
  EXPECT_EQ(parts(), 1u) << "an aborted guard's part waits for the next holder of the fence";
  EXPECT_EQ(target.rows("orders"), Rows{});
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
  EXPECT_EQ(target.rows("orders").size(), 7u);
  EXPECT_EQ(target.session.guard_probe(work_key("copy.rows", 0))->result.written, 7);
  EXPECT_EQ(store::to_text(target.session.guard_probe(work_key("copy.rows", 0))->result.f_out),
            store::to_text(result.f_out));
  EXPECT_TRUE(store::Guard(target.session, target.fence, work_key("copy.rows", 0)).already_done());
  EXPECT_EQ(target.session.ledger_read("r-1", "copy.rows").size(), 1u);
}

TEST_F(JsonDirectory, CountsThatDoNotAddUpAreRefused) {
  JsonTarget target(path());
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
  store::WorkResult result;
  result.read = 2;
  result.kept = 1;
  const Error error = error_of([&] { guard.commit(result); });
  EXPECT_EQ(error.code(), Code::constraint);
  EXPECT_THAT(error.what(), HasSubstr("every row read is kept, filtered or rejected"));
}

TEST_F(JsonDirectory, AStaleFenceWritesNothing) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
  arrow::BatchBuilder rows = orders(1, 7);
  const store::Store other = json_directory(path());
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
  EXPECT_EQ(rows_in(successor), Rows{});
  EXPECT_EQ(error_of([&] { target.session.fence_renew(target.fence, 1000); }).sqlstate(), "SL001");
}

TEST_F(JsonDirectory, ManyMayWriteAtOnce) {
  JsonTarget target(path());
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
  const Rows rows = target.rows("orders");
  ASSERT_EQ(rows.size(), 4000u);
  for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i][0], std::to_string(i));
}

TEST_F(JsonDirectory, NeverTouchesAFileThatIsThere) {
  fs::create_directory(path());
  write_text(file(), "{\"id\": 1}\n");
  JsonTarget target(path());
  const Error error = error_of([&] { target.shape(catalog_, "tables", "make"); });
  EXPECT_EQ(error.code(), Code::already_exists);
  EXPECT_THAT(error.what(), HasSubstr("orders.ndjson: is a file of table orders already"));
  EXPECT_EQ(error_of([&] { load(target, 0, 1, 1); }).code(), Code::already_exists);
  EXPECT_EQ(read_text(file()), "{\"id\": 1}\n");
}

TEST_F(JsonDirectory, NeverMakesASecondFileOfOneTable) {
  fs::create_directory(path());
  write_text(path() + "/orders.json.gz", "");
  JsonTarget target(path());
  const Error error = error_of([&] { target.shape(catalog_, "tables", "make"); });
  EXPECT_EQ(error.code(), Code::already_exists);
  EXPECT_THAT(error.what(), HasSubstr("orders.json.gz: is a file of table orders already"));
}

TEST_F(JsonDirectory, FinishesWhatWasCommittedAndNotDone) {
  JsonTarget target(path());
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
  EXPECT_EQ(target.rows("orders").size(), 2u);
  const store::Store other = json_directory(path());
  store::FenceRequest request = fence_request("r-1", 2000);
  request.take_over = true;
  store::Session(other).fence_acquire(request, nullptr);
  EXPECT_EQ(read_text(file()), line(1) + line(2));
}

TEST_F(JsonDirectory, IsUndoneStepByStep) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 0, 1, 2);
  target.shape(catalog_, "finish", "finish");
  ASSERT_TRUE(fs::exists(file()));
  target.guarded(work_key("undo", 1), [&] {
    EXPECT_THAT(target.session.objects_drop("r-1", "finish").dropped, ElementsAre("table orders"));
  });
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_EQ(target.rows("orders").size(), 2u);
  target.shape(catalog_, "finish", "again");
  EXPECT_EQ(read_text(file()), line(1) + line(2));
  target.guarded(work_key("undo", 2), [&] {
    EXPECT_EQ(target.session.execute(target.session.ddl(catalog_, "clear").statements.at(0).sql), 2);
    target.session.ledger_forget("r-1", "copy.rows", 1);
  });
  EXPECT_FALSE(fs::exists(file()));
  load(target, 0, 5, 1);
  EXPECT_EQ(target.rows("orders"), (Rows{{"5", "n5"}}));
  target.guarded(work_key("undo", 3),
                 [&] { EXPECT_THAT(target.session.objects_drop("r-1", "make").dropped, ElementsAre("table orders")); });
  EXPECT_EQ(parts(), 0u);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_FALSE(fs::exists(path())) << "the run made the directory";
}

TEST_F(JsonDirectory, KeepsAFileThatSomeoneElseChanged) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  target.shape(catalog_, "finish", "finish");
  write_text(file(), "{\"id\": 2}\n");
  target.guarded(work_key("undo", 1), [&] {
    const auto undone = target.session.objects_drop("r-1", "finish");
    EXPECT_THAT(undone.kept, ElementsAre("table orders"));
    EXPECT_THAT(undone.dropped, ElementsAre());
  });
  EXPECT_EQ(read_text(file()), "{\"id\": 2}\n");
  store::Guard guard(target.session, target.fence, work_key("undo", 2));
  const std::string clear = target.session.ddl(catalog_, "clear").statements.at(0).sql;
  EXPECT_EQ(error_of([&] { target.session.execute(clear); }).code(), Code::conflict);
}

TEST_F(JsonDirectory, PublishesWhatNoStepFinished) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 0, 1, 1);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_EQ(read_text(file()), line(1));
}

TEST_F(JsonDirectory, RemovesPartsThatNobodyCommitted) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  load(target, 0, 1, 1);
  write_text(path() + "/.sluice/parts/9-stray", "1,x\n");
  store::FenceRequest request = fence_request("r-1");
  request.take_over = true;
  target.fence.epoch = target.session.fence_acquire(request, nullptr);
  EXPECT_EQ(parts(), 1u);
  EXPECT_EQ(target.rows("orders").size(), 1u);
}

TEST_F(JsonDirectory, LooksAtAMissingDirectoryAndLeavesNothing) {
  const store::Store store = json_directory(path());
  store::Session session(store);
  EXPECT_EQ(session.identity().id, "");
  EXPECT_TRUE(session.catalog({}).tables.empty());
  EXPECT_FALSE(session.fence_look().exists);
  EXPECT_FALSE(fs::exists(path()));
  EXPECT_EQ(error_of([&] { store::Session(json_directory(path(), {{"access", "read"}})); }).code(), Code::not_found);
  EXPECT_EQ(error_of([&] { store::Session(json_directory(directory_ / "x.json")); }).code(), Code::not_found);
}

TEST_F(JsonDirectory, RefusesWhatAFileCannotHold) {
  const store::Store store = json_directory(path());
  store::Session session(store);
  for (const char* name : {"a/b", ".hidden", ""}) {
    EXPECT_EQ(error_of([&] { session.ddl(table_of(name, kColumns), "tables"); }).code(), Code::unsupported) << name;
  }
  EXPECT_THAT(error_of([&] {
                session.ddl(table_of("t", {{"a", {}}, {"a", {}}}), "tables");
              }).what(),
              HasSubstr("'a' can't be a key of its records, or stands twice"));
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  arrow::BatchBuilder rows(kColumns);
  rows.column(0).append_int64(1);
  rows.column(1).append_bytes("\xE9");
  const Error error = error_of([&] { target.load("orders", 0, rows); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("orders (row 1 of the load, id = 1), column name: expected UTF-8, found other bytes"));
}

TEST_F(JsonDirectory, SaysWhereAPartCannotBeWritten) {
  JsonTarget target(path());
  target.shape(catalog_, "tables", "make");
  fs::remove_all(path() + "/.sluice/parts");
  const Error error = error_of([&] { load(target, 0, 1, 1); });
  EXPECT_THAT(error.what(), HasSubstr(path() + "/.sluice/parts/"));
  EXPECT_FALSE(target.session.guard_probe(work_key("copy.rows", 0)).has_value());
}

}  // namespace
}  // namespace sluice::test
