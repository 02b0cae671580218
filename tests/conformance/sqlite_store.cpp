#include "sqlite_store.hpp"

#include <utility>

#include "arrow/text.hpp"
#include "arrow/view.hpp"

namespace sluice::test {

std::shared_ptr<const store::Plugin> sqlite_plugin() {
  static const auto plugin = store::Plugin::load(store::PluginSearch({SLUICE_PLUGIN_DIR}).find("sqlite"));
  return plugin;
}

store::Store sqlite_store(const std::string& path, const std::string& access, store::Options more) {
  store::Options options = {{"url", "sqlite:" + path}, {"access", access}};
  options.insert(options.end(), more.begin(), more.end());
  return store::Store(sqlite_plugin(), "shop", options);
}

Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(Code::internal, "nothing was thrown");
}

Rows all_rows(arrow::BatchReader& reader) {
  Rows rows;
  for (arrow::Array batch = reader.next(); !batch.empty(); batch = reader.next()) {
    const auto views = arrow::view_batch(reader.fields(), *batch);
    for (int64_t i = 0; i < batch->length; ++i) {
      std::vector<std::string> row;
      for (const arrow::ColumnView& view : views)
        row.push_back(view.is_null(i) ? "NULL" : arrow::value_to_text(view, i));
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Rows query_rows(store::Session& session, const std::string& sql) { return all_rows(*session.query(sql)); }

Rows read_rows(store::Session& session, const std::string& table, const std::vector<std::string>& columns,
               const std::vector<arrow::Type>& wanted, const store::Range& range) {
  store::ReadSpec spec;
  spec.table = table;
  spec.columns = columns;
  spec.range = range;
  for (size_t i = 0; i < wanted.size(); ++i) spec.wanted.push_back({columns[i], wanted[i]});
  return all_rows(*session.read(spec));
}

arrow::Array OneBatch::next() {
  if (!is_given_) {
    is_given_ = true;
    return std::move(batch_);
  }
  if (failure_) throw *failure_;
  return {};
}

store::FenceRequest fence_request(const std::string& run, int64_t pid) {
  store::FenceRequest request;
  request.run = run;
  request.host = "here";
  request.boot_id = "boot";
  request.journal = "/state/" + run;
  request.pid = pid;
  request.pid_start = 77;
  request.lease_ms = 60000;
  return request;
}

Target::Target(const std::string& path, const std::string& run) : store(sqlite_store(path, "write")), session(store) {
  fence = {run, session.fence_acquire(fence_request(run), nullptr)};
}

void Target::guarded(const store::WorkKey& key, const std::function<void()>& work) {
  store::Guard guard(session, fence, key);
  ASSERT_FALSE(guard.already_done());
  work();
  guard.commit({});
}

store::WorkKey work_key(const std::string& node, int64_t chunk, const std::string& run) {
  store::WorkKey key;
  key.run = run;
  key.node = node;
  key.table = chunk < 0 ? "" : "orders";
  key.chunk = chunk;
  return key;
}

}  // namespace sluice::test
