#include "evidence.hpp"

#include <vector>

#include "quote.hpp"

namespace sluice::mysql {
namespace {

bool is_latin1(const NativeColumn& column) { return is_text(column) && column.collation.rfind("latin1_", 0) == 0; }

/// Bytes that are no UTF-8 become NULL in MySQL and question marks in MariaDB: in neither do they come back equal.
std::string asks_for_utf8(const std::string& name) {
  const std::string bytes = "CAST(" + name + " AS BINARY)";
  const std::string beyond_ascii = "(length(CONVERT(" + name + " USING utf8mb4)) > length(" + name + "))";
  const std::string is_utf8 = "(CAST(CONVERT(" + bytes + " USING utf8mb4) AS BINARY) = " + bytes + ")";
  return ", coalesce(sum(" + beyond_ascii + "), 0), coalesce(sum(" + beyond_ascii + " AND " + is_utf8 + "), 0)";
}

bool needs_scan(const NativeColumn& column) {
  return may_be_boolean(column) || has_dates(column) || column.word == "time" || is_geometry(column) || is_latin1(column);
}

/// What is asked of one column: always two expressions.
std::string questions(const NativeColumn& column) {
  const std::string name = quote_name(column.name);
  const std::string count = ", count(" + name + ")";
  if (may_be_boolean(column)) return count + ", coalesce(min(" + name + "), 0), coalesce(max(" + name + "), 0)";
  if (column.word == "time") return count + ", coalesce(max(" + name + " < '00:00:00' OR " + name + " >= '24:00:00'), 0), 0";
  if (is_latin1(column)) return count + asks_for_utf8(name);
  if (is_geometry(column)) return count + ", coalesce(sum(ST_SRID(" + name + ") <> 0), 0), 0";
  return count + ", coalesce(sum(dayofmonth(" + name + ") = 0 OR month(" + name + ") = 0), 0), 0";
}

Seen seen_of(const NativeColumn& column, const Rows& rows, size_t first) {
  Seen seen;
  seen.rows = rows.integer(0, 0);
  seen.values = rows.integer(0, first);
  const int64_t answer = rows.integer(0, first + 1);
  if (may_be_boolean(column)) {
    seen.low = answer;
    seen.high = rows.integer(0, first + 2);
  } else if (column.word == "time") {
    seen.exceeds_a_day = answer != 0;
  } else if (is_latin1(column)) {
    seen.beyond_ascii = answer;
    seen.double_encoded = rows.integer(0, first + 2);
  } else if (is_geometry(column)) {
    seen.foreign_references = answer;
  } else {
    seen.zero_dates = answer;
  }
  return seen;
}

}  // namespace

std::map<std::string, Seen> scan_table(Connection& connection, const NativeTable& table) {
  std::vector<const NativeColumn*> asked;
  std::string list;
  for (const NativeColumn& column : table.columns) {
    if (!needs_scan(column) || !column.generated.empty()) continue;
    asked.push_back(&column);
    list += questions(column);
  }
  std::map<std::string, Seen> seen;
  if (asked.empty()) return seen;
  const Rows rows = connection.run("SELECT count(*)" + list + " FROM " + quote_qualified(table.schema, table.name), {},
                                   "scanning " + table.label());
  for (size_t i = 0; i < asked.size(); ++i) seen[asked[i]->name] = seen_of(*asked[i], rows, 1 + i * 3);
  return seen;
}

}  // namespace sluice::mysql
