#include <set>

#include "base/units.hpp"
#include "run/runner.hpp"
#include "steps/load_mode.hpp"

namespace sluice::run {
namespace {

/// Whether a step of the workflow makes the mapping's tables itself.
bool makes_tables(const plan::Plan& plan, size_t map) {
  for (const auto& node : plan.nodes) {
    if (node.word == "schema.create" && node.map == static_cast<int32_t>(map)) return true;
  }
  return false;
}

/// Whether rows are copied into tables that must hold none.
bool wants_empty_tables(const plan::Plan& plan, size_t map) {
  for (const auto& node : plan.nodes) {
    if (node.word == "copy.tables" && node.map == static_cast<int32_t>(map) && steps::wants_empty_tables(node)) return true;
  }
  return false;
}

int64_t count_rows(store::Session& session, const catalog::Table& table) {
  catalog::Catalog one;
  one.tables.push_back(table);
  return std::stoll(session.scalar(session.ddl(one, "count").statements.at(0).sql).value_or("0"));
}

std::string describe(const std::vector<std::string>& findings) {
  constexpr size_t kShown = 8;
  std::string text;
  for (size_t i = 0; i < findings.size() && i < kShown; ++i) text += (i == 0 ? "" : ", ") + findings[i];
  if (findings.size() > kShown) text += " and " + std::to_string(findings.size() - kShown) + " more";
  return text;
}

}  // namespace

void check_targets_empty(const plan::Plan& plan, const plan::Stores& stores) {
  for (size_t map = 0; map < plan.mappings.size(); ++map) {
    const catalog::Mapping& mapping = plan.mappings[map];
    if (mapping.from.empty() || (!makes_tables(plan, map) && !wants_empty_tables(plan, map))) continue;
    auto session = stores.at(mapping.to).store->open_session();
    std::set<std::string> wanted;
    for (const auto& table : mapping.tables) wanted.insert(table.target_table);
    store::LookFilter filter;
    filter.schema = stores.at(mapping.to).schema;
    std::vector<std::string> findings;
    for (const auto& table : session->catalog(filter).tables) {
      if (!wanted.contains(table.name)) continue;
      const int64_t rows = count_rows(*session, table);
      if (makes_tables(plan, map) || rows > 0) findings.push_back(table.name + " (" + count_to_text(rows) + " rows)");
    }
    if (findings.empty()) continue;
    throw Error(Code::already_exists,
                "the target \"" + mapping.to + "\" is not empty: it has " + describe(findings),
                "move or drop them, give another schema or database, leave those tables out with `except`, or say what becomes of the rows with "
                "copy.tables { mode = ... }");
  }
}

}  // namespace sluice::run
