#include <string>
#include <vector>

#include "base/units.hpp"
#include "scan.hpp"

namespace sluice::json {

namespace {

/// The rest of a list is counted: a note is for people.
constexpr size_t kMostListed = 20;

std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (size_t i = 0; i < items.size() && i < kMostListed; ++i) text += (i > 0 ? ", " : "") + items[i];
  return items.size() > kMostListed ? text + " and " + std::to_string(items.size() - kMostListed) + " more" : text;
}

void note_list(std::vector<std::string>& notes, const std::string& head, const std::vector<std::string>& items) {
  if (!items.empty()) notes.push_back(head + listed(items));
}

/// Rows in which a node's key could stand: those of its table, or those whose parent was an object.
int64_t places(const Table& table, const Node& node) {
  return node.parent == 0 ? table.rows : table.tree.node(node.parent).flattened;
}

void note_columns(const Table& table, std::vector<std::string>& notes) {
  std::vector<std::string> missing, nulls, spread_missing;
  for (const Column& column : table.columns) {
    if (column.origin != Origin::field || column.up > 0 || column.node < 0) continue;
    const Node& node = table.tree.node(column.node);
    const int64_t absent = places(table, node) - node.seen.present - node.flattened;
    if (absent > 0) missing.push_back(column.name + " " + std::to_string(absent));
    if (column.seen.nulls > 0) nulls.push_back(column.name + " " + std::to_string(column.seen.nulls));
    if (column.seen.is_mixed()) {
      notes.push_back(table.name + "." + column.name + ": values of several kinds (" + column.seen.describe() +
                      "): becomes json");
    }
  }
  note_list(notes,
            table.name + ": keys that are missing from records, and from how many (NULL in the table): ", missing);
  note_list(notes, table.name + ": keys that are null, and in how many records (NULL in the table, too): ", nulls);
}

/// What the first bytes can mean in two ways.
void note_shape(const Table& table, std::vector<std::string>& notes) {
  if (table.segments.empty() || table.rows == 0) return;
  const Layout layout = table.segments.back().layout;
  if (layout == Layout::object) {
    notes.push_back(table.name +
                    ": the members of an object are taken for records (shape object): where they are fields of one " +
                    "record, set shape = \"lines\"");
  }
  if (layout == Layout::array || layout == Layout::object || table.rows > 1) return;
  std::vector<std::string> arrays;
  for (const Column& column : table.columns) {
    if (column.seen.arrays > 0) arrays.push_back(column.name);
  }
  note_list(notes,
            table.name + ": one object is taken for one record; where one of its arrays holds the records, name it " +
                "with the option record: ",
            arrays);
}

void note_children(const Table& table, std::vector<std::string>& notes) {
  if (table.split_empty + table.split_null + table.split_missing == 0) return;
  notes.push_back(table.name + ": parents without rows here: " + std::to_string(table.split_empty) + " have [], " +
                  std::to_string(table.split_null) + " null, " + std::to_string(table.split_missing) + " lack the key");
}

}  // namespace

void write_notes(Scan& scan, const Settings& settings) {
  for (const Table& table : scan.tables) {
    if (settings.shape == Shape::automatic && table.parent < 0) note_shape(table, scan.notes);
    note_columns(table, scan.notes);
    if (table.parent >= 0) note_children(table, scan.notes);
    if (table.doubled > 0) {
      scan.notes.push_back(table.name + ": " + count_of(table.doubled, "key") +
                           " stood twice in a record: the last one counts");
    }
  }
}

}  // namespace sluice::json
