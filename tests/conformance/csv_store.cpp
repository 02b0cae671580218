#include "csv_store.hpp"

#include <utility>

#include "arrow/text.hpp"
#include "arrow/view.hpp"

namespace sluice::test {

store::Store csv_store(const std::string& path, store::Options more) {
  static const auto plugin = store::Plugin::load(store::PluginSearch({SLUICE_PLUGIN_DIR}).find("csv"));
  store::Options options = {{"url", "csv:" + path}};
  options.insert(options.end(), more.begin(), more.end());
  return store::Store(plugin, "files", options);
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
        row.push_back(view.is_null(i) ? "<NULL>" : arrow::value_to_text(view, i));
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::vector<std::string> columns_of(store::Session& session, const std::string& table) {
  store::LookFilter filter;
  filter.tables = {table};
  const catalog::Catalog catalog = session.catalog(filter);
  std::vector<std::string> names;
  for (const auto& column : catalog.tables.at(0).columns) names.push_back(column.name);
  return names;
}

store::ReadSpec whole_table(store::Session& session, const std::string& table) {
  store::ReadSpec spec;
  spec.table = table;
  spec.columns = columns_of(session, table);
  return spec;
}

Rows rows_of(store::Session& session, const std::string& table) {
  return all_rows(*session.read(whole_table(session, table)));
}

Rows rows_of_bytes(const std::string& bytes, const store::Options& options, const std::string& file) {
  const TempDirectory directory;
  write_text(directory / file, bytes);
  const store::Store store = csv_store(directory / file, options);
  store::Session session(store);
  return rows_of(session, file.substr(0, file.rfind('.')));
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

store::WorkKey work_key(const std::string& node, int64_t chunk, const std::string& run) {
  store::WorkKey key;
  key.run = run;
  key.node = node;
  key.table = chunk < 0 ? "" : "orders";
  key.chunk = chunk;
  return key;
}

catalog::Catalog table_of(const std::string& name, const std::vector<arrow::Field>& columns) {
  catalog::Catalog catalog;
  catalog.tables.emplace_back();
  catalog.tables[0].name = name;
  for (const arrow::Field& field : columns) {
    catalog::Column column;
    column.name = field.name;
    column.type = field.type;
    catalog.tables[0].columns.push_back(column);
  }
  return catalog;
}

Target::Target(const std::string& path, store::Options options, const std::string& run)
    : store(csv_store(path, std::move(options))), session(store) {
  fence = {run, session.fence_acquire(fence_request(run), nullptr)};
}

void Target::guarded(const store::WorkKey& key, const std::function<void()>& work) {
  store::Guard guard(session, fence, key);
  ASSERT_FALSE(guard.already_done());
  work();
  guard.commit({});
}

void Target::shape(const catalog::Catalog& catalog, const std::string& stage, const std::string& node) {
  guarded(work_key(node, -1, fence.run), [&] {
    const auto statements = session.ddl(catalog, stage).statements;
    for (const auto& statement : statements) session.execute(statement.sql);
    session.objects_record(statements);
  });
}

void Target::load(const std::string& table, int64_t chunk, arrow::BatchBuilder& rows) {
  std::vector<std::string> columns;
  for (const arrow::Field& field : rows.fields()) columns.push_back(field.name);
  guarded(work_key("copy.rows", chunk, fence.run), [&] {
    session.load({"", table, columns}, std::make_unique<OneBatch>(rows));
  });
}

}  // namespace sluice::test
