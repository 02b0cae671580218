#include "steps/load_mode.hpp"

#include <algorithm>

#include "steps/fields.hpp"
#include "steps/since.hpp"

namespace sluice::steps {
namespace {

/// The ledger's key of the emptying; no chunk.
constexpr int64_t kClearChunk = -3;

std::string mode_of(const plan::PlannedNode& node) { return text_field(node, "mode", "empty"); }

void require_keys(const catalog::Mapping& mapping, const plan::PlannedNode& node) {
  for (const auto& table : mapping.tables) {
    if (!table.key.empty()) continue;
    throw Error(Code::unsupported,
                node.path + ": " + table.source_table + " has no primary or unique key, so rows that are there can't be found",
                "leave the table out, or copy it with mode = \"replace\"");
  }
}

/// Tables that the map leaves out must not refer to rows that go: some stores would delete theirs as well.
void refuse_outer_references(plan::PlanContext& context, const catalog::Mapping& mapping, const plan::PlannedNode& node) {
  store::LookFilter filter;
  filter.schema = context.stores().at(mapping.to).schema;
  for (const catalog::Table& table : context.session(mapping.to).catalog(filter).tables) {
    if (mapping.find_target(table.name) != nullptr) continue;
    for (const catalog::ForeignKey& key : table.foreign_keys) {
      if (mapping.find_target(key.ref_table) == nullptr) continue;
      throw Error(Code::constraint,
                  node.path + ": " + table.name + " of \"" + mapping.to + "\" refers to " + key.ref_table + ", whose rows would be deleted",
                  "copy that table as well, drop the reference, or use mode = \"upsert\"");
    }
  }
}

/// Whether a failure of `node` comes while or after the step at `own` runs. A phase's failure is that of its children.
bool may_follow(const std::vector<const workflow::Node*>& order, size_t own, size_t node) {
  if (node >= own) return true;
  return order[node]->kind == workflow::NodeKind::phase && order[own]->path.rfind(order[node]->path + ".", 0) == 0;
}

/// A step that makes the tables: with its undo their rows are gone.
bool makes_tables(plan::PlanContext& context, const workflow::Node& node, const catalog::Mapping& mapping) {
  if (!node.action || node.action->word != "schema.create" || node.undo) return false;
  const auto* map = workflow::find_field(node.action->fields, "map")->as<workflow::MapRef>();
  return has_tables(context.mapping(map->index), mapping);
}

/// A rollback over rows that can't be told from others would say that they are gone, and resume would write them again.
void refuse_rollback(plan::PlanContext& context, const catalog::Mapping& mapping, const plan::PlannedNode& node) {
  const std::vector<const workflow::Node*> order = workflow::nodes_in_order(context.workflow());
  const auto index_of = [&](const std::string& path) {
    return static_cast<size_t>(std::find_if(order.begin(), order.end(), [&](const auto* each) { return each->path == path; }) - order.begin());
  };
  const size_t own = index_of(node.path);
  for (size_t i = 0; i < order.size(); ++i) {
    const auto& on_fail = order[i]->on_fail;
    if (!on_fail || on_fail->kind != workflow::OnFail::Kind::rollback_to || index_of(on_fail->node) > own || !may_follow(order, own, i)) continue;
    const auto is_maker = [&](const workflow::Node* each) { return makes_tables(context, *each, mapping); };
    if (std::any_of(order.begin() + static_cast<ptrdiff_t>(index_of(on_fail->node)), order.begin() + static_cast<ptrdiff_t>(own), is_maker)) continue;
    throw Error(Code::unsupported,
                node.path + ": mode = \"" + mode_of(node) + "\" has no undo, and " + order[i]->path + " rolls back to \"" + on_fail->node + "\"",
                "give the step an `undo` of its own, or let " + order[i]->path + " roll back to a later node");
  }
}

const workflow::Value* map_of(const workflow::Node& node) {
  const bool copies = node.action && node.action->word == "copy.tables";
  return copies ? workflow::find_field(node.action->fields, "map") : nullptr;
}

/// Rows that an earlier step of the workflow brings must outlive this one, and its undo.
void refuse_shared_tables(plan::PlanContext& context, const catalog::Mapping& mapping, const plan::PlannedNode& node) {
  for (const workflow::Node* other : workflow::nodes_in_order(context.workflow())) {
    if (other->path == node.path) return;
    const workflow::Value* map = map_of(*other);
    if (map == nullptr) continue;
    const catalog::Mapping& filled = context.mapping(map->as<workflow::MapRef>()->index);
    for (const auto& table : mapping.tables) {
      if (filled.to != mapping.to || filled.find_target(table.target_table) == nullptr) continue;
      throw Error(Code::invalid_argument,
                  node.path + ": " + other->path + " fills " + table.target_table + " already, and this step would begin with an empty one",
                  "give this step mode = \"append\" (or \"upsert\"), or leave the table out of one of the maps");
    }
  }
}

std::string effect_of(const std::string& mode) {
  if (mode == "append") return "adds to the rows that are there";
  if (mode == "replace") return "empties the tables before";
  if (mode == "upsert") return "rows whose key is there get the source's values";
  return "rows whose key is there stay as they are";
}

}  // namespace

bool has_tables(const catalog::Mapping& made, const catalog::Mapping& wanted) {
  return made.to == wanted.to && std::ranges::all_of(wanted.tables, [&](const auto& table) { return made.find_target(table.target_table) != nullptr; });
}

bool wants_empty_tables(const plan::PlannedNode& node) { return mode_of(node) == "empty"; }

bool replaces_rows(const plan::PlannedNode& node) { return mode_of(node) == "replace"; }

store::LoadMode load_mode(const plan::PlannedNode& node) {
  const std::string mode = mode_of(node);
  if (mode == "upsert") return store::LoadMode::upsert;
  return mode == "insert_missing" ? store::LoadMode::insert_missing : store::LoadMode::append;
}

void plan_load_mode(plan::PlanContext& context, const catalog::Mapping& mapping, plan::PlannedNode& node) {
  if (wants_empty_tables(node) || replaces_rows(node)) refuse_shared_tables(context, mapping, node);
  if (wants_empty_tables(node)) return;
  const std::string mode = mode_of(node);
  if (load_mode(node) != store::LoadMode::append) {
    if (!context.session(mapping.to).capabilities().has(SLUICE_CAN_UPSERT)) {
      throw Error(Code::unsupported, node.path + ": the store \"" + mapping.to + "\" can't look whether a row is there: mode = \"" + mode + "\"",
                  "copy into empty tables");
    }
    require_keys(mapping, node);
  }
  // Rows of before can't be told from the copied ones, or are gone.
  node.has_undo = !node.undo.empty();
  if (!node.has_undo) refuse_rollback(context, mapping, node);
  node.effects.push_back(effect_of(mode) + (node.has_undo ? "" : "; has no undo"));
  if (!replaces_rows(node)) return;
  refuse_outer_references(context, mapping, node);
  for (const auto& table : mapping.tables) node.effects.push_back("deletes the rows that " + table.target_table + " holds, at the start");
}

void clear_tables(StepContext& context) {
  const std::string& store = context.mapping().to;
  store::Session& session = context.session(store);
  store::Guard guard(session, context.run.fence(store), context.key("", kClearChunk));
  if (guard.already_done()) return;
  for (const auto& statement : session.ddl(context.mapping().target, "clear").statements) {
    context.cancel.check();
    session.execute(statement.sql);
  }
  // Chunks of before, under another mode, are gone with the rows.
  session.ledger_forget(context.run.run(), context.node.path, context.generation);
  forget_marks(context);
  guard.commit({});
}

}  // namespace sluice::steps
