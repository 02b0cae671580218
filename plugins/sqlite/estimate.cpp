#include "estimate.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/error.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

/// Fewer bytes than any row takes.
constexpr int64_t kLeastRowBytes = 4;

int64_t ask_integer(Session& session, const std::string& sql, const std::string& parameter = {}) {
  Statement statement(session, sql, "describing " + session.path());
  if (!parameter.empty()) statement.bind_text(1, parameter);
  return statement.step() ? statement.integer(0) : 0;
}

/// The count that ANALYZE left behind; 0 where it never ran.
int64_t analyzed_rows(Session& session, const std::string& table) {
  if (!has_table(session, "sqlite_stat1")) return 0;
  Statement statement(session, "SELECT max(CAST(stat AS INTEGER)) FROM sqlite_stat1 WHERE tbl = ? COLLATE NOCASE",
                      "describing " + table);
  statement.bind_text(1, table);
  return statement.step() ? statement.integer(0) : 0;
}

}  // namespace

bool has_table(Session& session, const std::string& name) {
  return ask_integer(session, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE",
                     name) > 0;
}

bool find_rowid_span(Session& session, const TableShape& shape, int64_t& least, int64_t& greatest) {
  const std::string rowid = quote_name(shape.name) + "." + quote_name(shape.rowid_name);
  const std::string from = " FROM " + quote_name(shape.name);
  // One aggregate each: only then does SQLite jump to the end of the table.
  Statement statement(session,
                      "SELECT (SELECT min(" + rowid + ")" + from + "), (SELECT max(" + rowid + ")" + from + ")",
                      "finding the span of " + shape.name);
  if (!statement.step() || statement.is_null(0)) return false;
  least = statement.integer(0);
  greatest = statement.integer(1);
  return true;
}

int64_t used_bytes(Session& session) {
  const int64_t pages = ask_integer(session, "PRAGMA page_count") - ask_integer(session, "PRAGMA freelist_count");
  return pages * ask_integer(session, "PRAGMA page_size");
}

int64_t estimate_rows(Session& session, const TableShape& shape) {
  if (const int64_t analyzed = analyzed_rows(session, shape.name)) return analyzed;
  const int64_t most = used_bytes(session) / kLeastRowBytes;
  int64_t least = 0;
  int64_t greatest = 0;
  if (shape.rowid_name.empty()) {
    return ask_integer(session, "SELECT count(*) FROM (SELECT 1 FROM " + quote_name(shape.name) + " LIMIT 100000)");
  }
  if (!find_rowid_span(session, shape, least, greatest)) return 0;
  const __int128 span = static_cast<__int128>(greatest) - least + 1;
  return static_cast<int64_t>(std::min<__int128>(span, most));
}

std::map<std::string, int64_t> measure_bytes(Session& session) {
  std::map<std::string, int64_t> bytes;
  try {
    Statement statement(session, "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE",
                        "measuring " + session.path());
    while (statement.step()) bytes[statement.string(0)] = statement.integer(1);
  } catch (const Error& error) {
    if (error.code() == Code::cancelled) throw;
    bytes.clear();  // a library built without dbstat
  }
  return bytes;
}

int64_t next_rowid(Session& session, const TableShape& shape) {
  int64_t highest = 0;
  int64_t least = 0;
  if (find_rowid_span(session, shape, least, highest)) highest = std::max<int64_t>(highest, 0);
  if (has_table(session, "sqlite_sequence")) {
    const char* const kSql = "SELECT max(seq) FROM sqlite_sequence WHERE name = ? COLLATE NOCASE";
    highest = std::max(highest, ask_integer(session, kSql, shape.name));
  }
  return highest == std::numeric_limits<int64_t>::max() ? 0 : highest + 1;
}

}  // namespace sluice::sqlite
