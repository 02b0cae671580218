#include "rejects.hpp"

#include "ask.hpp"
#include "base/error.hpp"
#include "home.hpp"
#include "session.hpp"

namespace sluice::postgres {

void record_rejects(Session& session, const std::vector<std::string>& rejects) {
  if (!session.guard) throw Error(Code::invalid_argument, "rejects_record: no guard is open");
  const sdk::WorkKey& key = session.guard->key;
  for (const std::string& reject : rejects) {
    session.data().run(
        "INSERT INTO sluice.rejects (run, node, tbl, generation, chunk, reject) VALUES ($1, $2, $3, $4::bigint, $5::bigint, $6)",
        {key.run, key.node, key.table, std::to_string(key.generation), std::to_string(key.chunk), reject}, "keeping rejects");
  }
}

std::unique_ptr<arrow::BatchReader> read_rejects(Session& session, const std::string& run, const std::string& node, uint32_t generation) {
  const std::vector<arrow::Field> fields = sdk::reject_fields();
  if (!has_home(session)) return std::make_unique<sdk::NoRows>(fields);
  return query_rows(session,
                    "SELECT tbl, chunk, reject FROM sluice.rejects WHERE run = $1 AND node = $2 AND generation = $3::bigint "
                    "ORDER BY tbl, chunk, seq",
                    {run, node, std::to_string(generation)}, fields);
}

void use_savepoint(Session& session, int32_t action) {
  if (!session.guard) throw Error(Code::invalid_argument, "savepoint: no guard is open");
  for (const char* sql : sdk::savepoint_statements(action)) session.raw_data().run_script(sql);
}

}  // namespace sluice::postgres
