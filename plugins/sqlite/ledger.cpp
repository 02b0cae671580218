#include "ledger.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "home.hpp"
#include "quote.hpp"
#include "row_reader.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using arrow::Kind;
using nlohmann::json;

struct LedgerColumn {
  const char* name;
  Kind kind;
};

constexpr std::array<LedgerColumn, 16> kColumns = {{{"node", Kind::text},
                                                    {"table", Kind::text},
                                                    {"generation", Kind::int64},
                                                    {"chunk", Kind::int64},
                                                    {"bounds", Kind::text},
                                                    {"read", Kind::int64},
                                                    {"kept", Kind::int64},
                                                    {"filtered", Kind::int64},
                                                    {"rejected", Kind::int64},
                                                    {"emitted", Kind::int64},
                                                    {"written", Kind::int64},
                                                    {"already_there", Kind::int64},
                                                    {"refused", Kind::int64},
                                                    {"f_src", Kind::text},
                                                    {"f_out", Kind::text},
                                                    {"epoch", Kind::int64}}};

std::string column_list() {
  std::string list;
  for (const LedgerColumn& column : kColumns) list += (list.empty() ? "" : ", ") + quote_name(column.name);
  return list;
}

std::vector<arrow::Field> ledger_fields() {
  std::vector<arrow::Field> fields;
  for (const LedgerColumn& column : kColumns) fields.push_back({column.name, {column.kind}, false});
  return fields;
}

/// The answer where no ledger was ever made.
class NoRows : public arrow::BatchReader {
 public:
  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override { return {}; }

 private:
  std::vector<arrow::Field> fields_ = ledger_fields();
};

bool has_other_runs(Session& session, const std::string& run) {
  Statement others(session,
                   "SELECT EXISTS (SELECT 1 FROM _sluice_ledger WHERE run <> ?1) OR EXISTS (SELECT 1 FROM "
                   "_sluice_objects WHERE run <> ?1)",
                   "looking for other runs");
  others.bind_text(1, run);
  others.step();
  return others.integer(0) != 0;
}

}  // namespace

std::string ledger_row(Session& session, const sdk::WorkKey& key) {
  if (!has_home(session)) return "{}";
  Statement look(
      session,
      "SELECT " + column_list() +
          " FROM _sluice_ledger WHERE run = ? AND node = ? AND \"table\" = ? AND generation = ? AND chunk = ?",
      "reading the ledger");
  look.bind_text(1, key.run);
  look.bind_text(2, key.node);
  look.bind_text(3, key.table);
  look.bind(4, static_cast<int64_t>(key.generation));
  look.bind(5, key.chunk);
  json row = json::object();
  if (!look.step()) return row.dump();
  for (size_t i = 0; i < kColumns.size(); ++i) {
    const int column = static_cast<int>(i);
    row[kColumns[i].name] = kColumns[i].kind == Kind::text ? json(look.string(column)) : json(look.integer(column));
  }
  return row.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::unique_ptr<arrow::BatchReader> read_ledger(Session& session, const std::string& run, const std::string& node) {
  if (!has_home(session)) return std::make_unique<NoRows>();
  Statement rows(
      session,
      "SELECT " + column_list() +
          " FROM _sluice_ledger WHERE run = ?1 AND (?2 = '' OR node = ?2) ORDER BY node, \"table\", generation, chunk",
      "reading the ledger");
  rows.bind_copy(1, run);
  rows.bind_copy(2, node);
  const auto name_row = [](const Statement& row) { return "_sluice_ledger, node " + row.string(0); };
  return std::make_unique<RowReader>(std::move(rows), ledger_fields(), BatchLimits{}, name_row);
}

void forget_work(Session& session, const std::string& run, const std::string& node, uint32_t generation) {
  const OpenGuard& guard = session.require_guard("forgetting work");
  change(session,
         "DELETE FROM _sluice_ledger WHERE run = ?1 AND node = ?2 AND generation = ?3 AND NOT (run = ?4 AND node = ?5 "
         "AND \"table\" "
         "= ?6 AND generation = ?7 AND chunk = ?8)",
         "forgetting work", run, node, generation, guard.key.run, guard.key.node, guard.key.table, guard.key.generation,
         guard.key.chunk);
  change(session, "DELETE FROM _sluice_rejects WHERE run = ? AND node = ? AND generation = ?", "forgetting work", run, node, generation);
}

void retire_run(Session& session, const sdk::Fence& fence, const std::string& run) {
  WriteTransaction transaction(session, "retiring a run");
  require_fence(session, fence);
  if (has_other_runs(session, run)) {
    change(session, "DELETE FROM _sluice_ledger WHERE run = ?", "retiring a run", run);
    change(session, "DELETE FROM _sluice_rejects WHERE run = ?", "retiring a run", run);
    change(session, "DELETE FROM _sluice_objects WHERE run = ?", "retiring a run", run);
  } else {
    drop_home(session);
  }
  transaction.commit();
}

}  // namespace sluice::sqlite
