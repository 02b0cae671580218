#include "chunks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "quote.hpp"
#include "shape.hpp"

namespace sluice::postgres {
namespace {

using nlohmann::json;

/// Rows from which quantiles are taken by a sample instead of all.
constexpr int64_t kSampleAbove = 200'000;
constexpr double kSampleRows = 60'000;
/// A key space this many times larger than the rows is cut by quantiles, not by equal width.
constexpr double kSparse = 3;
constexpr int64_t kCountBelowBlocks = 4'096;

struct Estimate {
  int64_t rows = 0;
  int64_t blocks = 0;
};

Estimate estimate_table(Connection& connection, const TableShape& shape) {
  const std::string where = "estimating " + shape.label();
  const std::string oid = std::to_string(shape.oid);
  const Result found = connection.run(
      "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint, coalesce(sum(greatest(c.relpages, 0)), 0)::bigint, "
      "coalesce(sum(pg_catalog.pg_relation_size(c.oid)), 0)::bigint / current_setting('block_size')::bigint "
      "FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm') AND (c.oid = $1::oid OR c.oid IN "
      "(SELECT relid FROM pg_catalog.pg_partition_tree($1::oid::regclass)))",
      {oid}, where);
  Estimate estimate{found.integer(0, 0), found.integer(0, 2)};
  const int64_t pages = found.integer(0, 1);
  if (pages > 0 && estimate.rows > 0) {
    estimate.rows = static_cast<int64_t>(static_cast<double>(estimate.rows) / static_cast<double>(pages) *
                                         static_cast<double>(estimate.blocks));
    return estimate;
  }
  const std::string name = quote_qualified(shape.schema, shape.name);
  if (estimate.blocks <= kCountBelowBlocks) {
    estimate.rows = connection.run("SELECT count(*) FROM " + name, {}, where).integer(0, 0);
    return estimate;
  }
  const Result sample = connection.run("SELECT count(*) * 100 FROM " + name + " TABLESAMPLE SYSTEM (1)", {}, where);
  estimate.rows = sample.integer(0, 0);
  return estimate;
}

/// The word of a key type in the answer, "" where bounds of that type are not made.
std::string key_type(const NativeType& type) {
  switch (type.base) {
    case oid::kInt2:
    case oid::kInt4:
    case oid::kInt8: return "integer";
    case oid::kUuid: return "uuid";
    case oid::kDate: return "date";
    case oid::kNumeric: return "decimal";
    default: return "";
  }
}

/// The column to cut by; nullptr where only blocks are left.
const NativeColumn* cut_column(Connection& connection, const TableShape& shape, const sdk::ReadSpec& spec) {
  if (spec.key.size() == 1) return &shape.column(spec.key.front());
  if (!spec.key.empty()) return nullptr;
  const Result found = connection.run(
      "SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid "
      "AND a.attnum = i.indkey[0] WHERE i.indrelid = $1::oid AND i.indisprimary",
      {std::to_string(shape.oid)}, "looking at the key of " + shape.label());
  return found.rows() == 0 ? nullptr : &shape.column(found.text(0, 0));
}

std::string source_of(const TableShape& shape, int64_t rows) {
  const std::string name = (shape.kind == 'r' ? "ONLY " : "") + quote_qualified(shape.schema, shape.name);
  const bool can_sample = shape.kind == 'r' || shape.kind == 'p' || shape.kind == 'm';
  if (rows <= kSampleAbove || !can_sample) return name;
  const double percent = std::max(0.001, kSampleRows * 100.0 / static_cast<double>(rows));
  return name + " TABLESAMPLE SYSTEM (" + std::to_string(percent) + ") REPEATABLE (1)";
}

using Texts = std::vector<std::string>;

Texts quantile_cuts(Connection& connection, const TableShape& shape, const NativeColumn& column, int64_t rows,
                    int64_t wanted) {
  const std::string name = quote_name(column.name);
  // Chunks end at finite dates; the first and the last have no end.
  const std::string finite = column.type.base == oid::kDate ? " AND isfinite(cut)" : "";
  const Result found = connection.run(
      "SELECT c.cut::text FROM (SELECT DISTINCT cut FROM unnest((SELECT percentile_disc(array(SELECT i / $1::float8 "
      "FROM generate_series(1, $1::int - 1) i)) WITHIN GROUP (ORDER BY " +
          name + ") FROM " + source_of(shape, rows) + ")) cut WHERE cut IS NOT NULL" + finite + ") c ORDER BY c.cut",
      {std::to_string(wanted)}, "cutting " + shape.label());
  Texts cuts;
  for (int i = 0; i < found.rows(); ++i) cuts.push_back(found.text(i, 0));
  return cuts;
}

/// nullopt where equal widths would make uneven chunks.
std::optional<Texts> even_cuts(Connection& connection, const TableShape& shape, const NativeColumn& column,
                               int64_t rows, int64_t wanted) {
  const std::string name = quote_name(column.name);
  const Result found = connection.run(
      "SELECT min(" + name + ")::bigint, max(" + name + ")::bigint FROM " + quote_qualified(shape.schema, shape.name),
      {}, "cutting " + shape.label());
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

json answer(const Texts& key, const std::string& type, const Texts& cuts, int64_t rows) {
  json list = json::array();
  for (const std::string& cut : cuts) list.push_back(json::array({cut}));
  return {{"key", key}, {"type", type}, {"cuts", list}, {"rows", rows}};
}

std::string without_hyphens(std::string text) {
  std::erase(text, '-');
  return text;
}

json block_answer(Connection& connection, const TableShape& shape, const Estimate& estimate, int64_t wanted) {
  Texts cuts;
  // Before version 14 the server scans the whole table for each range of blocks.
  const bool has_range_scan = PQserverVersion(connection.raw()) >= 140000;
  if (shape.kind == 'r' && has_range_scan) {
    for (int64_t i = 1; i < wanted && i < estimate.blocks; ++i) {
      cuts.push_back(std::to_string(estimate.blocks * i / std::min(wanted, estimate.blocks)));
    }
  }
  return answer({}, "local", cuts, estimate.rows);
}

}  // namespace

std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted) {
  Connection& connection = session.data();
  const TableShape shape = describe_table(connection, session.schema_or_default(spec.schema), spec.table);
  if (shape.kind == 'v' || shape.kind == 'f') return answer({}, "local", {}, 0).dump();
  const Estimate estimate = estimate_table(connection, shape);
  const NativeColumn* column = cut_column(connection, shape, spec);
  const std::string type = column == nullptr ? "" : key_type(column->type);
  if (type.empty() && !spec.key.empty()) {
    throw Error(Code::unsupported, shape.label() + ": cannot be cut by " + spec.key.front() +
                                       ", only by one integer, numeric, uuid or date column");
  }
  if (type.empty()) return block_answer(connection, shape, estimate, wanted).dump();
  Texts cuts;
  if (wanted > 1) {
    const auto even = type == "integer" ? even_cuts(connection, shape, *column, estimate.rows, wanted) : std::nullopt;
    cuts = even ? *even : quantile_cuts(connection, shape, *column, estimate.rows, wanted);
  }
  // A first key column of few values makes few and large chunks: blocks are finer.
  const bool is_coarse = static_cast<int64_t>(cuts.size()) + 1 < wanted / 2 && estimate.blocks > wanted;
  if (is_coarse && spec.key.empty()) return block_answer(connection, shape, estimate, wanted).dump();
  if (type == "uuid") std::transform(cuts.begin(), cuts.end(), cuts.begin(), without_hyphens);
  return answer({column->name}, type, cuts, estimate.rows).dump();
}

}  // namespace sluice::postgres
