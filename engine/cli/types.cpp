#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/units.hpp"
#include "catalog/type_table.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "disposable/postgres_server.hpp"
#include "disposable/sqlite_file.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;

/// A store that is named by a URL, or a throw-away one that is named by its plugin.
class TypeStore {
 public:
  TypeStore(const store::PluginSearch& search, const std::string& name, const std::string& text,
            const std::string& schema) {
    if (text == "sqlite") {
      file_.emplace(disposable::SqliteFile::create());
      open(search, name, file_->url());
    } else if (text == "postgres") {
      server_.emplace(disposable::PostgresServer::start());
      open(search, name, server_->url());
    } else {
      refuse_plugin_name(search, name, text);
      store_ = open_for_reading(search, name, text, schema);
    }
    session_ = store_->open_session();
  }

  store::Session& session() { return *session_; }
  const store::Manifest& manifest() const { return store_->plugin().manifest(); }
  bool is_throw_away() const { return file_ || server_; }

 private:
  void open(const store::PluginSearch& search, const std::string& name, const std::string& url) {
    const store::Manifest manifest = search.find_scheme(store::store_url_from_text(url).scheme);
    store_ = std::make_unique<store::Store>(store::Plugin::load(manifest), name, store::Options{{"url", url}});
  }

  static void refuse_plugin_name(const store::PluginSearch& search, const std::string& name, const std::string& text) {
    const auto manifests = search.manifests();
    if (std::ranges::find(manifests, text, &store::Manifest::name) == manifests.end()) return;
    throw Error(Code::unsupported, name + ": there is no throw-away store for " + text,
                "name a store of yours by its URL");
  }

  std::optional<disposable::SqliteFile> file_;
  std::optional<disposable::PostgresServer> server_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Session> session_;
};

/// A table with one column per type that the plugin's manifest names; each column bears its type's name.
void make_every_type(TypeStore& store) {
  const store::Manifest& manifest = store.manifest();
  if (manifest.types.empty())
    throw Error(Code::unsupported, manifest.path + ": the manifest names no types", "name a store of yours by its URL");
  std::string columns;
  for (const std::string& type : manifest.types) columns += (columns.empty() ? "\"" : ", \"") + type + "\" " + type;
  store.session().execute("CREATE TABLE \"type\" (" + columns + ")");
}

std::string columns_of(const catalog::TypeRow& row) {
  const std::string more =
      row.columns.size() > 1 ? " and " + count_of(static_cast<int64_t>(row.columns.size()) - 1, "other") : "";
  return row.columns[0] + more;
}

void print_row(const catalog::TypeRow& row, bool shows_columns) {
  const std::string native = row.native.empty() ? "(none)" : row.native;
  const auto print = [](const std::string& text) { std::printf("%s\n", escape_terminal(text).c_str()); };
  const auto padded = [](std::string text, size_t width) {
    if (text.size() < width) text.resize(width, ' ');
    return text;
  };
  if (!row.refusal.empty()) return print(padded(native, 28) + " refused: " + row.refusal);
  std::string text = padded(native, 28) + " " + padded(row.neutral, 16) + " " + row.target;
  if (!row.casts.empty()) text += "  by " + row.casts;
  if (!row.policy.empty()) text += "  equal under: " + row.policy;
  if (shows_columns) text += "  [" + columns_of(row) + "]";
  print(text);
  for (const std::string& note : row.notes) print("  ! " + note);
}

json row_to_json(const catalog::TypeRow& row) {
  return {{"native", row.native}, {"type", row.neutral}, {"target", row.target},   {"casts", row.casts},
          {"policy", row.policy}, {"notes", row.notes},  {"refusal", row.refusal}, {"columns", row.columns}};
}

}  // namespace

int types_command(const Options& options) {
  const store::PluginSearch search = plugin_search(options.plugin_directories);
  TypeStore source(search, "source", options.source, options.source_schema);
  TypeStore target(search, "target", options.target, options.target_schema);
  if (source.is_throw_away()) make_every_type(source);
  const catalog::Catalog catalog = source.session().catalog({.schema = options.source_schema, .evidence = true});
  const auto ask = [&](const catalog::Catalog& wanted) { return target.session().ddl(wanted, "tables"); };
  const auto rows = catalog::type_table(catalog, {}, ask);
  if (options.is_json) {
    json list = json::array();
    for (const auto& row : rows) list.push_back(row_to_json(row));
    const json result = {{"source", source.manifest().name}, {"target", target.manifest().name}, {"types", list}};
    std::printf("%s\n", result.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
    return 0;
  }
  if (options.is_quiet) return 0;
  std::printf("%-28s %-16s %s\n", source.manifest().name.c_str(), "becomes", target.manifest().name.c_str());
  for (const auto& row : rows) print_row(row, !source.is_throw_away());
  return 0;
}

}  // namespace sluice::cli
