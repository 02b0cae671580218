#include "catalog.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "catalog_notes.hpp"
#include "default_text.hpp"
#include "evidence.hpp"
#include "home.hpp"
#include "look_filter.hpp"
#include "native.hpp"

namespace sluice::mysql {
namespace {

using nlohmann::json;

constexpr const char* kIndexes =
    "SELECT table_name, index_name, non_unique, coalesce(column_name, ''), coalesce(collation, ''), coalesce(sub_part, 0), index_type "
    "FROM information_schema.statistics WHERE table_schema = ? ORDER BY table_name, index_name = 'PRIMARY' DESC, index_name, seq_in_index";

constexpr const char* kForeignKeys =
    "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name, "
    "r.delete_rule, r.update_rule FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r "
    "ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name "
    "WHERE k.table_schema = ? AND k.referenced_table_name IS NOT NULL ORDER BY k.table_name, k.constraint_name, k.ordinal_position";

constexpr const char* kMariaDbChecks =
    "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = ? "
    "ORDER BY table_name, constraint_name";

constexpr const char* kMySqlChecks =
    "SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c "
    "JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name "
    "WHERE c.constraint_schema = ? ORDER BY t.table_name, c.constraint_name";

void put(json& object, const char* field, const std::string& text) {
  if (!text.empty()) object[field] = text;
}

std::string action_word(const std::string& rule) {
  if (rule == "CASCADE") return "cascade";
  if (rule == "SET NULL") return "set null";
  if (rule == "SET DEFAULT") return "set default";
  return rule == "RESTRICT" ? "restrict" : "";
}

class CatalogReader {
 public:
  CatalogReader(Session& session, const LookFilter& look) : connection_(session.data()), options_(session.options()), look_(look) {}

  json read() {
    natives_ = describe_tables(connection_, look_.schema, look_.tables, look_.views);
    for (const NativeTable& native : natives_) tables_[native.name] = read_table(native);
    read_indexes();
    read_foreign_keys();
    read_checks();
    note_other_objects(connection_, look_.schema, look_.views, notes_);
    json list = json::array();
    for (const NativeTable& native : natives_) list.push_back(std::move(tables_[native.name]));
    return {{"schema", look_.schema}, {"tables", list}, {"notes", notes_}};
  }

 private:
  json* table_of(const std::string& name) {
    const auto found = tables_.find(name);
    return found == tables_.end() ? nullptr : &found->second;
  }

  const NativeTable& native_of(const std::string& name) const {
    return *std::find_if(natives_.begin(), natives_.end(), [&](const NativeTable& table) { return table.name == name; });
  }

  json read_table(const NativeTable& native) {
    json table = {{"schema", native.schema}, {"name", native.name}, {"rows", native.rows}, {"bytes", native.bytes}, {"columns", json::array()}};
    put(table, "comment", without_mark(native.comment));
    note_table(native, notes_);
    const auto seen = look_.evidence ? scan_table(connection_, native) : std::map<std::string, Seen>();
    for (const NativeColumn& column : native.columns) {
      const auto found = seen.find(column.name);
      table["columns"].push_back(read_column(native, column, found == seen.end() ? nullptr : &found->second));
      note_column(native, column, found == seen.end() ? nullptr : &found->second, options_.zero_dates(), notes_);
    }
    return table;
  }

  json read_column(const NativeTable& native, const NativeColumn& column, const Seen* seen) {
    arrow::Type type = logical_type(column);
    if (seen != nullptr && seen->exceeds_a_day) type = {arrow::Kind::text};
    const std::string carrier = arrow::to_text(type);
    // Zero dates that become NULL need a column that takes it.
    const bool gets_nulls = options_.zero_dates().are_null() && has_dates(column) && (seen == nullptr || seen->zero_dates > 0);
    json object = {{"name", column.name}, {"type", carrier}, {"carrier", carrier}, {"native", column.native},
                   {"nullable", column.nullable || gets_nulls}};
    if (column.extra.find("auto_increment") != std::string::npos) {
      object["identity"] = true;
      object["next"] = native.next;
    }
    const bool is_truth = seen != nullptr && may_be_boolean(column) && seen->values > 0 && seen->low >= 0 && seen->high <= 1;
    if (is_truth) {
      object["type"] = "boolean";
      object["evidence"] = {{"rows", seen->rows},    {"nulls", seen->rows - seen->values}, {"integers", seen->values},
                            {"min_integer", seen->low}, {"max_integer", seen->high},         {"true_false", seen->values}};
    }
    put(object, "generated", column.generated);
    put(object, "comment", column.comment);
    NeutralDefault neutral = default_of(column, connection_.is_mariadb());
    if (is_truth && neutral.kind == "literal") neutral.text = neutral.text == "0" ? "false" : "true";
    if (neutral.kind != "none") object["default"] = {{"kind", neutral.kind}, {"text", neutral.text}};
    return object;
  }

