#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "plan/plan.hpp"

namespace sluice::plan {
namespace {

using nlohmann::json;
using workflow::NodeKind;
using workflow::OnFail;

json store_to_json(const PlannedStore& store) {
  return {{"name", store.name},     {"plugin", store.plugin},   {"plugin_version", store.plugin_version},
          {"url", store.url},       {"schema", store.schema},   {"id", store.id},
          {"version", store.version}, {"disposable", store.disposable}, {"is_target", store.is_target}};
}

PlannedStore store_from_json(const json& j) {
  PlannedStore store;
  store.name = j.at("name");
  store.plugin = j.at("plugin");
  store.plugin_version = j.at("plugin_version");
  store.url = j.at("url");
  store.schema = j.at("schema");
  store.id = j.at("id");
  store.version = j.at("version");
  store.disposable = j.at("disposable");
  store.is_target = j.at("is_target");
  return store;
}

json statements_to_json(const std::vector<catalog::Statement>& statements) {
  catalog::Ddl ddl;
  ddl.statements = statements;
  return json::parse(catalog::ddl_to_json(ddl)).at("statements");
}

std::vector<catalog::Statement> statements_from_json(const json& j) {
  json ddl = {{"statements", j}, {"columns", json::array()}, {"warnings", json::array()}};
  return catalog::ddl_from_json(ddl.dump()).statements;
}

json on_fail_to_json(const std::optional<OnFail>& on_fail) {
  if (!on_fail) return nullptr;
  return {{"kind", static_cast<int>(on_fail->kind)}, {"node", on_fail->node}};
}

std::optional<OnFail> on_fail_from_json(const json& j) {
  if (j.is_null()) return std::nullopt;
  return OnFail{static_cast<OnFail::Kind>(j.at("kind").get<int>()), j.at("node")};
}

/// Empty members are left out: plans of ten thousand steps are written and read often.
json node_to_json(const PlannedNode& node) {
  json j = {{"path", node.path}, {"kind", static_cast<int>(node.kind)}, {"where", node.where}, {"after", node.after}};
  auto put = [&](const char* name, const auto& value) {
    if (!value.empty()) j[name] = value;
  };
  put("title", node.title);
  put("note", node.note);
  put("word", node.word);
  put("fields", node.fields);
  put("undo", node.undo);
  put("targets", node.targets);
  put("sources", node.sources);
  put("criterion", node.criterion);
  put("check", node.check);
  put("reads", node.reads);
  put("effects", node.effects);
  put("destroys", node.destroys);
  if (node.map >= 0) j["map"] = node.map;
  if (node.workers != 1) j["workers"] = node.workers;
  if (node.has_undo) j["has_undo"] = true;
  if (node.is_probed) j["is_probed"] = true;
  if (node.timeout.count() != 0) j["timeout_ms"] = node.timeout.count();
  if (node.on_fail) j["on_fail"] = on_fail_to_json(node.on_fail);
  if (!node.statements.empty()) j["statements"] = statements_to_json(node.statements);
  j["retry"] = {node.retry.times, node.retry.wait.count(), node.retry.cap.count()};
  return j;
}

PlannedNode node_from_json(const json& j) {
  PlannedNode node;
  auto get = [&](const char* name, auto& value) {
    if (auto found = j.find(name); found != j.end()) found->get_to(value);
  };
  get("path", node.path);
  node.kind = static_cast<NodeKind>(j.at("kind").get<int>());
  get("where", node.where);
  get("after", node.after);
  get("title", node.title);
  get("note", node.note);
  get("word", node.word);
  get("fields", node.fields);
  get("undo", node.undo);
  get("targets", node.targets);
  get("sources", node.sources);
  get("criterion", node.criterion);
  get("check", node.check);
  get("reads", node.reads);
  get("effects", node.effects);
  get("destroys", node.destroys);
  get("map", node.map);
  get("workers", node.workers);
  get("has_undo", node.has_undo);
  get("is_probed", node.is_probed);
  int64_t timeout_ms = 0;
  get("timeout_ms", timeout_ms);
  node.timeout = std::chrono::milliseconds(timeout_ms);
  node.on_fail = on_fail_from_json(j.value("on_fail", json()));
  if (j.contains("statements")) node.statements = statements_from_json(j.at("statements"));
  const json& retry = j.at("retry");
  node.retry.times = retry.at(0);
  node.retry.wait = std::chrono::milliseconds(retry.at(1).get<int64_t>());
  node.retry.cap = std::chrono::milliseconds(retry.at(2).get<int64_t>());
  return node;
}

json params_to_json(const std::vector<workflow::Param>& params) {
  json list = json::array();
  for (const auto& param : params) {
    list.push_back({{"name", param.name}, {"type", param.type}, {"value", param.value}, {"origin", param.origin}});
  }
  return list;
}

std::vector<workflow::Param> params_from_json(const json& j) {
  std::vector<workflow::Param> params;
  for (const json& param : j) params.push_back({param.at("name"), param.at("type"), param.at("value"), param.at("origin")});
  return params;
}

}  // namespace

std::string plan_to_json(const Plan& plan) {
  json j = {{"workflow", plan.workflow},       {"title", plan.title}, {"params", params_to_json(plan.params)},
            {"warnings", plan.warnings},       {"hash", plan.hash},   {"bundle_hash", plan.bundle_hash},
            {"mappings", json::array()},       {"stores", json::array()}, {"nodes", json::array()}};
  for (const auto& store : plan.stores) j["stores"].push_back(store_to_json(store));
  for (const auto& mapping : plan.mappings) j["mappings"].push_back(json::parse(catalog::mapping_to_json(mapping)));
  for (const auto& node : plan.nodes) j["nodes"].push_back(node_to_json(node));
  return j.dump();
}

Plan plan_from_json(const std::string& text) {
  try {
    json j = json::parse(text);
    Plan plan;
    plan.workflow = j.at("workflow");
    plan.title = j.at("title");
    plan.params = params_from_json(j.at("params"));
    plan.warnings = j.at("warnings");
    plan.hash = j.at("hash");
    plan.bundle_hash = j.at("bundle_hash");
    for (const json& store : j.at("stores")) plan.stores.push_back(store_from_json(store));
    for (const json& mapping : j.at("mappings")) plan.mappings.push_back(catalog::mapping_from_json(mapping.dump()));
    plan.nodes.reserve(j.at("nodes").size());
    for (const json& node : j.at("nodes")) plan.nodes.push_back(node_from_json(node));
    return plan;
  } catch (const json::exception& error) {
    throw Error(Code::internal, std::string("the plan kept with the run cannot be read: ") + error.what());
  }
}

}  // namespace sluice::plan
