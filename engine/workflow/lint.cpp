#include "workflow/lint.hpp"

#include <set>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "workflow/phase_order.hpp"
#include "workflow/resolve.hpp"
#include "workflow/words.hpp"

namespace sluice::workflow {
namespace {

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

/// "; did you mean "copy"?", or what there is.
std::string suggest(const std::string& word, const std::vector<std::string>& known, const std::string& none) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return "; did you mean " + quoted(near) + "?";
  if (known.empty()) return "; " + none;
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  return "; there are: " + list;
}

/// Where a node stands: its phase, and its number in written order with the number of its last descendant.
struct Place {
  size_t phase = 0;
  size_t first = 0;
  size_t last = 0;
};

class Linter {
 public:
  explicit Linter(const Workflow& workflow) : workflow_(workflow), waited_for_(phases_waited_for(workflow)) {}

  std::vector<Fault> run() {
    check_phases();
    check_after();
    if (faults_.empty()) check_cycle();
    check_maps();
    check_nodes();
    if (faults_.empty()) check_gates();
    return std::move(faults_);
  }

 private:
  void add(const Location& where, const std::string& word, const std::string& message) {
    faults_.push_back({where, word, message});
  }

  void check_phases() {
    if (workflow_.phases.empty())
      add({workflow_.main_file, 0}, "workflow",
          "workflow " + quoted(workflow_.name) + " has no phases, so it does nothing");
    std::unordered_map<std::string, const Node*> seen;
    for (size_t i = 0; i < workflow_.phases.size(); ++i) {
      const Node& phase = workflow_.phases[i];
      check_name(phase, seen);
      const size_t first = next_number_++;
      std::unordered_map<std::string, const Node*> children;
      check_children(phase, i, children);
      places_[phase.path] = {i, first, next_number_ - 1};
      names_.push_back(phase.name);
    }
  }

  void check_name(const Node& node, std::unordered_map<std::string, const Node*>& seen) {
    const auto [first, is_new] = seen.emplace(node.name, &node);
    if (is_new) return;
    const Node& other = *first->second;
    add(node.where, node.name,
        std::string(to_text(node.kind)) + " " + quoted(node.name) + ": the name is taken by the " +
            to_text(other.kind) + " at " + to_text(other.where) + "; names are unique among neighbours, rename one");
  }

  /// Children of a parallel group share their phase's names.
  void check_children(const Node& parent, size_t phase, std::unordered_map<std::string, const Node*>& seen) {
    if (parent.children.empty()) {
      const std::string what = parent.kind == NodeKind::parallel
                                   ? "parallel"
                                   : std::string(to_text(parent.kind)) + " " + quoted(parent.name);
      add(parent.where, to_text(parent.kind), what + " has no steps or gates; write some, or leave it away");
    }
    for (const Node& child : parent.children) {
      if (child.kind == NodeKind::parallel) {
        check_children(child, phase, seen);
        continue;
      }
      check_name(child, seen);
      places_[child.path] = {phase, next_number_, next_number_};
      ++next_number_;
    }
  }

  void check_after() {
    for (const Node& phase : workflow_.phases) {
      for (const std::string& name : phase.after.value_or(std::vector<std::string>{})) {
        const auto found = places_.find(name);
        const bool is_phase = found != places_.end() && workflow_.phases[found->second.phase].name == name;
        if (is_phase) continue;
        add(phase.where, name,
            "phase " + quoted(phase.name) + ": after names an unknown phase " + quoted(name) +
                suggest(name, names_, "there are none"));
      }
    }
  }

  void check_cycle() {
    const std::vector<std::string> cycle = find_phase_cycle(workflow_);
    if (cycle.empty()) return;
    std::string path;
    for (const std::string& name : cycle) path += (path.empty() ? "" : " -> ") + name;
    const Node& phase = workflow_.phases[places_[cycle.front()].phase];
    add(phase.where, phase.name,
        "the phases wait for each other in a cycle: " + path + "; take one of them out of an after = { ... }");
  }

  bool check_store(const Location& where, const std::string& what, const std::string& name) {
    if (workflow_.stores.count(name) > 0) return true;
    std::vector<std::string> known;
    for (const auto& [store, spec] : workflow_.stores) known.push_back(store);
    add(where, name,
        what + ": unknown store " + quoted(name) +
            suggest(name, known, "the workflow declares none: stores = { " + name + " = store \"...\" { ... } }"));
    return false;
  }

