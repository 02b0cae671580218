#include "csv_store.hpp"

#include <utility>

#include "arrow/text.hpp"
#include "arrow/view.hpp"

namespace sluice::test {

namespace {

std::shared_ptr<const store::Plugin> csv_plugin() {
  static const auto plugin = store::Plugin::load(store::PluginSearch({SLUICE_PLUGIN_DIR}).find("csv"));
  return plugin;
}

store::Options options_of(const std::string& path, const store::Options& more) {
  store::Options options = {{"url", "csv:" + path}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace

store::Store csv_store(const std::string& path, store::Options more) {
  return store::Store(csv_plugin(), "files", options_of(path, more));
}

Target::Target(const std::string& path, const store::Options& options, const std::string& run)
    : FileTarget(csv_plugin(), options_of(path, options), run) {}

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

}  // namespace sluice::test
