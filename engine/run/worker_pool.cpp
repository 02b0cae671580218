#include "run/worker_pool.hpp"

#include "run/worker.hpp"

namespace sluice::run {

WorkerPool::WorkerPool(steps::RunContext& run, const workflow::ScriptCallsFactory* scripts, const Redactor& redactor)
    : run_(run), scripts_(scripts), redactor_(redactor) {
  for (size_t i = 0; i < run.workers(); ++i) threads_.emplace_back([this, i] { serve(i); });
}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard lock(mutex_);
    is_ending_ = true;
    queue_.clear();
  }
  has_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::submit(Work work) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
  }
  has_work_.notify_one();
}

std::vector<Outcome> WorkerPool::wait(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  has_outcome_.wait_for(lock, timeout, [this] { return !outcomes_.empty(); });
  return std::exchange(outcomes_, {});
}

void WorkerPool::serve(size_t index) {
  Worker worker(run_, scripts_, redactor_, index);
  std::unique_lock lock(mutex_);
  for (;;) {
    has_work_.wait(lock, [this] { return is_ending_ || !queue_.empty(); });
    if (is_ending_) return;
    Work work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    Outcome outcome = worker.work(std::move(work));
    lock.lock();
    outcomes_.push_back(std::move(outcome));
    has_outcome_.notify_one();
  }
}

}  // namespace sluice::run
