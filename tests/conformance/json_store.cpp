#include "json_store.hpp"

#include <filesystem>

#include "arrow/text.hpp"
#include "arrow/view.hpp"

namespace sluice::test {

std::shared_ptr<const store::Plugin> json_plugin() {
  static const auto plugin = store::Plugin::load(store::PluginSearch({SLUICE_PLUGIN_DIR}).find("json"));
  return plugin;
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
      for (const arrow::ColumnView& view : views) {
        row.push_back(view.is_null(i) ? "NULL" : arrow::value_to_text(view, i));
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

store::Session& JsonFiles::open(const std::string& name, const store::Options& more) {
  session_.reset();
  store::Options options = {{"url", "json:" + path(name)}};
  options.insert(options.end(), more.begin(), more.end());
  store_ = std::make_unique<store::Store>(json_plugin(), "files", options);
  session_ = std::make_unique<store::Session>(*store_);
  return *session_;
}

catalog::Catalog JsonFiles::catalog() {
  store::LookFilter filter;
  filter.evidence = true;
  return session().catalog(filter);
}

std::string JsonFiles::columns(const std::string& table) {
  const catalog::Catalog whole = catalog();
  const catalog::Table* found = whole.find_table(table);
  if (found == nullptr) return "no table " + table;
  std::string text;
  for (const catalog::Column& column : found->columns) {
    text += (text.empty() ? "" : ", ") + column.name + " " + arrow::to_text(column.type) + " " + column.native;
  }
  return text;
}

const catalog::Column JsonFiles::column(const std::string& name, const std::string& table) {
  const catalog::Catalog whole = catalog();
  return *whole.find_table(table)->find_column(name);
}

Rows JsonFiles::rows(const std::vector<std::string>& columns, const std::vector<arrow::Type>& wanted,
                     const std::string& table, const store::Range& range) {
  store::ReadSpec spec;
  spec.table = table;
  spec.columns = columns;
  spec.range = range;
  for (size_t i = 0; i < wanted.size(); ++i) spec.wanted.push_back({columns[i], wanted[i]});
  return all_rows(*session().read(spec));
}

std::vector<std::string> JsonFiles::values(const std::string& column, const std::vector<arrow::Type>& wanted) {
  std::vector<std::string> values;
  for (const auto& row : rows({column}, wanted)) values.push_back(row[0]);
  return values;
}

namespace {

store::Options options_of(const std::string& path, const store::Options& more) {
  store::Options options = {{"url", "json:" + path}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace

store::Store json_directory(const std::string& path, const store::Options& more) {
  return store::Store(json_plugin(), "files", options_of(path, more));
}

JsonTarget::JsonTarget(const std::string& directory, const store::Options& options, const std::string& run)
    : FileTarget(json_plugin(), options_of(directory, options), run), path(directory) {}

std::string JsonTarget::write(const catalog::Catalog& catalog, arrow::BatchBuilder& rows) {
  const std::string& table = catalog.tables.at(0).name;
  shape(catalog, "tables", "make");
  load(table, 0, rows);
  shape(catalog, "finish", "finish");
  const std::string lines = path + "/" + table + ".ndjson";
  return read_text(std::filesystem::exists(lines) ? lines : path + "/" + table + ".json");
}

Rows JsonTarget::rows(const std::string& table) {
  store::LookFilter filter;
  filter.tables = {table};
  store::ReadSpec spec;
  spec.table = table;
  const catalog::Catalog catalog = session.catalog(filter);
  for (const auto& column : catalog.tables.at(0).columns) spec.columns.push_back(column.name);
  return all_rows(*session.read(spec));
}

}  // namespace sluice::test
