#include "snapshot.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "session.hpp"
#include "sources.hpp"

namespace sluice::csv {

namespace {

/// Files of the tables that the filter names.
std::vector<std::string> filtered_paths(Session& session, const std::string& filter) {
  const nlohmann::json object = nlohmann::json::parse(filter.empty() ? "{}" : filter, nullptr, false);
  if (!object.is_object())
    throw Error(Code::invalid_argument, "source_state: the filter is not a JSON object: " + filter);
  const auto tables = object.value("tables", std::vector<std::string>{});
  std::vector<std::string> paths;
  for (const Source& source : list_sources(session)) {
    const bool is_wanted = tables.empty() || std::find(tables.begin(), tables.end(), source.name) != tables.end();
    if (is_wanted && !source.is_unpublished) paths.push_back(source.segments[0].path);
  }
  return paths;
}

}  // namespace

std::string export_snapshot(Session& session) {
  if (session.snapshot) {
    throw Error(Code::invalid_argument, session.path() + ": a snapshot's coordinator must not read one itself");
  }
  session.exported = files::snapshot_token(source_paths(session));
  return *session.exported;
}

void join_snapshot(Session& session, const std::string& token) {
  if (session.snapshot)
    throw Error(Code::invalid_argument, session.path() + ": the session reads a snapshot already",
                "open another session");
  session.snapshot = files::require_snapshot(token, source_paths(session));
}

void confirm_snapshot(Session& session, const std::string& token) {
  if (session.exported != token) {
    throw Error(Code::invalid_argument, session.path() + ": the snapshot was not exported by this session");
  }
  files::require_snapshot(token, source_paths(session));
}

std::string describe_source_state(Session& session, const std::string& filter) {
  return files::describe_state(filtered_paths(session, filter), session.hashes());
}

}  // namespace sluice::csv
