#include "steps/schema_check.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/units.hpp"
#include "catalog/compare_schema.hpp"
#include "steps/guarded.hpp"

namespace sluice::steps {
namespace {

using catalog::SchemaPart;
using nlohmann::json;

constexpr std::array<std::pair<SchemaPart, const char*>, 6> kParts = {{{SchemaPart::tables, "tables"},
                                                                       {SchemaPart::columns, "columns"},
                                                                       {SchemaPart::types, "types"},
                                                                       {SchemaPart::nullability, "nullability"},
                                                                       {SchemaPart::keys, "keys"},
                                                                       {SchemaPart::indexes, "indexes"}}};

json to_json(const catalog::TableSchema& table) {
  json out = {{"table", table.table}, {"mismatches", table.differences.size()}, {"texts", json::array()}, {"notes", table.notes}};
  for (const auto& [part, name] : kParts) {
    int64_t count = 0;
    for (const auto& difference : table.differences) count += difference.part == part ? 1 : 0;
    out[name] = count;
  }
  for (const auto& difference : table.differences) out["texts"].push_back(difference.text);
  return out;
}

/// In the form of the proofs' differences, without rows.
json difference_of(const json& table) {
  json notes = table.at("texts");
  for (const json& note : table.at("notes")) notes.push_back(note);
  return {{"table", table.at("table")},
          {"source_rows", 0},
          {"target_rows", 0},
          {"missing", 0},
          {"extra", 0},
          {"changed", 0},
          {"duplicated", 0},
          {"sampled", 0},
          {"verdict", "MISMATCH"},
          {"notes", notes},
          {"rows", json::array()}};
}

}  // namespace

void SchemaCheck::plan(const workflow::Action& action, plan::PlanContext& context, plan::PlannedNode& node) const {
  const catalog::Mapping& mapping = plan_map(action, context, node);
  node.effects = {"compares " + count_of(static_cast<int64_t>(mapping.tables.size()), "table") + " of " + mapping.to +
                  " with what the map needs"};
}

TaskRecord SchemaCheck::run(StepContext& context, const Task&) const {
  const catalog::Mapping& mapping = context.mapping();
  store::Session& target = context.session(mapping.to);
  CancelScope scope(context.cancel, target);
  store::LookFilter look;
  look.schema = context.run.stores().at(mapping.to).schema;
  json tables = json::array();
  const auto ask = [&](const catalog::Catalog& wanted, const std::string& stage) { return target.ddl(wanted, stage); };
  for (const auto& table : catalog::compare_schema(mapping, target.catalog(look), ask)) tables.push_back(to_json(table));
  TaskRecord record;
  record.detail = json{{"schema", tables}}.dump(-1, ' ', false, json::error_handler_t::replace);
  return record;
}

Conclusion SchemaCheck::conclude(StepContext& context) const {
  Conclusion conclusion;
  json differences = json::array();
  int64_t count = 0;
  int64_t tables = 0;
  for (const TaskRecord& record : context.records) {
    const json detail = json::parse(record.detail);
    for (const json& table : detail.at("schema")) {
      ++tables;
      const auto publish = [&](const char* name) {
        conclusion.metrics[name].tables[table.at("table")] = workflow::MetricValue{true, table.at(name).get<int64_t>(), 1, 0};
      };
      publish("mismatches");
      for (const auto& [part, name] : kParts) publish(name);
      if (table.at("mismatches") == 0) continue;
      count += table.at("mismatches").get<int64_t>();
      differences.push_back(difference_of(table));
    }
  }
  conclusion.differences = differences.dump();
  // Equal definitions prove nothing about content: a run's MATCH comes from verify.content alone.
  if (count > 0) conclusion.verdict = "MISMATCH";
  conclusion.summary = count == 0 ? "MATCH: " + count_of(tables, "table")
                                  : "MISMATCH: " + count_of(count, "difference") + " in " + std::to_string(differences.size()) + " of " +
                                        count_of(tables, "table");
  return conclusion;
}

}  // namespace sluice::steps
