#include "run/active_step.hpp"

namespace sluice::run {

bool ActiveStep::has_work() const { return !ready_.empty() && running < static_cast<size_t>(std::max(1, node.workers)); }

Work ActiveStep::take_work() {
  Work work = std::move(ready_.front());
  ready_.pop_front();
  return work;
}

void ActiveStep::add_tasks(std::vector<steps::Task> tasks) {
  for (steps::Task& task : tasks) stages_[task.stage].push_back(std::move(task));
}

bool ActiveStep::begin_next_stage() {
  if (stages_.empty()) return false;
  auto stage = stages_.begin();
  auto earlier = std::make_shared<const std::vector<steps::TaskRecord>>(records);
  for (steps::Task& task : stage->second) {
    Work work;
    work.kind = Work::Kind::task;
    work.node = index;
    work.generation = generation;
    work.task = std::move(task);
    work.records = earlier;
    work.cancel = cancel;
    ready_.push_back(std::move(work));
  }
  stages_.erase(stage);
  return true;
}

std::vector<Work> ActiveStep::take_due(Clock::Stopwatch now) {
  std::vector<Work> due;
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    due.push_back(std::move(delayed_.begin()->second));
    delayed_.erase(delayed_.begin());
  }
  return due;
}

std::optional<Clock::Stopwatch> ActiveStep::next_due() const {
  std::optional<Clock::Stopwatch> due = error ? std::nullopt : deadline;
  if (!delayed_.empty() && (!due || delayed_.begin()->first < *due)) due = delayed_.begin()->first;
  return due;
}

void ActiveStep::drop_work() {
  ready_.clear();
  stages_.clear();
  delayed_.clear();
}

}  // namespace sluice::run
