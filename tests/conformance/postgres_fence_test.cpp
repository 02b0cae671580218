#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "conformance/postgres_store.hpp"

namespace sluice::test {
namespace {

using Clock = std::chrono::steady_clock;

/// A child process that loads into t without an end, as run r-1.
class EndlessLoader {
 public:
  EndlessLoader(const std::string& url, const store::Fence& fence) {
    pid_ = fork();
    if (pid_ != 0) return;
    try {
      const auto store = postgres_store(url);
      const auto session = store.open_session();
      store::Guard guard(*session, fence, work_key("copy.rows", 0));
      session->load({"", "t", {}}, std::make_unique<NumberedRows>(1, int64_t{1} << 60));
    } catch (const std::exception&) {  // fenced off: what the parent expects
    }
    _exit(0);
  }
  ~EndlessLoader() {
    if (pid_ > 0) kill_now();
  }
  void stop() const { ::kill(pid_, SIGSTOP); }
  int resume_and_wait() {
    ::kill(pid_, SIGCONT);
    return wait();
  }
  void kill_now() {
    ::kill(pid_, SIGKILL);
    wait();
  }

 private:
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return status;
  }
  pid_t pid_ = 0;
};

void wait_for_copy(PgSession& side) {
  while (side.number("SELECT count(*) FROM pg_stat_progress_copy WHERE tuples_processed > 20000") == 0) {
  }
}

TEST(PostgresFence, RefusesASecondRunAndNamesTheHolder) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const auto other = target.store.open_session();
  store::FenceHolder holder;
  const Error error = error_of([&] { other->fence_acquire(fence_request("r-2"), &holder); });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_NE(std::string(error.what()).find("r-1"), std::string::npos) << error.what();
  EXPECT_EQ(holder.run, "r-1");
  EXPECT_EQ(holder.host, "host-a");
  EXPECT_EQ(holder.pid, 1000);
  EXPECT_EQ(holder.pid_start, 77);
  EXPECT_GT(holder.lease_left_ms, 50'000);
  EXPECT_FALSE(holder.is_free);
}

TEST(PostgresFence, RefusesTheSameRunInAnotherProcessToo) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  EXPECT_EQ(error_of([&] { target.session->fence_acquire(fence_request("r-1"), nullptr); }).code(), Code::conflict);
}

TEST(PostgresFence, IsFreeAfterItsRelease) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.session->fence_release(target.fence);
  EXPECT_TRUE(target.session->fence_look().is_free);
  EXPECT_EQ(target.session->fence_look().run, "") << "no run is unfinished";
  EXPECT_EQ(target.session->fence_acquire(fence_request("r-2"), nullptr), target.fence.epoch + 1);
  EXPECT_EQ(error_of([&] { target.session->fence_release(target.fence); }).sqlstate(), "SL001");
  EXPECT_FALSE(target.session->fence_look().is_free);
}

TEST(PostgresFence, NamesTheUnfinishedRunThatGaveItsLeaseUp) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.session->fence_renew(target.fence, 0);
  EXPECT_TRUE(target.session->fence_look().is_free);
  EXPECT_EQ(target.session->fence_look().run, "r-1");
}

TEST(PostgresFence, IsFreeWhenTheLeaseRanOutByTheServersClock) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  target.session->fence_renew(target.fence, 1);
  while (!target.session->fence_look().is_free) {
  }
  EXPECT_GT(target.session->fence_acquire(fence_request("r-2"), nullptr), target.fence.epoch);
}

TEST(PostgresFence, RenewsWhileAGuardIsOpen) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  store::Guard guard(*target.session, target.fence, work_key("copy.rows"));
  const auto other = target.store.open_session();
  other->fence_renew(target.fence, 500'000);
  target.session->fence_renew(target.fence, 600'000);
  EXPECT_GT(other->fence_look().lease_left_ms, 500'000);
  guard.commit({});
}

TEST(PostgresFence, DoesNotRenewForAStaleEpoch) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const Error error = error_of([&] { target.session->fence_renew({"r-1", target.fence.epoch - 1}, 1000); });
  EXPECT_EQ(error.code(), Code::conflict);
  EXPECT_EQ(error.sqlstate(), "SL001");
}

TEST(PostgresFence, LooksWithoutCreatingAnything) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  const auto store = postgres_store(database.url());
  EXPECT_FALSE(store.open_session()->fence_look().exists);
  EXPECT_EQ(PgSession(database.url()).number("SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'"), 0);
}

TEST(PostgresFence, PinsTheTargetForGood) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  const std::string pin = target.session->identity().pin;
  EXPECT_EQ(pin.size(), 36u);
  target.session->fence_acquire(fence_request("r-2", true), nullptr);
  EXPECT_EQ(target.session->identity().pin, pin);
}

TEST(PostgresFence, IsMadeOnceWhenManyAcquireAtTheSameTime) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  const auto store = postgres_store(database.url());
  std::atomic<int> won = 0, refused = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      try {
        store.open_session()->fence_acquire(fence_request("r-" + std::to_string(i)), nullptr);
        ++won;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::conflict) << error.what();
        ++refused;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 7);
}

TEST(PostgresFence, LeavesNothingOfAWriterKilledInMidCopy) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  EndlessLoader loader(target.database.url(), target.fence);
  wait_for_copy(target.side);
  loader.kill_now();
  EXPECT_FALSE(target.session->guard_probe(work_key("copy.rows", 0)).has_value());
  EXPECT_TRUE(target.guarded(work_key("copy.rows", 0), [&] { target.load(1, 5); }))
      << "the successor waits for the dying";
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 5);
}

TEST(PostgresFence, TakesOverFromAWriterStoppedInMidCopy) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  EndlessLoader loader(target.database.url(), target.fence);
  wait_for_copy(target.side);
  loader.stop();
  const auto begin = Clock::now();
  target.fence.epoch = target.session->fence_acquire(fence_request("r-1", true), nullptr);
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(5));
  EXPECT_TRUE(target.guarded(work_key("copy.rows", 0), [&] { target.load(1, 5); }));
  EXPECT_EQ(loader.resume_and_wait(), 0);
  EXPECT_EQ(target.side.number("SELECT count(*) FROM t"), 5) << "the stale writer does no harm";
}

TEST(PostgresFence, BumpsTheEpochUnderSixteenBusyWritersWithinASecond) {
  SLUICE_REQUIRE_POSTGRES();
  Target target;
  std::atomic<bool> is_over = false;
  std::atomic<int> done = 0, stale = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < 16; ++w) {
    writers.emplace_back([&, w] {
      for (int64_t i = 0; !is_over; ++i) {
        try {
          const auto session = target.store.open_session();
          for (; !is_over; ++i) {
            store::Guard guard(*session, target.fence, work_key("busy." + std::to_string(w), i));
            guard.commit({});
            ++done;
          }
        } catch (const Error& error) {
          if (error.sqlstate() == "SL001") break;
        }
      }
      ++stale;
    });
  }
  while (done < 200) std::this_thread::yield();
  const auto begin = Clock::now();
  const auto taker = target.store.open_session();
  taker->fence_acquire(fence_request("r-2", true), nullptr);
  const auto took = Clock::now() - begin;
  const int64_t at_bump = target.side.number("SELECT count(*) FROM sluice.ledger");
  for (auto& writer : writers) writer.join();
  is_over = true;
  EXPECT_LT(took, std::chrono::seconds(1));
  EXPECT_EQ(stale, 16);
  EXPECT_EQ(target.side.number("SELECT count(*) FROM sluice.ledger"), at_bump) << "nothing lands after the bump";
}

}  // namespace
}  // namespace sluice::test
