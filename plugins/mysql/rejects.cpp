#include "rejects.hpp"

#include "base/error.hpp"
#include "home.hpp"
#include "read.hpp"
#include "session.hpp"

namespace sluice::mysql {

void record_rejects(Session& session, const std::vector<std::string>& rejects) {
  if (!session.guard) throw Error(Code::invalid_argument, "rejects_record: no guard is open");
  const sdk::WorkKey& key = session.guard->key;
  for (const std::string& reject : rejects) {
    session.data().run("INSERT INTO _sluice_rejects (run, node, tbl, generation, chunk, reject) VALUES (?, ?, ?, ?, ?, ?)",
                       {key.run, key.node, key.table, std::to_string(key.generation), std::to_string(key.chunk), reject},
                       "keeping rejects");
  }
}

std::unique_ptr<arrow::BatchReader> read_rejects(Session& session, const std::string& run, const std::string& node, uint32_t generation) {
  if (!has_home(session)) return std::make_unique<sdk::NoRows>(sdk::reject_fields());
  return query_rows(session,
                    "SELECT tbl, chunk, reject FROM _sluice_rejects WHERE run = ? AND node = ? AND generation = ? ORDER BY tbl, chunk, seq",
                    {run, node, std::to_string(generation)});
}

void use_savepoint(Session& session, int32_t action) {
  if (!session.guard) throw Error(Code::invalid_argument, "savepoint: no guard is open");
  for (const char* sql : sdk::savepoint_statements(action)) session.data().run(sql, {}, "setting a savepoint");
}

}  // namespace sluice::mysql
