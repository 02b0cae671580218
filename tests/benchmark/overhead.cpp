#include "overhead.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "journal/journal.hpp"
#include "run/scheduler.hpp"
#include "support/environment.hpp"
#include "support/program.hpp"

namespace sluice::bench {
namespace {

using StopClock = std::chrono::steady_clock;

constexpr int kSteps = 10000;

double seconds_of(const std::function<void()>& work) {
  const auto start = StopClock::now();
  work();
  return std::chrono::duration<double>(StopClock::now() - start).count();
}

/// Workers that do nothing, and that at once: what remains is the scheduler's and the journal's own work.
class IdleExecutor : public run::Executor {
 public:
  std::size_t workers() const override { return 64; }

  void submit(run::Work work) override {
    run::Outcome outcome;
    if (work.kind == run::Work::Kind::expand) {
      outcome.value = steps::Expansion{{steps::Task{.id = "all"}}, 0};
    } else if (work.kind == run::Work::Kind::conclude) {
      outcome.value = steps::Conclusion{};
    } else {
      outcome.value = steps::TaskRecord{.id = work.task.id};
    }
    outcome.work = std::move(work);
    outcomes_.push_back(std::move(outcome));
  }

  std::vector<run::Outcome> wait(std::chrono::milliseconds) override { return std::exchange(outcomes_, {}); }

 private:
  std::vector<run::Outcome> outcomes_;
};

/// So many steps that all may run at once.
plan::Plan parallel_plan(int steps) {
  plan::Plan plan;
  plan.workflow = "overhead";
  plan::PlannedNode phase;
  phase.path = "all";
  phase.kind = workflow::NodeKind::phase;
  for (int i = 0; i < steps; ++i) {
    plan::PlannedNode step;
    step.path = "all.s" + std::to_string(i);
    step.word = "exec";
    step.fields = "{}";
    phase.after.push_back(static_cast<std::uint32_t>(i));
    plan.nodes.push_back(std::move(step));
  }
  plan.nodes.push_back(std::move(phase));
  return plan;
}

double durable_steps_per_second() {
  const test::TempDirectory directory;
  const plan::Plan plan = parallel_plan(kSteps);
  const auto journal = journal::open_journal(directory / "journal.db");
  IdleExecutor executor;
  const SystemClock clock;
  run::Controls controls;
  run::Scheduler scheduler(plan, {}, *journal, executor, clock, controls, {}, [](const journal::Event&) {});
  const double seconds = seconds_of([&] {
    const auto end = scheduler.run();
    if (end.status != "passed") throw std::runtime_error("the no-op run ended as " + end.status + ": " + end.message);
  });
  return kSteps / seconds;
}

std::string workflow_of_steps(int steps) {
  return "return workflow \"many\" { phase \"all\" { parallel { each((function() local t = {} for i = 1, " +
         std::to_string(steps) +
         " do t[i] = i end return t end)(), function(i) return step(\"s\" .. i) { exec { \"/bin/true\" } } end) } } "
         "}\n";
}

/// Runs the program, which must pass.
double program_seconds(const std::vector<std::string>& arguments, const std::string& directory) {
  test::ProgramOptions options;
  options.directory = directory;
  return seconds_of([&] {
    const auto ending = test::Program(test::sluice_path(), arguments, options).wait(std::chrono::minutes(10));
    if (ending.code != 0) throw std::runtime_error("sluice " + arguments[0] + " failed: " + ending.out + ending.err);
  });
}

double median_seconds(int repeats, const std::vector<std::string>& arguments, const std::string& directory) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) seconds.push_back(program_seconds(arguments, directory));
  return median(std::move(seconds));
}

}  // namespace

std::vector<Ratio> measure_overhead(int repeats) {
  const test::TempDirectory directory;
  test::write_text(directory / "many.lua", workflow_of_steps(kSteps));
  std::vector<double> rates;
  for (int i = 0; i < repeats; ++i) rates.push_back(durable_steps_per_second());
  const double plan = median_seconds(repeats, {"plan", "many.lua", "--quiet"}, directory.path());
  program_seconds({"run", "many.lua", "--quiet"}, directory.path());
  const std::string run = std::filesystem::directory_iterator(directory / ".sluice/runs")->path().filename();
  const double resume = median_seconds(repeats, {"resume", run, "--quiet"}, directory.path());
  const double version = median_seconds(repeats * 4, {"--version"}, directory.path());
  return {
      {"durable no-op steps a second, 10,000 parallel steps", median(std::move(rates)), 2000, true},
      {"plan of a 10,000-step workflow, ms", plan * 1000, 100},
      {"resume of a finished run of 10,000 steps, ms", resume * 1000, 100},
      {"sluice --version, ms", version * 1000, 20},
  };
}

}  // namespace sluice::bench
