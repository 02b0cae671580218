#include "steps/since.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "arrow/text.hpp"
#include "base/nearest.hpp"
#include "base/sha256.hpp"
#include "base/units.hpp"
#include "catalog/map_spec.hpp"
#include "steps/fields.hpp"
#include "steps/load_mode.hpp"
#include "store/plugin.hpp"
#include "verify/dialect.hpp"

namespace sluice::steps {
namespace {

using arrow::Kind;
using catalog::TableMapping;
using nlohmann::json;

/// Marks are rows of the ledger under a run of this name, which none has.
constexpr const char* kMarks = "watermarks";

std::optional<std::string> column_of(const plan::PlannedNode& node, const std::string& table) {
  std::optional<std::string> best;
  size_t length = 0;
  for (const auto& [pattern, column] : table_field(node, "since")) {
    if (!catalog::matches_glob(pattern, table)) continue;
    if (pattern == table) return column;
    if (best && pattern.size() <= length) continue;
    best = column;
    length = pattern.size();
  }
  return best;
}

const catalog::ColumnMapping& watermark(const plan::PlannedNode& node, const TableMapping& table, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& column : table.columns) {
    if (column.source == name) return column;
    if (!column.source.empty()) known.push_back(column.source);
  }
  throw Error(Code::invalid_argument, node.path + ": since: " + table.source_table + " has no column \"" + name + "\" that is copied",
              did_you_mean(name, known));
}

bool has_order(Kind kind) {
  const bool is_integer = kind >= Kind::int8 && kind <= Kind::uint64;
  return is_integer || kind == Kind::decimal || kind == Kind::number || kind == Kind::float64 || kind == Kind::text || kind == Kind::date ||
         kind == Kind::timestamp || kind == Kind::timestamptz;
}

/// No two rows share a value, and none is without.
bool is_unique(const catalog::Mapping& mapping, const TableMapping& table, const catalog::ColumnMapping& column) {
  const catalog::Table* target = mapping.target.find_table(table.target_table);
  if (target == nullptr || column.nullable) return false;
  const auto is_alone = [&](const catalog::Key& key) { return key.columns.size() == 1 && key.columns.front() == column.target; };
  return (target->primary_key && is_alone(*target->primary_key)) || std::ranges::any_of(target->uniques, is_alone);
}

void check_column(const catalog::Mapping& mapping, const TableMapping& table, const catalog::ColumnMapping& column,
                  const plan::PlannedNode& node) {
  const std::string name = table.source_table + "." + column.source;
  if (!has_order(column.source_carrier.kind)) {
    throw Error(Code::unsupported, node.path + ": since: " + name + " is " + arrow::to_text(column.source_carrier) + ", which has no order to go on by",
                "name a number, a date, a timestamp or a text");
  }
  if (load_mode(node) == store::LoadMode::append && !is_unique(mapping, table, column)) {
    throw Error(Code::unsupported,
                node.path + ": since: " + name + " is not unique, so rows that come later with the same value could not be told from copied ones",
                "use mode = \"upsert\", or a column that is a key by itself");
  }
}

void check_step(plan::PlanContext& context, const catalog::Mapping& mapping, const plan::PlannedNode& node) {
  if (wants_empty_tables(node) || replaces_rows(node)) {
    throw Error(Code::invalid_argument, node.path + ": since: the rows of earlier copies must stay",
                "use mode = \"upsert\", \"insert_missing\" or \"append\"");
  }
  if (!node.undo.empty()) {
    throw Error(Code::unsupported, node.path + ": since: what an `undo` takes away would never be copied again", "leave `undo` or `since` out");
  }
  const std::string language = context.session(mapping.from).store().plugin().manifest().language;
  if (language.empty()) {
    throw Error(Code::unsupported, node.path + ": since: the store \"" + mapping.from + "\" has no language to choose rows by",
                "copy all rows with mode = \"upsert\", or leave some out by a `filter`");
  }
}

void check_patterns(const catalog::Mapping& mapping, const plan::PlannedNode& node) {
  std::vector<std::string> names;
  for (const auto& table : mapping.tables) names.push_back(table.source_table);
  for (const auto& [pattern, column] : table_field(node, "since")) {
    const auto matches = [&, &pattern = pattern](const std::string& name) { return catalog::matches_glob(pattern, name); };
    if (std::ranges::any_of(names, matches)) continue;
    throw Error(Code::invalid_argument, node.path + ": since: '" + pattern + "' matches no table of the map", did_you_mean(pattern, names));
  }
}

/// A mark counts for one database and for one way of choosing and making rows: with another, rows below it were never copied.
std::string mark_name(store::Session& source, const TableMapping& table, const std::string& column) {
  std::string way = source.identity().id;
  const auto add = [&way](const std::string& part) { way += "\n" + std::to_string(part.size()) + ":" + part; };
  for (const auto& part : {table.source_schema, table.source_table, table.where, table.filter.digest, table.row.digest}) add(part);
  for (const auto& each : table.columns) {
    for (const auto& part : {each.source, each.target, catalog::describe_casts(each), each.transform.digest}) add(part);
  }
  add(column);
  return sha256_hex(way).substr(0, 32);
}

struct Mark {
  std::string value;
  std::string run;
  int64_t number = 0;
};

std::optional<Mark> newest_mark(store::Session& target, const std::string& table, const std::string& name) {
  std::optional<Mark> newest;
  for (const auto& row : target.ledger_read(kMarks, name)) {
    if (row.key.table != table || (newest && row.key.chunk < newest->number)) continue;
    const json bounds = json::parse(row.result.bounds);
    newest = Mark{bounds.at("value"), bounds.at("run"), row.key.chunk};
  }
  return newest;
}

/// Whether the source may have rows without a value, whatever the target takes.
bool may_be_null(const TableMapping& table, const catalog::ColumnMapping& column) { return std::ranges::count(table.key, column.target) == 0; }

std::string condition(verify::Dialect dialect, const plan::PlannedNode& node, const TableMapping& table, const Since& since) {
  if (since.from.empty()) return {};
  const catalog::ColumnMapping& column = watermark(node, table, since.column);
  const std::string name = verify::quoted_name(dialect, column.source);
  // Unique values that were seen never come again; of others a row may come later with the value of one that was seen.
  const std::string sign = load_mode(node) == store::LoadMode::append ? " > " : " >= ";
  return may_be_null(table, column) ? "(" + name + sign + since.from + " OR " + name + " IS NULL)" : name + sign + since.from;
}

/// Rows of earlier copies that somebody has taken away would never come again.
bool is_empty(store::Session& target, const TableMapping& table) {
  const verify::TableSide side{target, table, copy::Side::target};
  const auto rows = target.query("SELECT 1 FROM " + verify::quoted_table(verify::dialect_of(side), side) + " LIMIT 1");
  return rows->next().empty();
}

std::string joined(const std::string& own, const std::string& further) {
  if (own.empty() || further.empty()) return own + further;
  return "(" + own + ") AND " + further;
}

/// SQLite keeps values of any kind in any column, and sorts every text behind every number: behind one, no number would be new.
void require_one_class(const std::vector<arrow::Field>& fields, const std::vector<arrow::ColumnView>& views, const std::string& what) {
  if (views[0].length() == 0 || views[0].is_null(0)) return;
  if ((fields[0].type.kind == Kind::text) == (fields[2].type.kind == Kind::text)) return;
  throw Error(Code::data, what + ": holds texts beside numbers (\"" + arrow::value_to_text(views[0], 0) + "\"), so nothing tells which rows are new",
              "clean the column, or name another one in `since`");
}

/// "" for NULL.
std::string literal(verify::Dialect dialect, const arrow::Field& field, const arrow::ColumnView& column, Kind mapped, const std::string& what) {
  if (column.length() == 0 || column.is_null(0)) return {};
  if (!has_order(field.type.kind)) {
    throw Error(Code::data, what + ": its highest value is " + arrow::to_text(field.type) + ", which has no order to go on by",
                "name another column in `since`");
  }
  std::string text = arrow::value_to_text(column, 0);
  if (mapped != Kind::text && (text == "infinity" || text == "Infinity" || text == "NaN")) {
    throw Error(Code::data, what + ": its highest value is " + text + ", and nothing would ever be behind that", "clean the column, or name another one in `since`");
  }
  if (field.type.kind == Kind::timestamptz && dialect == verify::Dialect::mysql) text.resize(text.size() - 3);  // "+00": the session's zone
  switch (field.type.kind) {
    case Kind::text:
    case Kind::date:
    case Kind::timestamp:
    case Kind::timestamptz: return verify::quoted_text(dialect, text);
    default: return text;
  }
}

}  // namespace