  void check_maps() {
    for (const catalog::MapSpec& map : workflow_.maps) {
      const Location where = location_from_text(map.where);
      check_store(where, "map from", map.from);
      check_store(where, "map to", map.to);
      if (map.from == map.to)
        add(where, map.to,
            "map: from and to are the same store " + quoted(map.to) + "; a map goes from one store to another");
    }
  }

  void check_nodes() {
    for (const Node* node : nodes_in_order(workflow_)) {
      if (node->action) check_action(*node, *node->action);
      if (node->undo) check_undo(*node, *node->undo);
      if (node->on_fail) check_on_fail(*node);
    }
  }

  void check_action(const Node& step, const Action& action) {
    const Word* word = find_word(action.word);
    if (!word) return;
    const std::string what = "step " + quoted(step.path) + ": " + action.word;
    for (const FieldSpec& field : word->fields) {
      const Value* value = find_field(action.fields, field.name);
      if (!value) continue;
      if (field.type == FieldType::store) check_store(action.where, what, value->as_text());
      if (const MapRef* map = value->as<MapRef>()) check_access(action, what, workflow_.maps.at(map->index));
    }
  }

  void check_undo(const Node& step, const Action& undo) {
    check_action(step, undo);
    const Value* autocommit = find_field(undo.fields, "autocommit");
    if (!autocommit || !autocommit->as_boolean()) return;
    add(undo.where, undo.word,
        "step " + quoted(step.path) + ": undo: " + undo.word +
            " with autocommit would run its statements again after a kill; take autocommit out, so that they run once");
  }

  void check_access(const Action& action, const std::string& what, const catalog::MapSpec& map) {
    static const std::set<std::string> kWriters = {"schema.create", "schema.finish", "copy.tables"};
    const auto store = workflow_.stores.find(map.to);
    if (kWriters.count(action.word) == 0 || store == workflow_.stores.end()) return;
    const Value* access = find_field(store->second.options, "access");
    if (!access || access->as_text() != "read") return;
    add(action.where, action.word,
        what + " writes to store " + quoted(map.to) + ", which is declared access = \"read\" (" +
            to_text(store->second.where) + "); is the map the wrong way round?");
  }

  void check_on_fail(const Node& node) {
    if (node.on_fail->kind != OnFail::Kind::rollback_to) return;
    const std::string& target = node.on_fail->node;
    const std::string what = std::string(to_text(node.kind)) + " " + quoted(node.path) + ": rollback_to";
    const auto found = places_.find(target);
    if (found == places_.end()) {
      std::vector<std::string> known;
      for (const Node* other : nodes_in_order(workflow_)) {
        if (other->kind != NodeKind::parallel) known.push_back(other->path);
      }
      if (known.size() > kMostListed && nearest(target, known).empty()) known.clear();
      add(node.where, target,
          what + " names an unknown node " + quoted(target) + suggest(target, known, "write PHASE or PHASE.STEP"));
      return;
    }
    if (is_reached_before(found->second, places_.at(node.path))) return;
    add(node.where, target,
        what + " " + quoted(target) +
            ": that node need not have run when this one fails; name one that comes before it");
  }

  bool is_reached_before(const Place& target, const Place& node) const {
    if (target.phase == node.phase) return target.first <= node.last;
    return phases_before(waited_for_, node.phase)[target.phase];
  }

  void check_gates() {
    std::optional<MetricScope> scope;
    for (const Node* node : nodes_in_order(workflow_)) {
      if (node->kind != NodeKind::gate || node->check) continue;
      if (!scope) scope.emplace(workflow_);
      try {
        Criterion(node->criterion, scope->at(node->path));
      } catch (const Error& error) {
        add(node->where, "", "gate " + quoted(node->path) + ": " + error.message());
      }
    }
  }

  static constexpr size_t kMostListed = 20;

  const Workflow& workflow_;
  std::vector<std::vector<size_t>> waited_for_;
  std::vector<Fault> faults_;
  std::vector<std::string> names_;  ///< of phases
  std::unordered_map<std::string, Place> places_;
  size_t next_number_ = 0;
};

}  // namespace

std::vector<Fault> lint(const Workflow& workflow) { return Linter(workflow).run(); }

}  // namespace sluice::workflow