  void read_indexes() {
    const Rows rows = connection_.run(kIndexes, {look_.schema}, "reading the indexes of " + look_.schema);
    for (size_t row = 0; row < rows.size();) {
      size_t end = row + 1;
      while (end < rows.size() && rows.text(end, 0) == rows.text(row, 0) && rows.text(end, 1) == rows.text(row, 1)) ++end;
      if (json* table = table_of(rows.text(row, 0))) add_index(*table, rows, row, end);
      row = end;
    }
  }

  void add_index(json& table, const Rows& rows, size_t first, size_t end) {
    const std::string name = rows.text(first, 1);
    const bool is_unique = rows.text(first, 2) == "0";
    json names = json::array(), columns = json::array();
    bool is_descending = false;
    for (size_t row = first; row < end; ++row) {
      const bool down = rows.text(row, 4) == "D";
      names.push_back(rows.text(row, 3));
      columns.push_back({{"name", rows.text(row, 3)}, {"descending", down}});
      is_descending = is_descending || down;
    }
    if (name == "PRIMARY") {
      table["primary_key"] = {{"name", ""}, {"columns", names}};
    } else if (!note_index(native_of(rows.text(first, 0)), rows, first, end, notes_)) {
      return;
    } else if (is_unique && !is_descending) {
      table["uniques"].push_back({{"name", name}, {"columns", names}});
    } else {
      table["indexes"].push_back({{"name", name}, {"columns", columns}, {"unique", is_unique}});
    }
  }

  void read_foreign_keys() {
    const Rows rows = connection_.run(kForeignKeys, {look_.schema}, "reading the foreign keys of " + look_.schema);
    for (size_t row = 0; row < rows.size();) {
      json key = {{"name", rows.text(row, 1)}, {"ref_schema", rows.text(row, 3)}, {"ref_table", rows.text(row, 4)},
                  {"columns", json::array()},  {"ref_columns", json::array()}};
      put(key, "on_delete", action_word(rows.text(row, 6)));
      put(key, "on_update", action_word(rows.text(row, 7)));
      json* table = table_of(rows.text(row, 0));
      const size_t first = row;
      for (; row < rows.size() && rows.text(row, 0) == rows.text(first, 0) && rows.text(row, 1) == rows.text(first, 1); ++row) {
        key["columns"].push_back(rows.text(row, 2));
        key["ref_columns"].push_back(rows.text(row, 5));
      }
      if (table != nullptr) (*table)["foreign_keys"].push_back(std::move(key));
    }
  }

  void read_checks() {
    const Rows rows = connection_.run(connection_.is_mariadb() ? kMariaDbChecks : kMySqlChecks, {look_.schema},
                                      "reading the checks of " + look_.schema);
    for (size_t row = 0; row < rows.size(); ++row) {
      json* table = table_of(rows.text(row, 0));
      // That a JSON column holds JSON is what its type says.
      const bool is_of_type = rows.text(row, 2).rfind("json_valid(", 0) == 0;
      if (table != nullptr && !is_of_type) (*table)["checks"].push_back({{"name", rows.text(row, 1)}, {"expression", rows.text(row, 2)}});
    }
  }

  Connection& connection_;
  const StoreOptions& options_;
  LookFilter look_;
  std::vector<NativeTable> natives_;
  std::map<std::string, json> tables_;
  json notes_ = json::array();
};

}  // namespace

std::string read_catalog(Session& session, const std::string& filter) {
  return CatalogReader(session, read_filter(session, filter)).read().dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::mysql
