#include "store/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "arrow/builder.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "fixtures.hpp"

namespace {

using namespace sluice;
using namespace sluice::store;
using testing::ElementsAre;
using testing::HasSubstr;

/// The error that `work` throws.
Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(Code::internal, "");
}

std::vector<int64_t> read_ids(Session& session, const ReadSpec& spec) {
  std::vector<int64_t> ids;
  const auto rows = session.read(spec);
  for (auto batch = rows->next(); !batch.empty(); batch = rows->next()) {
    const auto columns = arrow::view_batch(rows->fields(), *batch);
    for (int64_t i = 0; i < batch->length; ++i) ids.push_back(columns[0].int64(i));
  }
  return ids;
}

ReadSpec all_numbers() {
  ReadSpec spec;
  spec.table = "numbers";
  spec.columns = {"id"};
  return spec;
}

/// Hands out `batches` batches of ten rows, then fails when asked to.
class Numbers : public arrow::BatchReader {
 public:
  Numbers(int batches, bool fails)
      : left_(batches), fails_(fails), builder_({{"id", arrow::Type{arrow::Kind::int64}}}) {}
  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }
  arrow::Array next() override {
    if (left_-- == 0) {
      if (fails_) throw Error(Code::data, "orders.total: too big", "widen it", "copy.rows");
      return {};
    }
    for (int i = 0; i < 10; ++i) builder_.column(0).append_int64(i);
    return builder_.finish();
  }

 private:
  int left_;
  bool fails_;
  arrow::BatchBuilder builder_;
};

class Target : public testing::Test {
 protected:
  void open(const std::string& broken = {}) {
    store_ = std::make_unique<Store>(load_fixture("memory", "memory"), "new", Options{{"break", broken}});
    session_ = store_->open_session();
  }
  Fence fence(const std::string& run = "r-1") {
    FenceRequest request;
    request.run = run;
    request.take_over = true;
    return {run, session_->fence_acquire(request, nullptr)};
  }
  WorkKey key(int64_t chunk) { return {"r-1", "copy.rows", "orders", 1, chunk}; }
  LoadSpec orders() { return {"", "orders", {"id"}}; }

  std::unique_ptr<Store> store_;
  std::unique_ptr<Session> session_;
};

}  // namespace

TEST(SourceInC, DescribesItself) {
  std::vector<std::string> log;
  const Store store(load_fixture("numbers"), "old", {{"rows", "5"}},
                    [&](int32_t, const std::string& message) { log.push_back(message); });
  const auto session = store.open_session();
  EXPECT_EQ(session->identity().id, "numbers");
  EXPECT_EQ(session->capabilities().max_writers, 0);
  const catalog::Catalog catalog = session->catalog({});
  ASSERT_EQ(catalog.tables.size(), 1u);
  EXPECT_EQ(catalog.tables[0].rows, 5);
  EXPECT_EQ(catalog.tables[0].columns[0].type.kind, arrow::Kind::int64);
  EXPECT_EQ(session->source_state({}), R"({"rows": "5"})");
  EXPECT_THAT(log, ElementsAre("opened"));
}

TEST(SourceInC, ReadsARangeInBatches) {
  const Store store(load_fixture("numbers"), "old", {{"rows", "10"}});
  const auto session = store.open_session();
  ReadSpec spec = all_numbers();
  spec.batch_rows = 2;
  spec.range = {{"id"}, "integer", {"3"}, {"8"}};
  EXPECT_THAT(read_ids(*session, spec), ElementsAre(3, 4, 5, 6, 7));
}

TEST(SourceInC, CutsIntoChunksThatTogetherAreTheTable) {
  const Store store(load_fixture("numbers"), "old", {{"rows", "1003"}});
  const auto session = store.open_session();
  const Cuts cuts = session->plan_chunks(all_numbers(), 7);
  ASSERT_EQ(cuts.cuts.size(), 6u);
  std::vector<int64_t> ids;
  for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
    ReadSpec spec = all_numbers();
    spec.range = chunk_range(cuts, i);
    for (const int64_t id : read_ids(*session, spec)) ids.push_back(id);
  }
  ASSERT_EQ(ids.size(), 1003u);
  for (size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(ids[i], static_cast<int64_t>(i));
}

