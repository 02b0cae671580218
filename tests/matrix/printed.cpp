#include "matrix/printed.hpp"

#include <mysql.h>
#include <sqlite3.h>

#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "arrow/text.hpp"
#include "support/pg_session.hpp"

namespace sluice::test::matrix {
namespace {

std::string real_text(double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text(buffer, end);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string sqlite_text(sqlite3_stmt* statement) {
  const auto bytes = [&] {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, 0));
    return std::string(data == nullptr ? "" : data, static_cast<size_t>(sqlite3_column_bytes(statement, 0)));
  };
  switch (sqlite3_column_type(statement, 0)) {
    case SQLITE_INTEGER: return std::to_string(sqlite3_column_int64(statement, 0));
    case SQLITE_FLOAT: return real_text(sqlite3_column_double(statement, 0));
    case SQLITE_TEXT: return "'" + bytes() + "'";
    case SQLITE_BLOB: return "x'" + arrow::bytes_to_hex(bytes()) + "'";
    default: return "NULL";
  }
}

std::vector<std::string> sqlite_rows(const std::string& path, const std::string& table) {
  sqlite3* database = nullptr;
  sqlite3_stmt* statement = nullptr;
  std::vector<std::string> rows;
  const std::string sql = "SELECT v FROM \"" + table + "\" ORDER BY id";
  bool is_good = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
                 sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK;
  while (is_good && sqlite3_step(statement) == SQLITE_ROW) rows.push_back(sqlite_text(statement));
  const std::string problem = is_good ? "" : sqlite3_errmsg(database);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  if (!is_good) throw std::runtime_error("sqlite: " + problem);
  return rows;
}

std::vector<std::string> postgres_rows(const std::string& url, const std::string& table) {
  PgSession session(url);
  session.execute("SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1; SET bytea_output = 'hex'");
  std::vector<std::string> rows;
  for (const auto& row : session.rows("SELECT v FROM \"" + table + "\" ORDER BY id")) rows.push_back(row[0].value_or("NULL"));
  return rows;
}

/// MySqlSession drops what tells text from bytes, so the server is asked for that.
std::vector<std::string> mysql_rows(const std::string& url, const std::string& table) {
  MySqlSession session(url);
  session.execute("SET time_zone = '+00:00'");
  const auto kind = session.rows("SELECT data_type FROM information_schema.columns WHERE table_schema = database() AND table_name = '" +
                                 table + "' AND column_name = 'v'");
  const std::string& word = kind.at(0)[0];
  const bool is_binary = word.find("blob") != std::string::npos || word.find("binary") != std::string::npos || word == "bit";
  // The server prints six digits of a float, and all of the double that is equal to it.
  const std::string value = is_binary ? "concat('0x', lower(hex(v)))" : word == "float" ? "cast(v AS double)" : "v";
  std::vector<std::string> rows;
  for (const auto& row : session.rows("SELECT " + value + " FROM `" + table + "` ORDER BY id")) rows.push_back(row[0]);
  return rows;
}

/// The records of a file as raw bytes: a newline between quotes is part of one.
std::vector<std::string> csv_records(const std::string& text) {
  std::vector<std::string> records;
  std::string record;
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if (c == '\n' && !is_quoted) {
      if (!record.empty() && record.back() == '\r') record.pop_back();
      records.push_back(std::move(record));
      record.clear();
    } else {
      record += c;
    }
  }
  if (!record.empty()) throw std::runtime_error("csv: the last record has no end: " + record);
  return records;
}

/// The text with 0 for each number of the grammar of RFC 8259, of which parsers take no more than a double holds.
std::string without_numbers(const std::string& text) {
  static const std::regex kStringOrNumber(R"("(?:[^"\\]|\\.)*"|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)");
  constexpr size_t kShort = 2'000;
  if (text.size() > kShort) return text;
  std::string plain;
  size_t done = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), kStringOrNumber), end; found != end; ++found) {
    const auto at = static_cast<size_t>(found->position());
    plain += text.substr(done, at - done) + (text[at] == '"' ? found->str() : "0");
    done = at + static_cast<size_t>(found->length());
  }
  return plain + text.substr(done);
}

/// The raw bytes of v in a record {"id":N,"v":...} of a line, which another parser than the plugin's must take for JSON.
std::pair<long, std::string> json_record(const std::string& line) {
  static const std::string kId = "{\"id\":";
  static const std::string kBetween = ",\"v\":";
  const size_t between = line.find(kBetween);
  if (!line.starts_with(kId) || between == std::string::npos || line.back() != '}') throw std::runtime_error("json: not a record: " + line);
  std::string value = line.substr(between + kBetween.size(), line.size() - between - kBetween.size() - 1);
  if (!nlohmann::json::accept(without_numbers(line))) throw std::runtime_error("json: the record is not JSON: " + line);
  return {std::stol(line.substr(kId.size())), std::move(value)};
}

std::vector<std::string> json_rows(const std::string& path) {
  const std::string text = read_text(path);
  if (!text.empty() && text.back() != '\n') throw std::runtime_error("json: the last record has no end");
  std::map<long, std::string> by_id;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!by_id.insert(json_record(line)).second) throw std::runtime_error("json: twice there: " + line);
  }
  std::vector<std::string> rows;
  for (auto& [id, value] : by_id) rows.push_back(std::move(value));
  return rows;
}

std::vector<std::string> csv_rows(const std::string& path) {
  const std::vector<std::string> records = csv_records(read_text(path));
  if (records.empty() || !records[0].starts_with("id,v"))
    throw std::runtime_error("csv: the first record is " + (records.empty() ? "not there" : records[0]));
  std::map<long, std::string> by_id;
  for (size_t i = 1; i < records.size(); ++i) {
    const size_t comma = records[i].find(',');
    if (!by_id.emplace(std::stol(records[i]), records[i].substr(comma + 1)).second)
      throw std::runtime_error("csv: twice there: " + records[i]);
  }
  std::vector<std::string> rows;
  for (auto& [id, value] : by_id) rows.push_back(std::move(value));
  return rows;
}

}  // namespace

std::vector<std::string> printed(const Place& place, const std::string& table) {
  if (place.kind() == "postgres") return postgres_rows(place.url(), table);
  if (place.kind() == "mysql") return mysql_rows(place.url(), table);
  if (place.kind() == "sqlite") return sqlite_rows(place.path("matrix.db"), table);
  if (place.kind() == "json") return json_rows(place.path(table + ".ndjson"));
  return csv_rows(place.path(table + ".csv"));
}

}  // namespace sluice::test::matrix
