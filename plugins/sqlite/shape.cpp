#include "shape.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

void require_main(const char* schema) {
  const std::string name = schema == nullptr ? "" : schema;
  if (name.empty() || same_name(name, "main")) return;
  throw Error(Code::not_found, "schema " + name + ": an SQLite file has no schemas but 'main'");
}

void find_table(Session& session, TableShape& shape) {
  Statement list(session, "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'", "listing tables");
  std::vector<std::string> known;
  while (list.step()) {
    known.push_back(list.string(0));
    if (!same_name(known.back(), shape.name)) continue;
    shape.name = known.back();
    const bool is_view = list.text(1) == "view";
    shape.kind = is_view                ? TableShape::Kind::view
                 : list.integer(2) != 0 ? TableShape::Kind::keyed_table
                                        : TableShape::Kind::rowid_table;
    return;
  }
  throw Error(Code::not_found, session.path() + " has no table " + shape.name, did_you_mean(shape.name, known));
}

std::string without_generated(std::string declared) {
  constexpr std::string_view kSuffix = " generated always";
  const std::string folded = lower(declared);
  const bool has_suffix =
      folded.size() >= kSuffix.size() && folded.compare(folded.size() - kSuffix.size(), kSuffix.size(), kSuffix) == 0;
  return has_suffix ? declared.substr(0, declared.size() - kSuffix.size()) : declared;
}

void read_columns(Session& session, TableShape& shape) {
  constexpr int kHiddenOfVirtualTable = 1;
  Statement list(session, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')",
                 "describing " + shape.name);
  list.bind_text(1, shape.name);
  while (list.step()) {
    const int64_t hidden = list.integer(5);
    if (hidden == kHiddenOfVirtualTable) continue;
    ColumnShape column;
    column.name = list.string(0);
    column.declared = hidden == 0 ? list.string(1) : without_generated(list.string(1));
    column.type = native_type_from_text(column.declared);
    column.is_not_null = list.integer(2) != 0;
    column.has_default = !list.is_null(3);
    column.default_sql = list.string(3);
    column.key_position = static_cast<int>(list.integer(4));
    column.is_generated = hidden != 0;
    shape.columns.push_back(std::move(column));
  }
}

/// An INTEGER PRIMARY KEY is the rowid itself exactly when SQLite made no index for it.
bool has_key_index(Session& session, const std::string& table) {
  Statement list(session, "SELECT count(*) FROM pragma_index_list(?, 'main') WHERE origin = 'pk'",
                 "describing " + table);
  list.bind_text(1, table);
  list.step();
  return list.integer(0) > 0;
}

void name_rowid(Session& session, TableShape& shape) {
  const std::vector<std::string> key = shape.key_columns();
  const bool is_alias = key.size() == 1 && same_name(shape.find_column(key[0])->declared, "integer");
  if (is_alias && !has_key_index(session, shape.name)) shape.rowid_alias = key[0];
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    if (shape.find_column(name) != nullptr) continue;
    shape.rowid_name = name;
    return;
  }
  shape.rowid_name = shape.rowid_alias;
}

}  // namespace

const ColumnShape* TableShape::find_column(const std::string& wanted) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const ColumnShape& c) { return same_name(c.name, wanted); });
  return found == columns.end() ? nullptr : &*found;
}

const ColumnShape& TableShape::column(const std::string& wanted) const {
  if (const ColumnShape* found = find_column(wanted)) return *found;
  std::vector<std::string> known;
  for (const ColumnShape& each : columns) known.push_back(each.name);
  throw Error(Code::not_found, "table " + name + " has no column " + wanted, did_you_mean(wanted, known));
}

std::vector<std::string> TableShape::key_columns() const {
  std::vector<const ColumnShape*> key;
  for (const ColumnShape& each : columns) {
    if (each.key_position > 0) key.push_back(&each);
  }
  std::sort(key.begin(), key.end(), [](auto* a, auto* b) { return a->key_position < b->key_position; });
  std::vector<std::string> names;
  for (const ColumnShape* each : key) names.push_back(each->name);
  return names;
}

TableShape shape_of(Session& session, const char* schema, const std::string& table) {
  require_main(schema);
  TableShape shape;
  shape.name = table;
  find_table(session, shape);
  read_columns(session, shape);
  if (shape.kind == TableShape::Kind::rowid_table) name_rowid(session, shape);
  return shape;
}

}  // namespace sluice::sqlite