std::string to_json(const Since& since) {
  return json{{"column", since.column}, {"from", since.from}, {"to", since.to}, {"rows", since.rows}, {"mark", since.mark}}.dump();
}

Since since_from_json(const std::string& text) {
  const json since = json::parse(text);
  return {since.at("column"), since.at("from"), since.at("to"), since.at("rows"), since.at("mark")};
}

void plan_since(plan::PlanContext& context, const catalog::Mapping& mapping, plan::PlannedNode& node) {
  if (table_field(node, "since").empty()) return;
  check_step(context, mapping, node);
  check_patterns(mapping, node);
  for (const auto& table : mapping.tables) {
    const auto name = column_of(node, table.source_table);
    if (!name) continue;
    const catalog::ColumnMapping& column = watermark(node, table, *name);
    check_column(mapping, table, column, node);
    const auto mark = newest_mark(context.session(mapping.to), table.target_table, mark_name(context.session(mapping.from), table, *name));
    const std::string sign = load_mode(node) == store::LoadMode::append ? " > " : " >= ";
    node.effects.push_back(table.source_table + ": " + (mark ? "rows with " + *name + sign + mark->value + ", the mark of run " + mark->run
                                                             : "every row, as there is no mark of an earlier copy"));
    const std::string what = node.path + ": since: " + table.source_table + "." + *name;
    if (column.nullable && may_be_null(table, column)) context.warn(what + ": rows where it is NULL, if any, are copied every time");
    if (column.source_carrier.kind == Kind::text && column.compare.kind != Kind::text) {
      context.warn(what + ": is compared as the text that the source holds: all values must be spelled alike (\"2026-01-31T10:00\" comes behind "
                          "\"2026-01-31 23:00\")");
    }
  }
}

