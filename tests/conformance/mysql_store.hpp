#pragma once

#include "conformance/postgres_store.hpp"
#include "support/mysql_server.hpp"

/// What the tests of the mysql plugin share; rows as texts and errors are those of postgres_store.hpp.
namespace sluice::test {

inline std::shared_ptr<const store::Plugin> mysql_plugin() {
  static const auto kPlugin = store::Plugin::load(store::PluginSearch({SLUICE_PLUGIN_DIR}).find("mysql"));
  return kPlugin;
}

inline store::Store mysql_store(const std::string& url, store::Options more = {}) {
  more.insert(more.begin(), {"url", url});
  return store::Store(mysql_plugin(), "old", more);
}

/// A database of its own, a connection to make things in it, and the store under test.
struct MySqlSource {
  explicit MySqlSource(const std::string& script = "", store::Options options = {})
      : side(database.url()), store(mysql_store(database.url(), std::move(options))) {
    if (!script.empty()) side.execute(script);
    session = store.open_session();
  }

  MySqlDatabase database;
  MySqlSession side;
  store::Store store;
  std::unique_ptr<store::Session> session;
};

}  // namespace sluice::test
