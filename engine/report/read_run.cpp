#include "report/read_run.hpp"

#include <iterator>

#include "journal/run_lock.hpp"

namespace sluice::report {

RunSummary read_run(const std::string& journal_path, const std::string& run) {
  const auto journal = journal::read_journal(journal_path);
  return read_run(*journal, [&] { return journal::find_lock_holder(journal_path).has_value(); }, run);
}

RunSummary read_run(journal::Journal& journal, const std::function<bool()>& has_engine, const std::string& run) {
  std::vector<journal::Event> events = journal.events(1);
  RunSummary summary = summarize(events);
  while (summary.status == RunStatus::running && !has_engine()) {
    // Whoever had the lock before has written everything by now.
    std::vector<journal::Event> later = journal.events(events.back().seq + 1);
    if (later.empty()) {
      mark_killed(summary);
      break;
    }
    events.insert(events.end(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
    summary = summarize(events);
  }
  if (summary.run.empty()) summary.run = run;
  return summary;
}

}  // namespace sluice::report
