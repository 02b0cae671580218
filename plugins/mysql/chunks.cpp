#include "chunks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "native.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using arrow::Kind;
using nlohmann::json;

using Texts = std::vector<std::string>;

/// A key space this many times larger than the rows is cut by counting rows, not by equal width.
constexpr double kSparse = 3;

/// The word of a key type in the answer, "" where bounds of that type are not made.
std::string key_type(const NativeColumn& column) {
  const Kind kind = logical_type(column).kind;
  if (kind >= Kind::int8 && kind <= Kind::uint64) return kind == Kind::uint64 ? "decimal" : "integer";
  if (kind == Kind::decimal || kind == Kind::number) return "decimal";
  // A zero date is no day that a bound could name.
  return kind == Kind::date && !column.nullable ? "date" : "";
}

const NativeColumn* cut_column(Connection& connection, const NativeTable& table, const sdk::ReadSpec& spec) {
  if (spec.key.size() == 1) return &table.column(spec.key.front());
  if (!spec.key.empty()) return nullptr;
  const Rows found = connection.run(
      "SELECT column_name FROM information_schema.statistics WHERE table_schema = ? AND table_name = ? AND index_name = 'PRIMARY' "
      "AND seq_in_index = 1",
      {table.schema, table.name}, "looking at the key of " + table.label());
  return found.empty() ? nullptr : &table.column(found.text(0, 0));
}

/// Equal widths between the least and the greatest key; nullopt where they would make uneven chunks.
std::optional<Texts> even_cuts(Connection& connection, const NativeTable& table, const NativeColumn& column, int64_t rows, int64_t wanted) {
  const std::string name = quote_name(column.name);
  const Rows found = connection.run("SELECT min(" + name + "), max(" + name + ") FROM " + quote_qualified(table.schema, table.name), {},
                                    "cutting " + table.label());
  if (found.is_null(0, 0)) return Texts();
  const __int128 low = found.integer(0, 0);
  const __int128 span = static_cast<__int128>(found.integer(0, 1)) - low + 1;
  if (static_cast<double>(span) > kSparse * static_cast<double>(std::max<int64_t>(rows, 1))) return std::nullopt;
  Texts cuts;
  for (int64_t i = 1; i < wanted && i < span; ++i) {
    cuts.push_back(std::to_string(static_cast<int64_t>(low + span * i / std::min<__int128>(wanted, span))));
  }
  return cuts;
}

/// Every n-th key in order, by one pass over the key's index.
Texts counted_cuts(Connection& connection, const NativeTable& table, const NativeColumn& column, int64_t wanted) {
  const std::string name = quote_name(column.name);
  const std::string from = " FROM " + quote_qualified(table.schema, table.name);
  const int64_t rows = connection.run("SELECT count(*)" + from, {}, "counting " + table.label()).integer(0, 0);
  const int64_t each = std::max<int64_t>(1, (rows + wanted - 1) / wanted);
  const Rows found = connection.run("SELECT DISTINCT k FROM (SELECT " + name + " AS k, row_number() OVER (ORDER BY " + name + ") AS n" + from +
                                        ") numbered WHERE n > 1 AND (n - 1) % " + std::to_string(each) + " = 0 AND k IS NOT NULL ORDER BY k",
                                    {}, "cutting " + table.label());
  Texts cuts;
  for (size_t row = 0; row < found.size(); ++row) cuts.push_back(found.text(row, 0));
  return cuts;
}

std::string answer(const Texts& key, const std::string& type, const Texts& cuts, int64_t rows) {
  json list = json::array();
  for (const std::string& cut : cuts) list.push_back(json::array({cut}));
  return json{{"key", key}, {"type", type}, {"cuts", list}, {"rows", rows}}.dump();
}

}  // namespace

std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted) {
  Connection& connection = session.data();
  const NativeTable table = describe_table(connection, session.schema_or_default(spec.schema), spec.table);
  const Rows estimate = connection.run("SELECT coalesce(table_rows, 0) FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
                                       {table.schema, table.name}, "estimating " + table.label());
  const int64_t rows = estimate.empty() ? 0 : estimate.integer(0, 0);
  const NativeColumn* column = cut_column(connection, table, spec);
  const std::string type = column == nullptr ? "" : key_type(*column);
  if (type.empty() && !spec.key.empty()) {
    throw Error(Code::unsupported, table.label() + ": cannot be cut by " + spec.key.front() + ", only by one integer, decimal or date column");
  }
  if (type.empty()) return answer({}, "local", {}, rows);
  Texts cuts;
  if (wanted > 1) {
    const auto even = type == "integer" ? even_cuts(connection, table, *column, rows, wanted) : std::nullopt;
    cuts = even ? *even : counted_cuts(connection, table, *column, wanted);
  }
  return answer({column->name}, type, cuts, rows);
}

}  // namespace sluice::mysql
