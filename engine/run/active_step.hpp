#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "plan/plan.hpp"
#include "run/executor.hpp"

namespace sluice::run {

/// A step or gate that has started and not ended, as the scheduler sees it.
class ActiveStep {
 public:
  ActiveStep(uint32_t index, const plan::PlannedNode& node, uint32_t generation, Clock::Stopwatch now)
      : index(index), node(node), generation(generation), started(now), cancel(std::make_shared<steps::CancelToken>()) {
    if (node.timeout.count() > 0) deadline = now + node.timeout;
  }

  const uint32_t index;
  const plan::PlannedNode& node;
  const uint32_t generation;
  const Clock::Stopwatch started;
  std::optional<Clock::Stopwatch> deadline;
  const std::shared_ptr<steps::CancelToken> cancel;
  size_t running = 0;                          ///< work given to the executor
  std::optional<Error> error;                  ///< the first failure that no retry mends
  std::vector<steps::TaskRecord> records;

  /// Work of its own that may be given out now; the stage's barrier is kept here.
  bool has_work() const;
  Work take_work();
  void put_back(Work work) { ready_.push_front(std::move(work)); }
  const Work& next_work() const { return ready_.front(); }

  void add(Work work) { ready_.push_back(std::move(work)); }
  void add_tasks(std::vector<steps::Task> tasks);
  /// When no task of the stage is left, moves the next stage's tasks in; false when there was none.
  bool begin_next_stage();
  void delay(Work work, Clock::Stopwatch due) { delayed_.emplace(due, std::move(work)); }
  /// Work whose time has come, taken out.
  std::vector<Work> take_due(Clock::Stopwatch now);
  std::optional<Clock::Stopwatch> next_due() const;
  void drop_work();

  bool is_idle() const { return running == 0 && ready_.empty() && delayed_.empty(); }
  bool is_concluding = false;

 private:
  std::deque<Work> ready_;
  std::map<int32_t, std::vector<steps::Task>> stages_;
  std::multimap<Clock::Stopwatch, Work> delayed_;
};

}  // namespace sluice::run
