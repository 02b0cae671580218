#include <algorithm>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "catalog/decide.hpp"
#include "catalog/decide_column.hpp"
#include "catalog/decide_select.hpp"
#include "catalog/existing_others.hpp"
#include "catalog/existing_risk.hpp"
#include "catalog/find_partner.hpp"

namespace sluice::catalog {

namespace {

/// What a map would make of the source, each column held in its own type.
Mapping imagine(const Catalog& source, const MapSpec& spec, const std::string& schema) {
  return decide_mapping(source, spec, schema, [](const Catalog& wanted) {
    Ddl answer;
    for (const Table& table : wanted.tables) {
      for (const Column& column : table.columns)
        answer.columns.push_back({table.name, column.name, arrow::to_text(column.type), column.type});
    }
    return answer;
  });
}

template <typename Item>
std::string nearest_hint(const std::string& name, const std::vector<Item>& known) {
  std::vector<std::string> names;
  for (const Item& item : known) names.push_back(item.name);
  const std::string hint = did_you_mean(name, names);
  return hint.empty() ? "" : " (" + hint + ")";
}

/// "the map says decimal(12,2)" is the target's word here.
std::string retold(const std::string& message, const Column& target) {
  const std::string said = "the map says " + arrow::to_text(target.type);
  const size_t at = message.find(said);
  if (at == std::string::npos) return message;
  return message.substr(0, at) + "the target's column is " + spelled_type(target) + message.substr(at + said.size());
}

/// Fits one map into the tables of a target. Used once.
class Fitting {
 public:
  Fitting(const Catalog& source, const MapSpec& spec, const Catalog& target) : source_(source), spec_(spec), there_(target) {}

  Mapping fit() {
    Mapping imagined = imagine(source_, spec_, there_.schema);
    mapping_.from = spec_.from;
    mapping_.to = spec_.to;
    mapping_.tables_exist = true;
    mapping_.target.schema = there_.schema;
    for (const std::string& note : source_.notes) mapping_.warnings.push_back(spec_.from + ": " + note);
    for (size_t i = 0; i < imagined.tables.size(); ++i) fit_table(std::move(imagined.tables[i]), imagined.target);
    refuse_problems();
    look_around(there_, mapping_.target.tables, findings_);
    mapping_.warnings.insert(mapping_.warnings.end(), findings_.warnings.begin(), findings_.warnings.end());
    mapping_.expected = std::move(imagined.target);
    return std::move(mapping_);
  }

 private:
  void fit_table(TableMapping table, const Catalog& imagined) {
    const Table* found = find_partner(table.target_table, imagined.tables, there_.tables);
    if (found == nullptr) {
      return problem("there is no table " + table.target_table + " for " + table.source_table +
                     nearest_hint(table.target_table, there_.tables) +
                     ": make it, rename it in the map, or leave it out by tables = { except = ... }");
    }
    if (!taken_.insert(found->name).second)
      return problem(table.source_table + ": another table goes to " + found->name + " already: rename it in the map");
    Table there = *found;
    const Table& mine = *find_exactly(imagined.tables, table.target_table);
    std::vector<ColumnMapping> columns;
    asked_.clear();
    for (ColumnMapping& column : table.columns) fit_column(table.source_table, std::move(column), mine, there, columns);
    table.columns = std::move(columns);
    table.target_schema = there.schema;
    table.target_table = there.name;
    table.key = existing_key(there, table);
    look_at_unfilled(table.source_table, there, asked_, findings_);
    mapping_.target.tables.push_back(std::move(there));
    mapping_.tables.push_back(std::move(table));
  }

  void fit_column(const std::string& table, ColumnMapping column, const Table& mine, Table& there, std::vector<ColumnMapping>& columns) {
    const std::string name = table + "." + (column.source.empty() ? column.target : column.source);
    const Column* found = find_partner(column.target, mine.columns, there.columns);
    if (found == nullptr) {
      return problem(
          name + ": " + there.name + " has no column " + column.target + nearest_hint(column.target, there.columns) + ": " +
          (column.source.empty() ? "take it out of `add`" : "rename it in the map, or leave it out: omit = { \"" + name + "\" }"));
    }
    const Column target = *found;
    if (!asked_.insert(target.name).second)
      return problem(name + ": another column goes to " + target.name + " already: rename it in the map");
    const Column* source = source_column(table, column.source);
    if (!target.generated.empty()) return fit_generated(name, source, target);
    if (!takes_values(there_, there.name, target.name)) {
      return problem(name + ": the target's column is " + spelled_type(target) + ", into which nothing can be loaded: omit = { \"" + name +
                     "\" }, or make it text");
    }
    try {
      ColumnMapping fitted = source == nullptr ? made_column(std::move(column), target) : redecided(table, *source, target);
      bind_column(fitted, {there.name, target.name, spelled_type(target), target.carrier}, name, mapping_.warnings);
      if (source != nullptr) weigh(name, *source, target, fitted);
      keep_count(source, there, target.name);
      columns.push_back(std::move(fitted));
    } catch (const Error& error) {
      problem(retold(error.message(), target) + (error.hint().empty() ? "" : " (" + error.hint() + ")"));
    }
  }

