#include "steps/sql_run.hpp"

#include <algorithm>

#include "base/sha256.hpp"
#include "steps/sql_settings.hpp"

namespace sluice::steps {
namespace {

/// The ledger's key of a look at the fence; never committed.
constexpr int64_t kFenceChunk = -4;

/// Runs one task on one session. Used once.
class SqlRun {
 public:
  SqlRun(StepContext& context, const std::string& store, const SqlScript& script, const SqlTask& task)
      : context_(context),
        store_(store),
        script_(script),
        task_(task),
        dialect_(dialect_of(context.run.plan(), context.node)),
        session_(context.session(store)) {
    for (size_t i = 0; i < script.statements.size(); ++i) {
      if (sets_session(script.statements[i], dialect_)) settings_.push_back(i);
    }
  }

  TaskRecord run() {
    CancelScope scope(context_.cancel, session_);
    if (task_.statement) {
      run_alone(*task_.statement);
    } else if (is_one_transaction(script_, dialect_)) {
      record_.skipped = !run_guarded(0, task_.digest, [&] { run_all(); });
    } else {
      run_one_by_one();
    }
    return record_;
  }

 private:
  void run_all() {
    for (size_t i = 0; i < script_.statements.size(); ++i) run_statement(i);
  }

  /// Each in a transaction of its own. What sets the session is not done once for all: it is said again before every statement.
  void run_one_by_one() {
    bool is_all_done = true;
    for (size_t i = 0; i < script_.statements.size(); ++i) {
      if (std::binary_search(settings_.begin(), settings_.end(), i)) continue;
      const bool is_new = run_guarded(static_cast<int64_t>(i), sha256_hex(script_.statements[i].text), [&] {
        set_session(i);
        run_statement(i);
      });
      is_all_done = is_all_done && !is_new;
    }
    record_.skipped = is_all_done;
  }

  /// False where the ledger had it already. `mark` tells whether it was this very script.
  template <typename Work>
  bool run_guarded(int64_t chunk, const std::string& mark, const Work& work) {
    const store::WorkKey key = context_.key(script_.name, chunk);
    store::Guard guard(session_, context_.run.fence(store_), key);
    if (guard.already_done()) {
      const auto row = session_.guard_probe(key);
      if (row) record_.rows += row->result.written;
      if (row && !row->result.bounds.empty() && row->result.bounds != mark) {
        throw Error(Code::conflict, task_.id + " has run already, and was edited since",
                    "restore it as it was, and put the change into a new file");
      }
      return false;
    }
    const int64_t before = record_.rows;
    work();
    store::WorkResult result;
    result.emitted = result.written = record_.rows - before;
    result.bounds = mark;
    guard.commit(result);
    return true;
  }

  void run_alone(size_t index) {
    {
      // A process that was taken over must not go on: the guard looks, and is given up.
      const store::Guard look(session_, context_.run.fence(store_), context_.key(script_.name, kFenceChunk));
    }
    set_session(index);
    try {
      run_statement(index);
    } catch (const Error& error) {
      if (error.code() != Code::unavailable) throw;
      throw Error(Code::in_doubt, error.message() + ": the connection was lost, and whether the statement took effect is unknown",
                  "look at its effect, then: sluice resume --redo " + context_.node.path + ", or --assume-done " + context_.node.path)
          .with_sqlstate("SL006");
    }
  }

  void set_session(size_t end) {
    for (const size_t setting : settings_) {
      if (setting < end) execute(setting);
    }
  }

  void run_statement(size_t index) { record_.rows += std::max<int64_t>(0, execute(index)); }

  int64_t execute(size_t index) {
    context_.cancel.check();
    try {
      return session_.execute(script_.statements[index].text);
    } catch (const Error& error) {
      const bool is_named = !script_.name.empty() || script_.statements.size() > 1;
      const Error placed = is_named ? error.with_prefix(place_of(script_, index) + ": ") : error;
      if (placed.hint().empty() && commits_by_itself(script_.statements[index]) &&
          !is_one_transaction(script_, dialect_)) {
        throw placed.with_hint(
            "was an earlier attempt of this run cut off in this very statement, its effect may be there already: look, take it back, and "
            "resume");
      }
      throw placed;
    }
  }

  StepContext& context_;
  const std::string& store_;
  const SqlScript& script_;
  const SqlTask& task_;
  SqlDialect dialect_;
  store::Session& session_;
  std::vector<size_t> settings_;  // places of the statements that set the session, rising
  TaskRecord record_;
};

}  // namespace

TaskRecord run_sql_task(StepContext& context, const std::string& store, const SqlScript& script, const SqlTask& task) {
  TaskRecord record = SqlRun(context, store, script, task).run();
  // Whatever the script has set must not reach other steps.
  context.sessions.close_all();
  return record;
}

}  // namespace sluice::steps
