#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/map_spec.hpp"
#include "workflow/value.hpp"

namespace sluice::workflow {

enum class NodeKind { phase = 1, step, gate, parallel };
const char* to_text(NodeKind kind);

/// An action as written: its word ("copy.tables") and fields, checked against the table of words.
struct Action {
  std::string word;
  Value::Object fields;
  Location where;
};

/// Retry of a step or of its tasks: exponential backoff from `wait`, capped, with full jitter.
struct Retry {
  int times = 0;
  std::chrono::milliseconds wait{1000};
  std::chrono::milliseconds cap{60000};
};

/// What happens when a gate or a step fails. abort leaves things as they are, resumable.
struct OnFail {
  enum class Kind { abort = 1, rollback_to } kind = Kind::abort;
  std::string node;  ///< path of the node to roll back to; that node itself is undone, too
};

/// A phase, step, gate or parallel group. Written order is execution order. A parallel group has no name of its own: its path
/// is its phase's, its children's paths are PHASE.CHILD.
struct Node {
  NodeKind kind = NodeKind::step;
  std::string name;
  std::string path;
  Location where;
  std::string title;
  std::string note;
  std::vector<Node> children;               ///< phase, parallel
  std::optional<Action> action;             ///< step
  std::optional<Action> undo;               ///< step: a compensation of the team's own
  std::optional<Retry> retry;               ///< step
  std::chrono::milliseconds timeout{0};     ///< step; 0: none
  std::string criterion;                    ///< gate
  std::optional<FunctionRef> check;         ///< gate
  std::optional<OnFail> on_fail;            ///< phase, step, gate; the nearest one counts
  std::optional<std::vector<std::string>> after;  ///< phase: names of phases; none: after the one before it
};

/// A store as declared: plugin name and options; option values are texts or secrets.
struct StoreSpec {
  std::string name;
  std::string plugin;
  Value::Object options;
  Location where;
};

/// A param with its value and where that came from: "default", "--param", "--params FILE", "environment NAME".
struct Param {
  std::string name;
  std::string type;
  std::string value;  ///< as text
  std::string origin;
};

/// A workflow: pure description. Loading it had no effect on anything.
struct Workflow {
  std::string name;
  std::string title;
  std::vector<Param> params;
  std::map<std::string, StoreSpec> stores;
  std::vector<catalog::MapSpec> maps;
  std::vector<Node> phases;
  /// The bundle: relative path to bytes of every file that loading read.
  std::map<std::string, std::string> files;
  std::string main_file;

  /// By path; nullptr where there is none.
  const Node* find(const std::string& path) const;
};

/// Every node, parents before their children, in written order. The pointers live as long as the workflow is not changed.
std::vector<const Node*> nodes_in_order(const Workflow& workflow);

}  // namespace sluice::workflow
