#include "catalog_notes.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace sluice::mysql {
namespace {

using nlohmann::json;

/// Kind, name, and what it belongs to ("" for nothing).
constexpr const char* kOthers =
    "SELECT 'view', table_name, '' FROM information_schema.views WHERE table_schema = ? UNION ALL "
    "SELECT 'trigger', trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = ? UNION ALL "
    "SELECT lower(routine_type), routine_name, '' FROM information_schema.routines WHERE routine_schema = ? UNION ALL "
    "SELECT 'event', event_name, '' FROM information_schema.events WHERE event_schema = ?";

bool ignores_case(const std::string& collation) {
  return collation.size() > 3 && collation.compare(collation.size() - 3, 3, "_ci") == 0;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string shortened(const std::string& text) {
  constexpr size_t kShown = 80;
  return text.size() <= kShown ? text : text.substr(0, kShown) + "...";
}

void note_type(const std::string& name, const NativeColumn& column, json& notes) {
  if (column.word == "enum") {
    notes.push_back(name + ": " + shortened(column.native) + " becomes text; that only these values may occur is not kept");
  } else if (column.word == "set") {
    notes.push_back(name + ": " + shortened(column.native) + " becomes text, labels separated by commas; the list of labels is not kept");
  } else if (column.word == "year") {
    notes.push_back(name + ": year becomes a small integer");
  } else if (column.word == "bit") {
    notes.push_back(name + ": " + column.native + " becomes bytes, most significant first");
  } else if (is_geometry(column)) {
    notes.push_back(name + ": " + column.native + " becomes bytes (WKB)");
  } else if (logical_type(column).kind == arrow::Kind::text && !is_text(column)) {
    notes.push_back(name + ": " + column.native + " becomes text, as the server writes it");
  }
}

void note_seen(const std::string& name, const Seen& seen, const ZeroDates& zero_dates, json& notes) {
  if (seen.zero_dates > 0) {
    const std::string what = !zero_dates.are_refused() ? zero_dates.fate()
                                                       : "stop the copy; option zero_dates = \"null\" of the store makes them NULL, "
                                                         "zero_dates = \"1970-01-01\" that date";
    notes.push_back(name + ": " + std::to_string(seen.zero_dates) + " dates without month or day (0000-00-00) " + what);
  }
  if (seen.double_encoded > 0) {
    notes.push_back(name + ": " + std::to_string(seen.double_encoded) + " of " + std::to_string(seen.beyond_ascii) +
                    " texts beyond ASCII in this latin1 column are UTF-8 by their bytes; if that is what was meant, map the column with "
                    "cast.utf8_in_latin1");
  }
  if (seen.exceeds_a_day) notes.push_back(name + ": holds times that are no time of day (up to 838 hours, or negative): becomes text");
  if (seen.foreign_references > 0) notes.push_back(name + ": " + std::to_string(seen.foreign_references) + " geometries lose their SRID");
}

}  // namespace

void note_table(const NativeTable& table, json& notes) {
  if (!table.engine.empty() && table.engine != "InnoDB") {
    notes.push_back(table.name + ": its engine " + table.engine + " has no snapshots: nothing may write to it while it is copied");
  }
}

void note_column(const NativeTable& table, const NativeColumn& column, const Seen* seen, const ZeroDates& zero_dates, json& notes) {
  const std::string name = table.name + "." + column.name;
  note_type(name, column, notes);
  if (const size_t at = lower(column.extra).find("on update"); at != std::string::npos) {
    notes.push_back(name + ": \"" + column.extra.substr(at) + "\" is not kept; a trigger could do it");
  }
  if (seen != nullptr) note_seen(name, *seen, zero_dates, notes);
}

bool note_index(const NativeTable& table, const Rows& rows, size_t first, size_t end, json& notes) {
  const std::string name = table.name + ": index " + rows.text(first, 1);
  const std::string kind = rows.text(first, 6);
  const bool is_unique = rows.text(first, 2) == "0";
  if (kind == "FULLTEXT" || kind == "SPATIAL") {
    notes.push_back(name + " is " + kind + " and is not kept");
    return false;
  }
  for (size_t row = first; row < end; ++row) {
    const std::string column = rows.text(row, 3);
    if (column.empty()) {
      notes.push_back(name + " is over an expression and is not kept");
      return false;
    }
    if (rows.text(row, 5) != "0" && is_unique) {
      notes.push_back(name + " is unique over the first " + rows.text(row, 5) + " characters of " + column + " and is not kept");
      return false;
    }
    if (rows.text(row, 5) != "0") {
      notes.push_back(name + " is over the first " + rows.text(row, 5) + " characters of " + column + "; it is kept over all of it");
    }
    const NativeColumn* native = table.find(column);
    if (is_unique && native != nullptr && is_text(*native) && ignores_case(native->collation)) {
      notes.push_back(name + " is unique under " + native->collation + ", for which a, A and \xc3\xa4 may be equal; elsewhere they differ");
    }
  }
  return true;
}

void note_other_objects(Connection& connection, const std::string& schema, const std::vector<std::string>& copied_views, json& notes) {
  const Rows rows = connection.run(kOthers, {schema, schema, schema, schema}, "reading the other objects of " + schema);
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows.text(row, 0) == "view" && std::find(copied_views.begin(), copied_views.end(), rows.text(row, 1)) != copied_views.end()) continue;
    const std::string on = rows.text(row, 2);
    notes.push_back(rows.text(row, 0) + " " + rows.text(row, 1) + (on.empty() ? "" : " on " + on) + " is not copied");
  }
}

}  // namespace sluice::mysql
