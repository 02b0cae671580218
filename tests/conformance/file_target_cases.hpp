#pragma once

#include <filesystem>
#include <thread>

#include "file_target.hpp"

/// What every store that writes files must do as a target. A store's test includes its own header first and instantiates the suite with
/// a type `Files`:
///   using Target: a FileTarget of the store; kExtension, kForeign (a file that is not ours), kTaken (what is said of one);
///   store(path, options); text(first, last): the whole file of those orders; rows(session): the table orders, as texts.
namespace sluice::test {

inline const std::vector<arrow::Field>& order_columns() {
  static const std::vector<arrow::Field> columns = {{"id", {arrow::Kind::int64}}, {"name", {arrow::Kind::text}}};
  return columns;
}

/// `count` orders: an id and "n" with the id.
inline arrow::BatchBuilder orders(int64_t first, int64_t count) {
  arrow::BatchBuilder builder(order_columns());
  for (int64_t i = first; i < first + count; ++i) {
    builder.column(0).append_int64(i);
    builder.column(1).append_bytes("n" + std::to_string(i));
  }
  return builder;
}

template <typename Files>
class FileStoreTarget : public testing::Test {
 protected:
  std::string path() const { return directory_ / "out"; }
  std::string file(const std::string& table = "orders") const { return path() + "/" + table + Files::kExtension; }

  void load(typename Files::Target& target, int64_t chunk, int64_t first, int64_t count) {
    arrow::BatchBuilder rows = orders(first, count);
    target.load("orders", chunk, rows);
  }

  size_t parts() const {
    const std::filesystem::directory_iterator entries(path() + "/.sluice/parts");
    return static_cast<size_t>(std::distance(begin(entries), end(entries)));
  }

  TempDirectory directory_;
  catalog::Catalog catalog_ = table_of("orders", order_columns());
};
TYPED_TEST_SUITE_P(FileStoreTarget);

TYPED_TEST_P(FileStoreTarget, IsWrittenByChunksAndPublishedWhole) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  this->load(target, 1, 3, 2);
  this->load(target, 0, 1, 2);
  EXPECT_FALSE(std::filesystem::exists(this->file()));
  EXPECT_EQ(TypeParam::rows(target.session), (Rows{{"1", "n1"}, {"2", "n2"}, {"3", "n3"}, {"4", "n4"}}));
  target.shape(this->catalog_, "finish", "finish");
  EXPECT_EQ(read_text(this->file()), TypeParam::text(1, 4));
  EXPECT_EQ(this->parts(), 0u);
  EXPECT_EQ(TypeParam::rows(target.session).size(), 4u);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_FALSE(std::filesystem::exists(this->path() + "/.sluice"));
  EXPECT_EQ(read_text(this->file()), TypeParam::text(1, 4));
}

TYPED_TEST_P(FileStoreTarget, RowsAndLedgerRowCommitTogether) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  {
    store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
    arrow::BatchBuilder rows = orders(1, 7);
    EXPECT_EQ(target.session.load({"", "orders", {"id", "name"}}, std::make_unique<OneBatch>(rows)).rows, 7);
  }
  EXPECT_EQ(this->parts(), 1u) << "an aborted guard's part waits for the next holder of the fence";
  EXPECT_EQ(TypeParam::rows(target.session), Rows{});
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
  EXPECT_EQ(TypeParam::rows(target.session).size(), 7u);
  EXPECT_EQ(target.session.guard_probe(work_key("copy.rows", 0))->result.written, 7);
  EXPECT_EQ(store::to_text(target.session.guard_probe(work_key("copy.rows", 0))->result.f_out),
            store::to_text(result.f_out));
  EXPECT_TRUE(store::Guard(target.session, target.fence, work_key("copy.rows", 0)).already_done());
  EXPECT_EQ(target.session.ledger_read("r-1", "copy.rows").size(), 1u);
}