std::optional<Since> look_since(StepContext& context, const TableMapping& table) {
  const auto name = column_of(context.node, table.source_table);
  if (!name) return std::nullopt;
  store::Session& source = context.reader(context.mapping().from);
  const verify::TableSide side{source, table, copy::Side::source};
  const verify::Dialect dialect = verify::dialect_of(side);
  store::Session& target = context.session(context.mapping().to);
  const auto mark = newest_mark(target, table.target_table, mark_name(source, table, *name));
  Since since{.column = *name, .from = {}, .to = {}};
  if (mark) since.mark = mark->number;
  if (mark && !is_empty(target, table)) since.from = mark->value;
  const std::string taken = joined(table.where, condition(dialect, context.node, table, since));
  const std::string column = verify::quoted_name(dialect, *name);
  const auto rows = source.query("SELECT max(" + column + "), count(*), min(" + column + ") FROM " + verify::quoted_table(dialect, side) +
                                 (taken.empty() ? "" : " WHERE " + taken));
  const arrow::Array batch = rows->next();
  const auto views = arrow::view_batch(rows->fields(), *batch);
  const std::string what = table.source_table + "." + *name;
  require_one_class(rows->fields(), views, what);
  since.to = literal(dialect, rows->fields()[0], views[0], watermark(context.node, table, *name).source_carrier.kind, what);
  since.rows = arrow::int64_from_text(arrow::value_to_text(views[1], 0)).value();
  return since;
}

TableMapping taken_since(StepContext& context, const TableMapping& table, const Since& since) {
  const verify::TableSide side{context.reader(context.mapping().from), table, copy::Side::source};
  TableMapping taken = table;
  taken.where = joined(table.where, condition(verify::dialect_of(side), context.node, table, since));
  return taken;
}

void keep_mark(StepContext& context, const TableMapping& table, const Since& since) {
  if (since.to.empty()) return;
  const std::string& store = context.mapping().to;
  store::Session& target = context.session(store);
  const std::string name = mark_name(context.reader(context.mapping().from), table, since.column);
  const auto newest = newest_mark(target, table.target_table, name);
  if (newest && (newest->value == since.to || newest->number != since.mark)) return;
  const store::WorkKey key{kMarks, name, table.target_table, 1, newest ? newest->number + 1 : 0};
  store::Guard guard(target, context.run.fence(store), key);
  store::WorkResult result;
  result.bounds = json{{"value", since.to}, {"run", context.run.run()}, {"step", context.node.path}}.dump();
  guard.commit(result);
}

void forget_marks(StepContext& context) {
  store::Session& target = context.session(context.mapping().to);
  for (const auto& row : target.ledger_read(kMarks)) {
    if (context.mapping().find_target(row.key.table) != nullptr) target.ledger_forget(kMarks, row.key.node, row.key.generation);
  }
}

}  // namespace sluice::steps