  void fit_generated(const std::string& name, const Column* source, const Column& target) {
    if (source != nullptr && !source->generated.empty()) return warn(name, "is generated on both sides: left to the target");
    problem(name + ": the target's " + target.name + " is generated and takes no values: omit = { \"" + name + "\" }");
  }

  /// As the map would have it, with the target's type demanded.
  ColumnMapping redecided(const std::string& table, const Column& source, const Column& target) {
    const std::string name = table + "." + source.name;
    const auto wanted = find_override(spec_, table, source);
    if (wanted && !(wanted->kind == target.type.kind && wanted->precision == target.type.precision && wanted->scale == target.type.scale)) {
      throw Error(Code::invalid_argument,
                  name + ": the map's types say " + arrow::to_text(*wanted) + ", and the target's column is " + spelled_type(target),
                  "take the entry out: what is there decides");
    }
    const Decision decision = decide_column(*find_exactly(source_.tables, table), source, target.type, spec_);
    if (!decision.warning.empty()) warn(name, decision.warning);
    ColumnMapping column = map_column(source, target, decision);
    const std::string by_map = "set by the map";
    if (column.reason.rfind(by_map, 0) == 0) column.reason.replace(0, by_map.size(), "as the target has it");
    return column;
  }

  /// A value that a function or the map itself makes: in the type that is there.
  static ColumnMapping made_column(ColumnMapping column, const Column& target) {
    column.target = target.name;
    column.compare = column.input = column.source_carrier = target.type;
    column.nullable = target.nullable;
    return column;
  }

  void weigh(const std::string& name, const Column& source, const Column& target, ColumnMapping& column) {
    column.risk = risk_of(source, target, column);
    if (column.risk.empty()) return;
    const bool holds_null =
        !target.nullable && has_evidence(source) && source.evidence->nulls > 0 && column.chain.empty() && !column.transform;
    if (holds_null && !spec_.keeps_rejects) {
      return problem(name + ": " + column.risk +
                     ": clean the source, replace them with a function, or keep such rows aside: copy.tables { rejects = { ... } }");
    }
    warn(name, column.risk);
  }

  /// Both stores have given numbers away: neither may give one of them again.
  static void keep_count(const Column* source, Table& there, const std::string& name) {
    for (Column& column : there.columns) {
      if (column.name == name && column.identity && source != nullptr && source->identity)
        column.next = std::max(column.next, source->next);
    }
  }

  const Column* source_column(const std::string& table, const std::string& column) const {
    return column.empty() ? nullptr : find_exactly(source_.tables, table)->find_column(column);
  }

  void problem(std::string text) { findings_.problems.push_back(std::move(text)); }
  void warn(const std::string& object, const std::string& text) { mapping_.warnings.push_back(object + ": " + text); }

  void refuse_problems() const {
    constexpr size_t kShown = 40;
    const std::vector<std::string>& all = findings_.problems;
    if (all.empty()) return;
    std::string text = "the tables of \"" + spec_.to + "\" do not fit the map:";
    for (size_t i = 0; i < all.size() && i < kShown; ++i) text += "\n  " + all[i];
    if (all.size() > kShown) text += "\n  and " + std::to_string(all.size() - kShown) + " more";
    throw Error(Code::invalid_argument, text, {}, spec_.where);
  }

  const Catalog& source_;
  const MapSpec& spec_;
  const Catalog& there_;
  Mapping mapping_;
  std::set<std::string> taken_;
  std::set<std::string> asked_;  // columns of the table at hand that the map gives values for
  Findings findings_;
};

}  // namespace

Mapping decide_existing(const Catalog& source, const MapSpec& spec, const Catalog& target) { return Fitting(source, spec, target).fit(); }

}  // namespace sluice::catalog