TYPED_TEST_P(FileStoreTarget, CountsThatDoNotAddUpAreRefused) {
  typename TypeParam::Target target(this->path());
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 3));
  store::WorkResult result;
  result.read = 2;
  result.kept = 1;
  const Error error = error_of([&] { guard.commit(result); });
  EXPECT_EQ(error.code(), Code::constraint);
  EXPECT_THAT(error.what(), testing::HasSubstr("every row read is kept, filtered or rejected"));
}

TYPED_TEST_P(FileStoreTarget, AStaleFenceWritesNothing) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  store::Guard guard(target.session, target.fence, work_key("copy.rows", 0));
  arrow::BatchBuilder rows = orders(1, 7);
  const store::Store other = TypeParam::store(this->path());
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
  EXPECT_EQ(TypeParam::rows(successor), Rows{});
  EXPECT_EQ(error_of([&] { target.session.fence_renew(target.fence, 1000); }).sqlstate(), "SL001");
}

TYPED_TEST_P(FileStoreTarget, ManyMayWriteAtOnce) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
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
  const Rows rows = TypeParam::rows(target.session);
  ASSERT_EQ(rows.size(), 4000u);
  for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i][0], std::to_string(i));
}

TYPED_TEST_P(FileStoreTarget, NeverTouchesAFileThatIsThere) {
  std::filesystem::create_directory(this->path());
  write_text(this->file(), TypeParam::kForeign);
  typename TypeParam::Target target(this->path());
  const Error error = error_of([&] { target.shape(this->catalog_, "tables", "make"); });
  EXPECT_EQ(error.code(), Code::already_exists);
  EXPECT_THAT(error.what(), testing::HasSubstr(TypeParam::kTaken));
  EXPECT_EQ(error_of([&] { this->load(target, 0, 1, 1); }).code(), Code::already_exists);
  EXPECT_EQ(read_text(this->file()), TypeParam::kForeign);
}

TYPED_TEST_P(FileStoreTarget, FinishesWhatWasCommittedAndNotDone) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  this->load(target, 0, 1, 2);
  {
    store::Guard guard(target.session, target.fence, work_key("finish"));
    target.session.execute(target.session.ddl(this->catalog_, "finish").statements.at(0).sql);
    write_text(this->file(), "somebody else's");
    // The commit lands; the move, which comes behind it, does not: as if the process had died between the two.
    EXPECT_EQ(error_of([&] { guard.commit({}); }).code(), Code::already_exists);
  }
  EXPECT_TRUE(target.session.guard_probe(work_key("finish")).has_value());
  EXPECT_EQ(read_text(this->file()), "somebody else's");
  std::filesystem::remove(this->file());
  EXPECT_EQ(TypeParam::rows(target.session).size(), 2u);
  const store::Store other = TypeParam::store(this->path());
  store::FenceRequest request = fence_request("r-1", 2000);
  request.take_over = true;
  store::Session(other).fence_acquire(request, nullptr);
  EXPECT_EQ(read_text(this->file()), TypeParam::text(1, 2));
}

TYPED_TEST_P(FileStoreTarget, IsUndoneStepByStep) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  this->load(target, 0, 1, 2);
  target.shape(this->catalog_, "finish", "finish");
  ASSERT_TRUE(std::filesystem::exists(this->file()));
  target.guarded(work_key("undo", 1), [&] {
    EXPECT_THAT(target.session.objects_drop("r-1", "finish").dropped, testing::ElementsAre("table orders"));
  });
  EXPECT_FALSE(std::filesystem::exists(this->file()));
  EXPECT_EQ(TypeParam::rows(target.session).size(), 2u);
  target.shape(this->catalog_, "finish", "again");
  EXPECT_EQ(read_text(this->file()), TypeParam::text(1, 2));
  target.guarded(work_key("undo", 2), [&] {
    EXPECT_EQ(target.session.execute(target.session.ddl(this->catalog_, "clear").statements.at(0).sql), 2);
    target.session.ledger_forget("r-1", "copy.rows", 1);
  });
  EXPECT_FALSE(std::filesystem::exists(this->file()));
  this->load(target, 0, 5, 1);
  EXPECT_EQ(TypeParam::rows(target.session), (Rows{{"5", "n5"}}));
  target.guarded(work_key("undo", 3),
                 [&] { EXPECT_THAT(target.session.objects_drop("r-1", "make").dropped, testing::ElementsAre("table orders")); });
  EXPECT_EQ(this->parts(), 0u);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_FALSE(std::filesystem::exists(this->path())) << "the run made the directory";
}

