#include "rejects.hpp"

#include "base/error.hpp"
#include "home.hpp"
#include "row_reader.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

void record_rejects(Session& session, const std::vector<std::string>& rejects) {
  const sdk::WorkKey& key = session.require_guard("keeping rejects").key;
  for (const std::string& reject : rejects) {
    change(session, "INSERT INTO _sluice_rejects (run, node, \"table\", generation, chunk, reject) VALUES (?, ?, ?, ?, ?, ?)",
           "keeping rejects", key.run, key.node, key.table, key.generation, key.chunk, reject);
  }
}

std::unique_ptr<arrow::BatchReader> read_rejects(Session& session, const std::string& run, const std::string& node, uint32_t generation) {
  const std::vector<arrow::Field> fields = sdk::reject_fields();
  if (!has_home(session)) return std::make_unique<sdk::NoRows>(fields);
  Statement rows(session,
                 "SELECT \"table\", chunk, reject FROM _sluice_rejects WHERE run = ? AND node = ? AND generation = ? "
                 "ORDER BY \"table\", chunk, id",
                 "reading rejects");
  rows.bind_copy(1, run);
  rows.bind_copy(2, node);
  rows.bind(3, static_cast<int64_t>(generation));
  return std::make_unique<RowReader>(std::move(rows), fields, BatchLimits{}, [](const Statement&) { return std::string("_sluice_rejects"); });
}

void use_savepoint(Session& session, int32_t action) {
  session.require_guard("setting a savepoint");
  for (const char* sql : sdk::savepoint_statements(action)) change(session, sql, "setting a savepoint");
}

}  // namespace sluice::sqlite
