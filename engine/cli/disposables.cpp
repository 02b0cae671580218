#include "cli/disposables.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "disposable/sweep.hpp"
#include "journal/journal.hpp"
#include "journal/state_directory.hpp"
#include "run/runner.hpp"
#include "store/plugin.hpp"

namespace sluice::cli {
namespace {

void check_store(const workflow::Workflow& workflow, const std::string& name) {
  auto store = workflow.stores.find(name);
  if (store == workflow.stores.end()) {
    std::vector<std::string> known;
    for (const auto& [other, spec] : workflow.stores) known.push_back(other);
    std::string near = nearest(name, known);
    throw Error(Code::invalid_argument, "--disposable " + name + ": the workflow has no such store",
                near.empty() ? "" : "did you mean " + near + "?");
  }
  if (store->second.plugin != "postgres") {
    throw Error(Code::unsupported, "--disposable " + name + ": there is no throw-away server for " + store->second.plugin,
                "only postgres stores have one");
  }
}

/// A run owns its server until it has passed or was rolled back with nothing left.
bool is_owned(const disposable::Mark& mark) {
  if (!mark.run) return false;
  const journal::StateDirectory state(mark.run->state);
  const std::string path = state.journal_path(mark.run->run);
  if (!std::filesystem::exists(path)) return false;
  try {
    auto journal = journal::read_journal(path);
    return run::read_state(*journal).status != "passed";
  } catch (const Error&) {
    return true;
  }
}

}  // namespace

Disposables Disposables::start(const workflow::Workflow& workflow, const std::vector<std::string>& stores, bool is_kept) {
  for (const std::string& name : stores) check_store(workflow, name);
  Disposables disposables;
  for (const std::string& name : stores) {
    disposable::PostgresOptions options;
    options.keep = is_kept;
    disposables.servers_.emplace(name, disposable::PostgresServer::start(options));
  }
  return disposables;
}

Disposables Disposables::attach(const std::map<std::string, std::string>& directories) {
  Disposables disposables;
  for (const auto& [name, directory] : directories) {
    disposables.servers_.emplace(name, disposable::PostgresServer::attach(directory));
  }
  return disposables;
}

std::map<std::string, std::string> Disposables::urls() const {
  std::map<std::string, std::string> urls;
  for (const auto& [name, server] : servers_) urls[name] = server.url();
  return urls;
}

std::map<std::string, std::string> Disposables::directories() const {
  std::map<std::string, std::string> directories;
  for (const auto& [name, server] : servers_) directories[name] = server.directory();
  return directories;
}

void Disposables::own_by(const std::string& state, const std::string& run) {
  for (auto& [name, server] : servers_) server.own_by({state, run});
}

void Disposables::remove() {
  for (auto& [name, server] : servers_) server.remove();
  servers_.clear();
}

std::string Disposables::how_to_use() const {
  std::string text;
  for (const auto& [name, server] : servers_) {
    const std::string& folder = server.directory();
    std::string url = store::without_password(server.url());
    if (const size_t hidden = url.find(":***@"); hidden != std::string::npos) url.erase(hidden, 4);
    text += "the throw-away server of store " + name + " stays: " + url + "\n" +
            "  look into it: PGPASSWORD=$(cat " + folder + "/password) psql '" + url + "'\n" +
            "  end it:       kill -INT " + std::to_string(server.pid()) + "; rm -r " + folder + "\n";
  }
  return text;
}

void sweep_disposables() { disposable::sweep("", is_owned); }

}  // namespace sluice::cli