TEST(SourceInC, RefusesWithItsOwnWords) {
  const auto plugin = load_fixture("numbers");
  const Error option = error_of([&] { Store(plugin, "old", {{"rowz", "5"}}); });
  EXPECT_EQ(option.code(), Code::invalid_argument);
  EXPECT_EQ(option.message(), "old: there is no option rowz");

  const Store store(plugin, "old", {});
  const auto session = store.open_session();
  ReadSpec spec = all_numbers();
  spec.table = "letters";
  EXPECT_EQ(error_of([&] { session->read(spec); }).code(), Code::not_found);
  spec = all_numbers();
  spec.wanted = {{"id", arrow::Type{arrow::Kind::text}}};
  EXPECT_EQ(error_of([&] { session->read(spec); }).message(), "old: numbers.id: is int64, wanted is u");
}

TEST(SourceInC, TellsWhyAStreamEnded) {
  const Store store(load_fixture("numbers"), "old", {});
  const auto session = store.open_session();
  const auto rows = session->read(all_numbers());
  session->cancel();
  EXPECT_EQ(error_of([&] { rows->next(); }).code(), Code::cancelled);
}

TEST(SourceInC, HasNoLanguageNorSnapshots) {
  const Store store(load_fixture("numbers"), "old", {});
  const auto session = store.open_session();
  EXPECT_EQ(error_of([&] { session->execute("x"); }).message(), "old: plugin numbers has no execute");
  EXPECT_EQ(error_of([&] { session->snapshot_confirm("x"); }).code(), Code::unsupported);
  EXPECT_EQ(error_of([&] { session->fence_look(); }).code(), Code::unsupported);
}

TEST_F(Target, PassesExceptionsOverTheBorderAsErrors) {
  EXPECT_EQ(error_of([&] { open("open"); }).message(), "new: no such server");
  open("identity");
  EXPECT_THAT(error_of([&] { session_->identity(); }).message(), HasSubstr("not an exception"));
  EXPECT_THAT(error_of([&] {
                Store(load_fixture("memory", "memory"), "new", {{"brake", "x"}});
              }).message(),
              HasSubstr("did you mean break?"));
}

TEST_F(Target, KeepsCodeStateAndWholeCharactersOfALongError) {
  open();
  const Error error = error_of([&] { session_->catalog({}); });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_EQ(error.sqlstate(), "40001");
  EXPECT_EQ(error.native_code(), 1213);
  EXPECT_EQ(utf8_valid_prefix(error.message()), error.message().size());
  EXPECT_EQ(error.message().size(), std::string("new: ").size() + 1023);
}

TEST_F(Target, ShapesTables) {
  open();
  const catalog::Ddl ddl = session_->ddl({}, "finish");
  ASSERT_EQ(ddl.statements.size(), 1u);
  EXPECT_EQ(ddl.statements[0].sql, "make finish");
}

TEST_F(Target, SaysWhoHoldsTheFence) {
  open();
  EXPECT_FALSE(session_->fence_look().exists);
  const Fence first = fence("r-1");
  FenceRequest request;
  request.run = "r-2";
  FenceHolder holder;
  EXPECT_EQ(error_of([&] { session_->fence_acquire(request, &holder); }).code(), Code::conflict);
  EXPECT_EQ(holder.run, "r-1");
  EXPECT_EQ(holder.pid, 12);
  EXPECT_FALSE(holder.is_free);
  session_->fence_renew(first, 1000);
  session_->fence_release(first);
  EXPECT_TRUE(session_->fence_look().is_free);
  EXPECT_EQ(session_->fence_acquire(request, &holder), first.epoch + 1);
}

TEST_F(Target, RefusesAStaleFence) {
  open();
  const Fence old = fence();
  fence();
  const Error error = error_of([&] { Guard(*session_, old, key(0)); });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_EQ(error.sqlstate(), "SL001");
}

