#include "steps/action.hpp"

#include <utility>

namespace sluice::steps {

RunContext::RunContext(const workflow::Workflow& workflow, const plan::Plan& plan, const plan::Stores& stores,
                       std::string run, size_t workers)
    : workflow_(workflow), plan_(plan), stores_(stores), run_(std::move(run)), workers_(workers) {}

void RunContext::set_fence(const std::string& store, const store::Fence& fence) {
  std::lock_guard lock(mutex_);
  fences_[store] = fence;
}

store::Fence RunContext::fence(const std::string& store) const {
  std::lock_guard lock(mutex_);
  auto found = fences_.find(store);
  if (found == fences_.end()) throw Error(Code::internal, "the run has no fence for \"" + store + "\"");
  return found->second;
}

void RunContext::expect_state(const std::string& store, const std::string& state) {
  std::lock_guard lock(mutex_);
  expected_states_[store] = state;
}

std::vector<std::pair<std::string, std::string>> RunContext::take_new_states() {
  std::lock_guard lock(mutex_);
  return std::exchange(new_states_, {});
}

store::LookFilter source_filter(const plan::Plan& plan, const plan::Stores& stores, const std::string& name) {
  store::LookFilter filter;
  filter.schema = stores.at(name).schema;
  for (const auto& mapping : plan.mappings) {
    if (mapping.from != name) continue;
    if (mapping.has_views) return {.schema = filter.schema};
    for (const auto& table : mapping.tables) filter.tables.push_back(table.source_table);
  }
  return filter;
}

namespace {

[[noreturn]] void refuse_changed_source(const std::string& store, const std::vector<std::string>& changes) {
  std::string text;
  for (const std::string& change : changes) text += (text.empty() ? "" : "; ") + change;
  throw Error(Code::conflict, "the source \"" + store + "\" has changed since this run began to read it: " + text,
              "restore it as it was, or roll the copy back and run it again (sluice rollback RUN --to NODE)")
      .with_sqlstate("SL003");
}

}  // namespace

void check_source_state(const std::string& store, const std::string& before, const std::string& now) {
  auto changes = copy::state_changes(before, now);
  if (!changes.empty()) refuse_changed_source(store, changes);
}

Throttle* RunContext::throttle(const std::string& node, int64_t per_second) {
  if (per_second <= 0) return nullptr;
  const std::lock_guard lock(mutex_);
  auto& throttle = throttles_[node];
  if (throttle == nullptr) throttle = std::make_unique<Throttle>(per_second);
  return throttle.get();
}

copy::RejectLimit* RunContext::rejects(const std::string& node, const std::function<std::unique_ptr<copy::RejectLimit>()>& make) {
  const std::lock_guard lock(mutex_);
  auto& limit = rejects_[node];
  if (limit == nullptr) limit = make();
  return limit.get();
}

copy::Snapshot& RunContext::snapshot(const std::string& store) {
  std::lock_guard lock(mutex_);
  auto& snapshot = snapshots_[store];
  if (snapshot) return *snapshot;
  auto fresh = std::make_unique<copy::Snapshot>(*stores_.at(store).store, source_filter(plan_, stores_, store), workers_);
  if (auto expected = expected_states_.find(store); expected != expected_states_.end()) {
    check_source_state(store, expected->second, fresh->state());
  } else {
    new_states_.emplace_back(store, fresh->state());
    expected_states_[store] = fresh->state();
  }
  snapshot = std::move(fresh);
  return *snapshot;
}

void RunContext::reopen_reader(const std::string& store, size_t worker) {
  std::lock_guard lock(mutex_);
  if (auto& snapshot = snapshots_[store]) snapshot->reopen(worker);
}

const catalog::Mapping& StepContext::mapping() const {
  if (node.map < 0) throw Error(Code::internal, node.path + " has no map");
  return run.plan().mappings.at(static_cast<size_t>(node.map));
}

workflow::TableTransform* StepContext::transform(const catalog::TableMapping& table) const {
  if (!table.has_transforms()) return nullptr;
  if (transforms == nullptr) throw Error(Code::internal, node.path + ": nobody runs the functions of the map");
  return transforms->find(static_cast<size_t>(node.map), table);
}

store::WorkKey StepContext::key(const std::string& table, int64_t chunk) const {
  store::WorkKey key;
  key.run = run.run();
  key.node = node.path;
  key.table = table;
  key.generation = generation;
  key.chunk = chunk;
  return key;
}

Expansion Action::expand(StepContext&) const {
  Expansion expansion;
  Task task;
  task.id = "do";
  expansion.tasks.push_back(task);
  return expansion;
}

Conclusion Action::conclude(StepContext&) const { return {}; }

UndoReport Action::undo(StepContext& context) const {
  throw Error(Code::unsupported, context.node.word + " has no undo", "give the step an `undo` of your own");
}

}  // namespace sluice::steps
