#include "ledger.hpp"

#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "home.hpp"
#include "read.hpp"

namespace sluice::mysql {
namespace {

using arrow::Kind;

constexpr const char* kCounts = "`read`, kept, filtered, rejected, emitted, written, already_there, refused";

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

/// "count:sum:xor", sum and xor as 32 hex digits.
std::string to_text(const sluice_fingerprint& f) {
  char text[128];
  std::snprintf(text, sizeof text, "%" PRIu64 ":%016" PRIx64 "%016" PRIx64 ":%016" PRIx64 "%016" PRIx64, f.count, f.sum_high, f.sum_low,
                f.xor_high, f.xor_low);
  return text;
}

}  // namespace

Values key_params(const sdk::WorkKey& key) {
  return {key.run, key.node, key.table, std::to_string(key.generation), std::to_string(key.chunk)};
}

void complete_ledger_row(Connection& connection, const sdk::WorkKey& key, const sluice_work_result& result) {
  Values params;
  for (const int64_t count : {result.read, result.kept, result.filtered, result.rejected, result.emitted, result.written, result.already_there,
                              result.refused}) {
    params.push_back(std::to_string(count));
  }
  params.push_back(to_text(result.f_src));
  params.push_back(to_text(result.f_out));
  params.push_back(result.bounds == nullptr ? std::nullopt : std::optional<std::string>(result.bounds));
  for (auto& param : key_params(key)) params.push_back(std::move(param));
  const Rows updated = connection.run(
      std::string("UPDATE _sluice_ledger SET done = 1, `read` = ?, kept = ?, filtered = ?, rejected = ?, emitted = ?, written = ?, "
                  "already_there = ?, refused = ?, f_src = ?, f_out = ?, bounds = ?") + kOfKey,
      params, "writing the ledger row of " + key.node);
  if (updated.affected != 1) {
    throw Error(Code::internal, "the guard of " + key.node + ": its transaction was ended from within",
                "SQL of a step must not contain COMMIT or ROLLBACK");
  }
}

std::string ledger_row_json(Connection& connection, const sdk::WorkKey& key, bool locks) {
  const Rows row = connection.run(std::string("SELECT f_src, f_out, bounds, epoch, ") + kCounts + " FROM _sluice_ledger" + kOfKey +
                                      " AND done = 1" + (locks ? " FOR UPDATE" : ""),
                                  key_params(key), "reading the ledger");
  if (row.empty()) return "{}";
  nlohmann::json json = {{"run", key.run},           {"node", key.node},           {"table", key.table},
                         {"chunk", key.chunk},       {"f_src", row.text(0, 0)},    {"f_out", row.text(0, 1)},
                         {"bounds", row.text(0, 2)}, {"epoch", row.integer(0, 3)}, {"generation", key.generation}};
  for (size_t i = 4; i < 12; ++i) json[row.names[i]] = row.integer(0, i);
  return json.dump();
}

std::unique_ptr<arrow::BatchReader> read_ledger(Session& session, const std::string& run, const std::string& node) {
  if (!has_home(session)) return std::make_unique<NoRows>(ledger_fields());
  Values params = {run};
  if (!node.empty()) params.push_back(node);
  return query_rows(session,
                    std::string("SELECT node, tbl AS `table`, generation, chunk, bounds, ") + kCounts +
                        ", f_src, f_out, epoch FROM _sluice_ledger WHERE run = ? AND done = 1" + (node.empty() ? "" : " AND node = ?") +
                        " ORDER BY node, tbl, generation, chunk",
                    params);
}

void forget_ledger(Session& session, const std::string& run, const std::string& node, uint32_t generation) {
  if (!session.guard) throw Error(Code::invalid_argument, "ledger_forget: no guard is open");
  Values params = {run, node, std::to_string(generation)};
  for (auto& param : key_params(session.guard->key)) params.push_back(std::move(param));
  session.data().run(
      "DELETE FROM _sluice_ledger WHERE run = ? AND node = ? AND generation = ? "
      "AND NOT (run = ? AND node = ? AND tbl = ? AND generation = ? AND chunk = ?)",
      params, "forgetting the ledger rows of " + node);
  session.data().run("DELETE FROM _sluice_rejects WHERE run = ? AND node = ? AND generation = ?", {run, node, std::to_string(generation)},
                     "forgetting the rejects of " + node);
}

}  // namespace sluice::mysql