TEST_F(Target, CommitsAChunkOnce) {
  open();
  const Fence mine = fence();
  WorkResult result;
  result.read = result.kept = result.emitted = result.written = 20;
  result.f_src = {20, 1, 2, 3, 4};
  result.bounds = "{}";
  {
    Guard guard(*session_, mine, key(0));
    ASSERT_FALSE(guard.already_done());
    EXPECT_EQ(session_->load(orders(), std::make_unique<Numbers>(2, false)).rows, 20);
    guard.commit(result);
  }
  EXPECT_TRUE(Guard(*session_, mine, key(0)).already_done());
  const std::optional<LedgerRow> row = session_->guard_probe(key(0));
  ASSERT_TRUE(row);
  EXPECT_EQ(row->result.written, 20);
  EXPECT_EQ(to_text(row->result.f_src), to_text(result.f_src));
  EXPECT_FALSE(session_->guard_probe(key(1)));
  const std::vector<LedgerRow> ledger = session_->ledger_read("r-1");
  ASSERT_EQ(ledger.size(), 1u);
  EXPECT_EQ(ledger[0].key.table, "orders");
  EXPECT_EQ(ledger[0].key.chunk, 0);
  EXPECT_EQ(ledger[0].result.bounds, "{}");
  EXPECT_EQ(ledger[0].epoch, mine.epoch);
  session_->ledger_forget("r-1", "copy.rows", 1);
  EXPECT_TRUE(session_->ledger_read("r-1").empty());
}

TEST_F(Target, AbortsAGuardThatIsNotCommitted) {
  open();
  const Fence mine = fence();
  { Guard guard(*session_, mine, key(0)); }
  EXPECT_FALSE(session_->guard_probe(key(0)));
  EXPECT_EQ(error_of([&] { session_->load(orders(), std::make_unique<Numbers>(1, false)); }).message(),
            "new: load: outside a guard");
}

TEST_F(Target, LeavesADoubtfulCommitToTheProbe) {
  open("commit");
  const Fence mine = fence();
  Guard guard(*session_, mine, key(0));
  EXPECT_EQ(error_of([&] { guard.commit({}); }).code(), Code::in_doubt);
}

TEST_F(Target, ThrowsWhatTheRowsThemselvesThrew) {
  open();
  const Fence mine = fence();
  const Guard guard(*session_, mine, key(0));
  const Error error = error_of([&] { session_->load(orders(), std::make_unique<Numbers>(1, true)); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_EQ(error.message(), "orders.total: too big");
  EXPECT_EQ(error.where(), "copy.rows");
}

TEST_F(Target, ThrowsWhatTheStoreRefused) {
  open("load");
  const Fence mine = fence();
  const Guard guard(*session_, mine, key(0));
  const Error error = error_of([&] { session_->load(orders(), std::make_unique<Numbers>(3, false)); });
  EXPECT_EQ(error.code(), Code::constraint);
  EXPECT_EQ(error.sqlstate(), "23505");
}

TEST_F(Target, TellsTheWholeErrorOfAFailedStream) {
  open("read");
  const Error error = error_of([&] { session_->ledger_read("r-1"); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_EQ(error.message(), "new: ledger.chunk: 7 is no chunk");
  EXPECT_EQ(error.sqlstate(), "22000");
}

TEST_F(Target, RecordsWhatADdlStatementCreates) {
  open();
  session_->objects_record({{"", "table", "shop", "orders", "orders"},
                            {"", "foreign_key", "shop", "orders", "orders_fk"},
                            {"", "analyze", "shop", "orders", ""}});
  const std::vector<catalog::Statement> objects = session_->objects_list("r-1", "prepare.tables");
  ASSERT_EQ(objects.size(), 2u);
  EXPECT_EQ(objects[0].kind, "table");
  EXPECT_EQ(objects[1].kind, "constraint");
  EXPECT_EQ(objects[1].name, "orders_fk");
  const Session::Dropped dropped = session_->objects_drop("r-1", "prepare.tables");
  EXPECT_THAT(dropped.kept, ElementsAre("table b: is another one now"));
}
