#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "names.hpp"
#include "row_keys.hpp"
#include "scan.hpp"

namespace sluice::json {

namespace {

/// Names the columns of one table.
class Namer {
 public:
  Namer(Scan& scan, Table& table, const Settings& settings) : scan_(scan), table_(table), settings_(settings) {}

  void name_all() {
    // A child's own fields keep their names before the columns that we add.
    std::vector<Column> own;
    for (int node = 1; node < static_cast<int>(table_.tree.size()); ++node) add_field(node, own);
    if (table_.has_keys) add_key();
    if (table_.parent >= 0) add_parent();
    for (const Column& column : own) {
      if (column.node == table_.key_node && column.form != Form::json) table_.primary_key = {column.name};
    }
    table_.columns.insert(table_.columns.end(), std::make_move_iterator(own.begin()),
                          std::make_move_iterator(own.end()));
  }

 private:
  void add_field(int index, std::vector<Column>& columns) {
    const Node& node = table_.tree.node(index);
    // A record that turned out to be broken may have left keys behind.
    const bool is_never_there = node.seen.present == 0 && node.flattened == 0 && table_.unreadable > 0;
    if (node.is_split || is_never_there) return;
    const bool is_only_spread = node.is_flattened && node.flattened > 0 && node.seen.values() == 0;
    if (is_only_spread) return;
    // The key of an object of records keeps the name that the options give it.
    if (columns.empty() && table_.has_keys) names_.reserve(settings_.key);
    columns.push_back({name_for(table_.tree.joined_path(index)), Origin::field, index, node.seen.form(), node.seen});
  }

  void add_key() {
    names_.reserve(settings_.key);
    table_.columns.push_back({settings_.key, Origin::key, -1, table_.keys.form(), table_.keys});
    if (table_.key_node == -1) table_.primary_key = {settings_.key};
  }

  void add_parent() {
    const Table& parent = scan_.tables[static_cast<size_t>(table_.parent)];
    std::vector<std::string> referred;
    for (const Column& column : id_columns(parent)) {
      referred.push_back(column.name);
      Column reference = column;
      // What the parent has from its own parents keeps its name.
      if (column.up == 0) reference.name = parent.name + "_" + column.name;
      reference.name = name_for(reference.name);
      ++reference.up;
      table_.primary_key.push_back(reference.name);
      reference.seen = column.seen.repeated(table_.rows);
      table_.columns.push_back(std::move(reference));
    }
    Column ordinal{name_for("ordinal"), Origin::ordinal, -1, Form::integer, {}};
    if (table_.rows > 0) {
      ordinal.seen.add_integer(1);
      ordinal.seen.add_integer(table_.rows);
      ordinal.seen.present = ordinal.seen.integers = table_.rows;
    }
    table_.primary_key.push_back(ordinal.name);
    if (referred != parent.primary_key || table_.rows == 0) table_.primary_key.clear();
    table_.columns.push_back(std::move(ordinal));
  }

  static bool is_reference(const Column& column, int64_t rows) {
    return column.form != Form::json && column.seen.values() == rows;
  }

  /// Of the option id, the names that mean fields of the records at that path.
  std::vector<std::string> given_ids(const std::string& path) const {
    std::vector<std::string> names;
    for (const std::string& id : settings_.id) {
      const bool is_deeper = std::any_of(settings_.split.begin(), settings_.split.end(), [&](const Split& split) {
        return split.field.size() >= path.size() && id.starts_with(split.field + ".");
      });
      if (id.starts_with(path) && !is_deeper) names.push_back(id.substr(path.size()));
    }
    return names;
  }

  std::vector<Column> id_columns(const Table& parent) const {
    std::vector<Column> found;
    for (const std::string& name : given_ids(parent.tree.path())) found.push_back(id_column(parent, name));
    if (!found.empty()) return found;
    if (parent.has_keys && is_reference(parent.columns.front(), parent.rows)) return {parent.columns.front()};
    for (const char* name : kUsualKeys) {
      const auto at = std::find_if(parent.columns.begin(), parent.columns.end(), [&](const Column& column) {
        return column.name == name && column.origin == Origin::field && column.up == 0 &&
               is_reference(column, parent.rows);
      });
      if (at != parent.columns.end()) return {*at};
    }
    std::copy_if(parent.columns.begin(), parent.columns.end(), std::back_inserter(found),
                 [](const Column& column) { return column.up > 0 || column.origin == Origin::ordinal; });
    if (!found.empty()) return found;
    throw Error(Code::invalid_argument,
                "table " + table_.name + " is split from " + parent.name +
                    ", which has no id, _id or uuid in every record to refer to",
                "name the fields that tell its records apart with the option id");
  }

  Column id_column(const Table& parent, const std::string& name) const {
    std::vector<std::string> names;
    for (const Column& column : parent.columns) {
      names.push_back(column.name);
      if (column.name != name) continue;
      if (is_reference(column, parent.rows)) return column;
      throw Error(Code::data,
                  parent.name + "." + name + ": the option id wants a text, number or boolean in every record, found " +
                      column.seen.describe() + " in " + std::to_string(parent.rows) + " records",
                  "name another field");
    }
    throw Error(Code::invalid_argument, parent.name + ": there is no field '" + name + "', which the option id names",
                did_you_mean(name, names));
  }

  std::string name_for(const std::string& wanted) {
    std::string name = names_.give(wanted);
    if (name != wanted) scan_.notes.push_back(table_.name + ": the key " + shown_key(wanted) + " is column " + name);
    return name;
  }

  Scan& scan_;
  Table& table_;
  const Settings& settings_;
  Names names_{settings_.names};
};

}  // namespace

void set_columns(Table& table, const WrittenTable& written) {
  for (const arrow::Field& field : written.columns) {
    const bool is_key = field.name == written.key;
    size_t guess = 0;
    const int node = is_key ? -1 : table.tree.find(0, field.name, guess);
    const Form form = field.type.kind == arrow::Kind::json     ? Form::json
                      : field.type.kind == arrow::Kind::binary ? Form::hex
                                                               : Form::any;
    table.columns.push_back({field.name, is_key ? Origin::key : Origin::field, node, form,
                             is_key      ? table.keys
                             : node >= 0 ? table.tree.node(node).seen
                                         : ColumnEvidence(),
                             0, field.type});
  }
}

void name_columns(Scan& scan, const Settings& settings) {
  Names names(settings.names);
  for (const WrittenTable& written : scan.written) names.reserve(written.name);
  for (Table& table : scan.tables) {
    if (table.is_written) continue;
    const std::string wanted = table.name;
    table.name = names.give(wanted);
    if (table.name != wanted) scan.notes.push_back(shown_key(wanted) + " is table " + table.name);
  }
  // Parents first: their children take columns from them.
  for (const bool is_child : {false, true}) {
    for (Table& table : scan.tables) {
      if (!table.is_written && (table.parent >= 0) == is_child) Namer(scan, table, settings).name_all();
    }
  }
}

}  // namespace sluice::json
