#include "plan/make_plan.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "catalog/decide.hpp"
#include "catalog/existing_others.hpp"
#include "workflow/resolve.hpp"

namespace sluice::plan {
namespace {

using workflow::Node;
using workflow::NodeKind;

/// A length before each part, so that no two lists of parts are one text.
class HashInput {
 public:
  void add(const std::string& part) { text_ += std::to_string(part.size()) + ":" + part; }
  std::string hash() const { return sha256_hex(text_); }

 private:
  std::string text_;
};

std::string action_to_json(const workflow::Action& action) {
  return "{\"word\":\"" + action.word + "\",\"fields\":" + value_to_json(workflow::Value{action.fields}) + "}";
}

/// As the worker runs it: an action like any other, which must not turn out to be wrong when it is needed. What it
/// changes, the run must be allowed to change.
void plan_undo(const workflow::Action& undo, PlannedNode& node, PlanContext& context, const FindHook& find_hook) {
  PlannedNode twin = node;
  twin.path += "#undo";
  twin.word = undo.word;
  twin.fields = value_to_json(workflow::Value{undo.fields});
  twin.targets.clear();
  find_hook(undo.word)->plan(undo, context, twin);
  for (const std::string& target : twin.targets) {
    if (std::find(node.targets.begin(), node.targets.end(), target) == node.targets.end())
      node.targets.push_back(target);
  }
}

void plan_step(const Node& step, PlannedNode& node, PlanContext& context, const FindHook& find_hook) {
  node.word = step.action->word;
  node.fields = value_to_json(workflow::Value{step.action->fields});
  if (step.undo) {
    node.undo = action_to_json(*step.undo);
    node.has_undo = true;
    node.destroys.push_back("runs its undo: " + step.undo->word);
  }
  try {
    find_hook(node.word)->plan(*step.action, context, node);
    if (step.undo) plan_undo(*step.undo, node, context, find_hook);
  } catch (const Error& error) {
    throw error.where().empty() ? error.with_where(node.where + " (" + node.path + ")") : error;
  }
}

/// By path; keys and nodes are the workflow's.
std::unordered_map<std::string_view, const Node*> steps_by_path(const workflow::Workflow& workflow) {
  const std::vector<const Node*> nodes = workflow::nodes_in_order(workflow);
  std::unordered_map<std::string_view, const Node*> steps;
  steps.reserve(nodes.size());
  for (const Node* node : nodes) {
    if (node->kind == NodeKind::step) steps.emplace(node->path, node);
  }
  return steps;
}

void describe_stores(Plan& plan, PlanContext& context) {
  std::set<std::string> targets;
  for (const PlannedNode& node : plan.nodes) targets.insert(node.targets.begin(), node.targets.end());
  for (const auto& [name, bound] : context.stores().all()) {
    PlannedStore store;
    store.name = name;
    store.plugin = bound.store->plugin().manifest().name;
    store.plugin_version = bound.store->plugin().manifest().version;
    store.url = bound.url;
    store.schema = bound.schema;
    store.disposable = bound.disposable;
    store.is_target = targets.contains(name);
    if (store.is_target && bound.read_only) {
      throw Error(Code::permission, "store \"" + name + "\" is declared access = \"read\", and a step changes it",
                  "take `access` out or name another target", to_text(bound.spec->where));
    }
    store::Identity identity = context.session(name).identity();
    store.id = identity.id;
    store.version = identity.version;
    plan.stores.push_back(std::move(store));
  }
}

/// What changes with every row.
void forget_state(catalog::Catalog& catalog) {
  for (auto& table : catalog.tables) {
    table.rows = table.bytes = 0;
    for (auto& column : table.columns) {
      column.evidence.reset();
      column.next = 0;
    }
  }
}

/// What `plan` shows is what `run` does: everything shown but estimates, identities and scan counts is hashed.
std::string plan_hash(const Plan& plan) {
  HashInput input;
  input.add(plan.bundle_hash);
  for (const PlannedStore& store : plan.stores) {
    for (const std::string& part : {store.name, store.plugin, store.plugin_version, store.schema}) input.add(part);
  }
  for (catalog::Mapping mapping : plan.mappings) {
    for (auto& table : mapping.tables) {
      table.rows = table.bytes = 0;
      for (auto& column : table.columns) column.reason.clear();
    }
    forget_state(mapping.target);
    forget_state(mapping.expected);
    mapping.warnings.clear();
    input.add(catalog::mapping_to_json(mapping));
  }
  for (const PlannedNode& node : plan.nodes) {
    input.add(node.path);
    input.add(node.fields);
    // A sequence's start depends on the rows that are there when it is set.
    for (const auto& statement : node.statements) input.add(statement.kind == "sequence" ? statement.name : statement.sql);
  }
  return input.hash();
}

}  // namespace

PlanContext::PlanContext(const workflow::Workflow& workflow, const Stores& stores, Plan& plan)
    : workflow_(workflow), stores_(stores), plan_(plan) {
  plan_.mappings.resize(workflow.maps.size());
}

PlanContext::~PlanContext() = default;

store::Session& PlanContext::session(const std::string& name) {
  auto& session = sessions_[name];
  if (!session) session = stores_.at(name).store->open_session();
  return *session;
}

void PlanContext::refuse_same_store(const std::string& from, const std::string& to, const std::string& where) {
  std::string id = session(from).identity().id;
  if (id.empty() || id != session(to).identity().id) return;
  const bool same_schema = stores_.at(from).schema == stores_.at(to).schema;
  if (!same_schema) return;
  throw Error(Code::invalid_argument, "\"" + from + "\" and \"" + to + "\" are the same database (" + id + ")",
              "a map needs two different stores, or two different schemas of one", where);
}

/// A condition is in the source's own language: only the source can tell that it is wrong, and shall do so before anything is made.
void PlanContext::try_conditions(const catalog::MapSpec& spec, const catalog::Mapping& mapping) {
  for (const catalog::TableMapping& table : mapping.tables) {
    if (table.where.empty()) continue;
    store::ReadSpec read;
    read.schema = table.source_schema;
    read.table = table.source_table;
    read.columns = {table.before_transforms().columns.front().source};
    read.where = table.where;
    read.batch_rows = 1;
    try {
      session(spec.from).read(read)->next();
    } catch (const Error& error) {
      throw error.with_prefix("map: where[\"" + table.source_table + "\"]: ").with_where(spec.where);
    }
  }
}

namespace {

bool keeps_rejects(const workflow::Workflow& workflow, size_t map) {
  for (const workflow::Node* node : workflow::nodes_in_order(workflow)) {
    if (!node->action || workflow::find_field(node->action->fields, "rejects") == nullptr) continue;
    const workflow::Value* used = workflow::find_field(node->action->fields, "map");
    const auto* ref = used == nullptr ? nullptr : used->as<workflow::MapRef>();
    if (ref != nullptr && ref->index == map) return true;
  }
  return false;
}

}  // namespace

catalog::Mapping PlanContext::decide_new(const catalog::Catalog& source, const catalog::MapSpec& spec) {
  store::Session& target = session(spec.to);
  auto ask = [&](const catalog::Catalog& wanted) { return target.ddl(wanted, "tables"); };
  return catalog::decide_mapping(source, spec, stores_.at(spec.to).schema, ask);
}

catalog::Mapping PlanContext::fit_existing(const catalog::Catalog& source, const catalog::MapSpec& spec) {
  const std::string& language = stores_.at(spec.to).store->plugin().manifest().language;
  if (language.empty()) {
    throw Error(Code::unsupported, "map: tables_exist: \"" + spec.to + "\" is no database, its files hold rows and no definitions",
                "take tables_exist out and let schema.create make them", spec.where);
  }
  store::LookFilter look;
  look.schema = stores_.at(spec.to).schema;
  catalog::Catalog there = session(spec.to).catalog(look);
  // MySQL takes a text for any type of its own.
  if (language == "mysql") std::erase_if(there.notes, [](const std::string& note) { return note.ends_with(catalog::kShownAsText); });
  return catalog::decide_existing(source, spec, there);
}

const catalog::Mapping& PlanContext::mapping(size_t map) {
  if (decided_[map]) return plan_.mappings[map];
  catalog::MapSpec spec = workflow_.maps.at(map);
  spec.keeps_rejects = keeps_rejects(workflow_, map);
  spec.same_kind = stores_.at(spec.from).store->plugin().manifest().name == stores_.at(spec.to).store->plugin().manifest().name;
  refuse_same_store(spec.from, spec.to, spec.where);
  store::LookFilter filter;
  filter.schema = stores_.at(spec.from).schema;
  filter.evidence = true;
  filter.views = spec.views;
  filter.rejects = spec.keeps_rejects;
  catalog::Catalog source = session(spec.from).catalog(filter);
  plan_.mappings[map] = spec.tables_exist ? fit_existing(source, spec) : decide_new(source, spec);
  try_conditions(spec, plan_.mappings[map]);
  plan_.mappings[map].from = spec.from;
  plan_.mappings[map].to = spec.to;
  for (const std::string& warning : plan_.mappings[map].warnings) warn(warning);
  decided_[map] = true;
  return plan_.mappings[map];
}

catalog::Ddl PlanContext::ddl(size_t map, const std::string& stage) {
  const catalog::Mapping& mapping = this->mapping(map);
  catalog::Ddl ddl = session(mapping.to).ddl(mapping.target, stage);
  for (const std::string& warning : ddl.warnings) warn(warning);
  return ddl;
}

void PlanContext::warn(const std::string& text) {
  for (const std::string& known : plan_.warnings) {
    if (known == text) return;
  }
  plan_.warnings.push_back(text);
}

std::string bundle_hash(const workflow::Workflow& workflow) {
  HashInput input;
  input.add(workflow.main_file);
  for (const auto& [path, bytes] : workflow.files) {
    input.add(path);
    input.add(bytes);
  }
  for (const auto& param : workflow.params) {
    input.add(param.name);
    input.add(param.value);
  }
  return input.hash();
}

Plan make_plan(const workflow::Workflow& workflow, const Stores& stores, const FindHook& find_hook) {
  Plan plan;
  plan.workflow = workflow.name;
  plan.title = workflow.title;
  plan.params = workflow.params;
  plan.bundle_hash = bundle_hash(workflow);
  plan.nodes = make_graph(workflow);
  PlanContext context(workflow, stores, plan);
  const auto steps = steps_by_path(workflow);
  std::optional<workflow::MetricScope> scope;
  for (PlannedNode& node : plan.nodes) {
    if (node.kind == NodeKind::step) plan_step(*steps.at(node.path), node, context, find_hook);
    if (node.criterion.empty()) continue;
    if (!scope) scope.emplace(workflow);
    node.reads = workflow::Criterion(node.criterion, scope->at(node.path)).metrics();
  }
  describe_stores(plan, context);
  plan.hash = plan_hash(plan);
  return plan;
}

}  // namespace sluice::plan
