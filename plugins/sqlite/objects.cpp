#include "objects.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "home.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;

struct Object {
  std::string kind;
  std::string schema;
  std::string name;
  std::string table;
  std::string sql;
};

std::optional<std::string> find_sql(Session& session, const std::string& kind, const std::string& name) {
  Statement look(session, "SELECT sql FROM sqlite_schema WHERE type = ? AND name = ? COLLATE NOCASE",
                 "looking for " + name);
  look.bind_text(1, kind);
  look.bind_text(2, name);
  if (!look.step()) return std::nullopt;
  return look.string(0);
}

void record_object(Session& session, const sdk::WorkKey& key, const json& object) {
  const std::string kind = object.value("kind", "");
  const std::string name = object.value("name", "");
  if (kind != "table" && kind != "index") return;
  const std::optional<std::string> sql = find_sql(session, kind, name);
  if (!sql)
    throw Error(Code::not_found, session.path() + ": " + kind + " " + name + " is to be recorded, but is not there");
  change(session,
         "INSERT INTO _sluice_objects (run, node, kind, \"schema\", name, \"table\", sql) VALUES (?, ?, ?, ?, ?, ?, ?)",
         "recording an object", key.run, key.node, kind, object.value("schema", ""), name, object.value("table", ""),
         *sql);
}

/// Oldest first.
std::vector<Object> recorded(Session& session, const std::string& run, const std::string& node) {
  std::vector<Object> objects;
  if (!has_home(session)) return objects;
  Statement list(
      session,
      "SELECT kind, \"schema\", name, \"table\", sql FROM _sluice_objects WHERE run = ? AND node = ? ORDER BY id",
      "listing objects");
  list.bind_text(1, run);
  list.bind_text(2, node);
  while (list.step()) {
    objects.push_back({list.string(0), list.string(1), list.string(2), list.string(3), list.string(4)});
  }
  return objects;
}

}  // namespace

void record_objects(Session& session, const std::string& text) {
  const OpenGuard& guard = session.require_guard("recording objects");
  const json objects = json::parse(text, nullptr, false);
  if (!objects.is_array()) throw Error(Code::invalid_argument, "objects_record: expected a JSON array, found " + text);
  for (const json& object : objects) record_object(session, guard.key, object);
}

std::string drop_objects(Session& session, const std::string& run, const std::string& node) {
  session.require_guard("dropping objects");
  const std::vector<Object> objects = recorded(session, run, node);
  json dropped = json::array();
  json kept = json::array();
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    const std::optional<std::string> sql = find_sql(session, object->kind, object->name);
    if (!sql) continue;
    if (*sql == object->sql) {
      const char* const drop = object->kind == "table" ? "DROP TABLE " : "DROP INDEX ";
      change(session, drop + quote_name(object->name), "undoing");
    }
    (*sql == object->sql ? dropped : kept).push_back(object->kind + " " + object->name);
  }
  change(session, "DELETE FROM _sluice_objects WHERE run = ? AND node = ?", "undoing", run, node);
  return json{{"dropped", dropped}, {"kept", kept}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string list_objects(Session& session, const std::string& run, const std::string& node) {
  json list = json::array();
  for (const Object& object : recorded(session, run, node)) {
    list.push_back({{"kind", object.kind}, {"schema", object.schema}, {"name", object.name}, {"table", object.table}});
  }
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::sqlite
