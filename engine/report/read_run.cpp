#include "report/read_run.hpp"

#include "journal/run_lock.hpp"

namespace sluice::report {

RunSummary read_run(const std::string& journal_path, const std::string& run) {
  // The lock is looked at before the events: an engine that ends in between has its end among them.
  const bool had_engine = journal::find_lock_holder(journal_path).has_value();
  RunSummary summary = summarize(journal::read_journal(journal_path)->events(1));
  if (summary.run.empty()) summary.run = run;
  const bool has_engine = had_engine || journal::find_lock_holder(journal_path).has_value();
  if (!has_engine) mark_killed(summary);
  return summary;
}

}  // namespace sluice::report
