#include "ledger.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "arrow/builder.hpp"
#include "guard.hpp"
#include "home.hpp"
#include "tables.hpp"

namespace sluice::files {

namespace {

using arrow::Kind;
using nlohmann::json;

struct LedgerColumn {
  const char* name;
  Kind kind;
};

constexpr int64_t kBatchRows = 8192;
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
  for (const LedgerColumn& column : kColumns) list += std::string(list.empty() ? "" : ", ") + "\"" + column.name + "\"";
  return list;
}

std::vector<arrow::Field> ledger_fields() {
  std::vector<arrow::Field> fields;
  for (const LedgerColumn& column : kColumns) fields.push_back({column.name, {column.kind}, false});
  return fields;
}

/// Steps a statement over the ledger into batches; without one it has no rows.
class LedgerReader : public arrow::BatchReader {
 public:
  explicit LedgerReader(std::optional<Statement> rows) : rows_(std::move(rows)), builder_(ledger_fields()) {}
  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }

  arrow::Array next() override {
    while (rows_ && builder_.rows() < kBatchRows) {
      if (!rows_->step()) {
        rows_.reset();
        break;
      }
      for (size_t i = 0; i < kColumns.size(); ++i) {
        const int column = static_cast<int>(i);
        kColumns[i].kind == Kind::text ? builder_.column(i).append_bytes(rows_->text(column))
                                       : builder_.column(i).append_int64(rows_->integer(column));
      }
    }
    return builder_.rows() == 0 ? arrow::Array() : builder_.finish();
  }

 private:
  std::optional<Statement> rows_;
  arrow::BatchBuilder builder_;
};

bool has_other_runs(Home& home, const std::string& run) {
  Statement others(
      home.database(),
      "SELECT EXISTS (SELECT 1 FROM ledger WHERE run <> ?1) OR EXISTS (SELECT 1 FROM objects WHERE run <> ?1) OR "
      "EXISTS (SELECT 1 FROM tables WHERE run <> ?1 AND published = '')",
      "looking for other runs", run);
  others.step();
  return others.integer(0) != 0;
}

void delete_run(Home& home, const std::string& run) {
  for (const char* table : {"ledger", "rejects", "objects", "tables"}) {
    change(home.database(), std::string("DELETE FROM ") + table + " WHERE run = ?", "retiring a run", run);
  }
  change(home.database(), "DELETE FROM parts WHERE \"table\" NOT IN (SELECT id FROM tables)", "retiring a run");
}

}  // namespace

std::string ledger_row(Home& home, const sdk::WorkKey& key) {
  json row = json::object();
  if (!home.exists()) return row.dump();
  Statement look(home.database(),
                 "SELECT " + column_list() +
                     " FROM ledger WHERE run = ? AND node = ? AND \"table\" = ? AND generation = ? AND chunk = ?",
                 "reading the ledger", key.run, key.node, key.table, key.generation, key.chunk);
  if (!look.step()) return row.dump();
  for (size_t i = 0; i < kColumns.size(); ++i) {
    const int column = static_cast<int>(i);
    row[kColumns[i].name] = kColumns[i].kind == Kind::text ? json(look.text(column)) : json(look.integer(column));
  }
  return row.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::unique_ptr<arrow::BatchReader> read_ledger(Home& home, const std::string& run, const std::string& node) {
  if (!home.exists()) return std::make_unique<LedgerReader>(std::nullopt);
  return std::make_unique<LedgerReader>(Statement(
      home.database(),
      "SELECT " + column_list() +
          " FROM ledger WHERE run = ?1 AND (?2 = '' OR node = ?2) ORDER BY node, \"table\", generation, chunk",
      "reading the ledger", run, node));
}

void forget_work(Home& home, const std::string& run, const std::string& node, uint32_t generation) {
  begin_writing(home, "forgetting work");
  const sdk::WorkKey& own = home.guard->key;
  change(home.database(),
         "DELETE FROM ledger WHERE run = ?1 AND node = ?2 AND generation = ?3 AND NOT (run = ?4 AND node = ?5 AND "
         "\"table\" = ?6 "
         "AND generation = ?7 AND chunk = ?8)",
         "forgetting work", run, node, generation, own.run, own.node, own.table, own.generation, own.chunk);
  change(home.database(), "DELETE FROM rejects WHERE run = ? AND node = ? AND generation = ?", "forgetting work", run, node, generation);
}

void retire_run(Home& home, const sdk::Fence& fence, const std::string& run) {
  require_fence(home, fence);
  publish_rest(home, run);
  {
    WriteTransaction transaction(home, "retiring a run");
    require_fence(home, fence);
    if (has_other_runs(home, run)) {
      delete_run(home, run);
      return transaction.commit();
    }
  }
  home.drop();
}

}  // namespace sluice::files
