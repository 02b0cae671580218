#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "workflow/words.hpp"
#include "workflow/workflow.hpp"

namespace sluice::script {

/// What a word's call returned to Lua: a userdata that can be passed on and placed, nothing else.
enum class ItemKind : uint32_t { param = 1, map, action, node, store, secret, rollback, nothing, pending, workflow, cast };

/// The content of that userdata: which list of Items, and where in it.
struct Handle {
  ItemKind kind = ItemKind::nothing;
  uint32_t index = 0;
};

struct ParamDeclaration {
  std::string type;  ///< "text", "path", ...
  std::optional<std::string> fallback;
  workflow::Location where;
};

/// `step "name"` before its table came.
struct Pending {
  const workflow::Word* word = nullptr;
  std::string name;
  workflow::Location where;
};

struct NodeItem {
  workflow::Node node;
  bool is_placed = false;
};

/// Everything a script has made so far.
struct Items {
  std::vector<ParamDeclaration> params;
  std::deque<workflow::Action> actions;
  std::deque<NodeItem> nodes;
  std::vector<workflow::StoreSpec> stores;
  std::vector<std::string> secrets;
  std::vector<std::string> rollbacks;
  std::deque<Pending> pendings;
  std::vector<catalog::CastCall> casts;
  std::vector<catalog::MapSpec> maps;
  std::vector<workflow::Param> values;  ///< of params
  bool has_params = false;
  std::optional<workflow::Workflow> workflow;
};

}  // namespace sluice::script
