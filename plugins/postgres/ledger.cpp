#include "ledger.hpp"

#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "ask.hpp"
#include "base/error.hpp"
#include "home.hpp"

namespace sluice::postgres {
namespace {

using arrow::Kind;

constexpr const char* kUpdate =
    "UPDATE sluice.ledger SET read = $6::bigint, kept = $7::bigint, filtered = $8::bigint, rejected = $9::bigint, "
    "emitted = $10::bigint, written = $11::bigint, already_there = $12::bigint, refused = $13::bigint, f_src = $14, "
    "f_out = $15, bounds = $16, committed_at = clock_timestamp() "
    "WHERE run = $1 AND node = $2 AND tbl = $3 AND generation = $4::bigint AND chunk = $5::bigint "
    "AND xmin::text::bigint = (pg_catalog.txid_current() & 4294967295)";

constexpr const char* kCounts = "read, kept, filtered, rejected, emitted, written, already_there, refused";

constexpr const char* kSelect =
    "SELECT node, tbl, generation, chunk, bounds, read, kept, filtered, rejected, emitted, written, already_there, "
    "refused, "
    "f_src, f_out, epoch FROM sluice.ledger";

Values key_params(const sdk::WorkKey& key) {
  return {key.run, key.node, key.table, std::to_string(key.generation), std::to_string(key.chunk)};
}

std::vector<arrow::Field> ledger_fields() {
  std::vector<arrow::Field> fields;
  const auto add = [&](std::initializer_list<const char*> names, Kind kind) {
    for (const char* name : names) fields.push_back({name, {kind}, std::string(name) == "bounds"});
  };
  add({"node", "table"}, Kind::text);
  add({"generation", "chunk"}, Kind::int64);
  add({"bounds"}, Kind::text);
  add({"read", "kept", "filtered", "rejected", "emitted", "written", "already_there", "refused"}, Kind::int64);
  add({"f_src", "f_out"}, Kind::text);
  add({"epoch"}, Kind::int64);
  return fields;
}

/// No rows, for a target without a ledger.
class NoRows final : public arrow::BatchReader {
 public:
  explicit NoRows(std::vector<arrow::Field> fields) : fields_(std::move(fields)) {}
  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override { return {}; }

 private:
  std::vector<arrow::Field> fields_;
};

}  // namespace

std::string to_text(const sluice_fingerprint& f) {
  char text[128];
  std::snprintf(text, sizeof text, "%" PRIu64 ":%016" PRIx64 "%016" PRIx64 ":%016" PRIx64 "%016" PRIx64, f.count,
                f.sum_high, f.sum_low, f.xor_high, f.xor_low);
  return text;
}

Statement ledger_update(const sdk::WorkKey& key, const sluice_work_result& result) {
  Values params = key_params(key);
  for (const int64_t count : {result.read, result.kept, result.filtered, result.rejected, result.emitted,
                              result.written, result.already_there, result.refused}) {
    params.push_back(std::to_string(count));
  }
  params.push_back(to_text(result.f_src));
  params.push_back(to_text(result.f_out));
  params.push_back(result.bounds == nullptr ? std::nullopt : std::optional<std::string>(result.bounds));
  return {kUpdate, std::move(params)};
}

std::string ledger_row_json(Connection& connection, const sdk::WorkKey& key) {
  const Result row = connection.run(std::string("SELECT f_src, f_out, bounds, epoch, ") + kCounts +
                                        " FROM sluice.ledger WHERE run = $1 AND node = $2 AND tbl = $3 "
                                        "AND generation = $4::bigint AND chunk = $5::bigint",
                                    key_params(key), "reading the ledger");
  if (row.rows() == 0) return "{}";
  nlohmann::json json = {{"run", key.run},           {"node", key.node},           {"table", key.table},
                         {"chunk", key.chunk},       {"f_src", row.text(0, 0)},    {"f_out", row.text(0, 1)},
                         {"bounds", row.text(0, 2)}, {"epoch", row.integer(0, 3)}, {"generation", key.generation}};
  for (int i = 4; i < 12; ++i) json[PQfname(row.get(), i)] = row.integer(0, i);
  return json.dump();
}

std::unique_ptr<arrow::BatchReader> read_ledger(Session& session, const std::string& run, const std::string& node) {
  if (!has_home(session)) return std::make_unique<NoRows>(ledger_fields());
  Values params = {run};
  std::string sql = std::string(kSelect) + " WHERE run = $1";
  if (!node.empty()) {
    sql += " AND node = $2";
    params.push_back(node);
  }
  return query_rows(session, sql + " ORDER BY node, tbl, generation, chunk", params, ledger_fields());
}

void forget_ledger(Session& session, const std::string& run, const std::string& node, uint32_t generation) {
  if (!session.guard) throw Error(Code::invalid_argument, "ledger_forget: no guard is open");
  const sdk::WorkKey& own = session.guard->key;
  Values params = {run, node, std::to_string(generation)};
  for (auto& param : key_params(own)) params.push_back(std::move(param));
  session.data().run(
      "DELETE FROM sluice.ledger WHERE run = $1 AND node = $2 AND generation = $3::bigint "
      "AND (run, node, tbl, generation, chunk) <> ($4, $5, $6, $7::bigint, $8::bigint)",
      params, "forgetting the ledger rows of " + node);
  session.data().run("DELETE FROM sluice.rejects WHERE run = $1 AND node = $2 AND generation = $3::bigint",
                     {run, node, std::to_string(generation)}, "forgetting the rejects of " + node);
}

}  // namespace sluice::postgres