TYPED_TEST_P(FileStoreTarget, KeepsAFileThatSomeoneElseChanged) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  target.shape(this->catalog_, "finish", "finish");
  write_text(this->file(), TypeParam::kForeign);
  target.guarded(work_key("undo", 1), [&] {
    const auto undone = target.session.objects_drop("r-1", "finish");
    EXPECT_THAT(undone.kept, testing::ElementsAre("table orders"));
    EXPECT_THAT(undone.dropped, testing::ElementsAre());
  });
  EXPECT_EQ(read_text(this->file()), TypeParam::kForeign);
  store::Guard guard(target.session, target.fence, work_key("undo", 2));
  const std::string clear = target.session.ddl(this->catalog_, "clear").statements.at(0).sql;
  EXPECT_EQ(error_of([&] { target.session.execute(clear); }).code(), Code::conflict);
}

TYPED_TEST_P(FileStoreTarget, PublishesWhatNoStepFinished) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  this->load(target, 0, 1, 1);
  target.session.ledger_retire(target.fence, "r-1");
  EXPECT_EQ(read_text(this->file()), TypeParam::text(1, 1));
}

TYPED_TEST_P(FileStoreTarget, RemovesPartsThatNobodyCommitted) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  this->load(target, 0, 1, 1);
  write_text(this->path() + "/.sluice/parts/9-stray", "1,x\n");
  store::FenceRequest request = fence_request("r-1");
  request.take_over = true;
  target.fence.epoch = target.session.fence_acquire(request, nullptr);
  EXPECT_EQ(this->parts(), 1u);
  EXPECT_EQ(TypeParam::rows(target.session).size(), 1u);
}

TYPED_TEST_P(FileStoreTarget, LooksAtAMissingDirectoryAndLeavesNothing) {
  const store::Store store = TypeParam::store(this->path());
  store::Session session(store);
  EXPECT_EQ(session.identity().id, "");
  EXPECT_TRUE(session.catalog({}).tables.empty());
  EXPECT_FALSE(session.fence_look().exists);
  EXPECT_FALSE(std::filesystem::exists(this->path()));
  EXPECT_EQ(error_of([&] { store::Session(TypeParam::store(this->path(), {{"access", "read"}})); }).code(), Code::not_found);
  EXPECT_EQ(error_of([&] { store::Session(TypeParam::store(this->directory_ / ("x" + std::string(TypeParam::kExtension)))); }).code(), Code::not_found);
}

TYPED_TEST_P(FileStoreTarget, SaysWhereAPartCannotBeWritten) {
  typename TypeParam::Target target(this->path());
  target.shape(this->catalog_, "tables", "make");
  std::filesystem::remove_all(this->path() + "/.sluice/parts");
  const Error error = error_of([&] { this->load(target, 0, 1, 1); });
  EXPECT_THAT(error.what(), testing::HasSubstr(this->path() + "/.sluice/parts/"));
  EXPECT_FALSE(target.session.guard_probe(work_key("copy.rows", 0)).has_value());
}

REGISTER_TYPED_TEST_SUITE_P(FileStoreTarget, IsWrittenByChunksAndPublishedWhole, RowsAndLedgerRowCommitTogether, CountsThatDoNotAddUpAreRefused, AStaleFenceWritesNothing, ManyMayWriteAtOnce, NeverTouchesAFileThatIsThere, FinishesWhatWasCommittedAndNotDone, IsUndoneStepByStep, KeepsAFileThatSomeoneElseChanged, PublishesWhatNoStepFinished, RemovesPartsThatNobodyCommitted, LooksAtAMissingDirectoryAndLeavesNothing, SaysWhereAPartCannotBeWritten);

}  // namespace sluice::test
