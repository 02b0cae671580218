#include "steps/opening.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "copy/convert.hpp"
#include "steps/fields.hpp"

namespace sluice::steps {
namespace {

using nlohmann::json;

std::string to_json(const Opening& opening) {
  json bounds = json::parse(store::to_json(opening.cuts));
  if (opening.since) bounds["since"] = json::parse(to_json(*opening.since));
  return bounds.dump();
}

Opening opening_from_json(const std::string& text) {
  const json bounds = json::parse(text);
  Opening opening{store::cuts_from_json(text), {}};
  if (const auto since = bounds.find("since"); since != bounds.end()) opening.since = since_from_json(since->dump());
  return opening;
}

store::ReadSpec table_spec(const catalog::TableMapping& table) {
  store::ReadSpec spec;
  spec.schema = table.source_schema;
  spec.table = table.source_table;
  spec.columns = copy::column_names(table, copy::Side::source);
  spec.where = table.where;
  return spec;
}

std::optional<Opening> find_opening(StepContext& context, const catalog::TableMapping& table) {
  const auto row = context.session(context.mapping().to).guard_probe(context.key(table.target_table, kOpeningChunk));
  return row ? std::optional(opening_from_json(row->result.bounds)) : std::nullopt;
}

}  // namespace

Opening open_table(StepContext& context, const catalog::TableMapping& table, int64_t chunk_rows) {
  if (auto found = find_opening(context, table)) return *found;
  Opening opening;
  opening.since = look_since(context, table);
  const catalog::TableMapping taken = opening.since ? taken_since(context, table, *opening.since) : table;
  const int64_t rows = opening.since ? opening.since->rows : table.rows;
  const int64_t wanted = std::max<int64_t>(1, (rows + chunk_rows - 1) / chunk_rows);
  opening.cuts = context.reader(context.mapping().from).plan_chunks(table_spec(taken), wanted);
  const std::string& target = context.mapping().to;
  store::Guard guard(context.session(target), context.run.fence(target), context.key(table.target_table, kOpeningChunk));
  if (guard.already_done()) return read_opening(context, table);
  store::WorkResult result;
  result.bounds = to_json(opening);
  guard.commit(result);
  return opening;
}

Opening read_opening(StepContext& context, const catalog::TableMapping& table) {
  if (auto found = find_opening(context, table)) return *found;
  throw Error(Code::internal, table.target_table + " was not opened by " + context.node.path);
}

catalog::TableMapping taken_rows(StepContext& context, const catalog::TableMapping& table) {
  if (table_field(context.node, "since").empty()) return table;
  const Opening opening = read_opening(context, table);
  return opening.since ? taken_since(context, table, *opening.since) : table;
}

}  // namespace sluice::steps
