#include "steps/load_mode.hpp"

#include "steps/fields.hpp"

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

std::string effect_of(const std::string& mode) {
  if (mode == "append") return "adds to the rows that are there";
  if (mode == "replace") return "empties the tables before";
  if (mode == "upsert") return "rows whose key is there get the source's values";
  return "rows whose key is there stay as they are";
}

}  // namespace

bool wants_empty_tables(const plan::PlannedNode& node) { return mode_of(node) == "empty"; }

bool replaces_rows(const plan::PlannedNode& node) { return mode_of(node) == "replace"; }

store::LoadMode load_mode(const plan::PlannedNode& node) {
  const std::string mode = mode_of(node);
  if (mode == "upsert") return store::LoadMode::upsert;
  return mode == "insert_missing" ? store::LoadMode::insert_missing : store::LoadMode::append;
}

void plan_load_mode(plan::PlanContext& context, const catalog::Mapping& mapping, plan::PlannedNode& node) {
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
  node.has_undo = false;
  node.effects.push_back(effect_of(mode) + "; has no undo");
  if (!replaces_rows(node)) return;
  for (const auto& table : mapping.tables) node.destroys.push_back("deletes the rows that " + table.target_table + " holds, at the start");
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
  guard.commit({});
}

}  // namespace sluice::steps
