#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "guard.hpp"
#include "home.hpp"
#include "tables.hpp"

namespace sluice::files {

namespace {

using nlohmann::json;

/// `native` is what the object was when it was recorded: "table ID", or "file " and the file's identity.
struct Object {
  std::string kind;
  std::string schema;
  std::string name;
  std::string table;
  std::string native;
};

std::string native_of(const Table& table) {
  return table.is_published() ? "file " + table.published : "table " + std::to_string(table.id);
}

void record_object(Home& home, const json& object) {
  const std::string kind = object.value("kind", "");
  const std::string name = object.value("name", "");
  if (kind != "table") return;
  const auto table = find_table(home, name);
  if (!table) {
    throw Error(Code::not_found, home.directory() + ": table " + name + " is to be recorded, but is not there");
  }
  change(home.database(),
         "INSERT INTO objects (run, node, kind, \"schema\", name, \"table\", native) VALUES (?, ?, ?, ?, ?, ?, ?)",
         "recording an object", home.guard->key.run, home.guard->key.node, kind, object.value("schema", ""), name,
         object.value("table", ""), native_of(*table));
}

/// Oldest first.
std::vector<Object> recorded(Home& home, const std::string& run, const std::string& node) {
  std::vector<Object> objects;
  if (!home.exists()) return objects;
  Statement list(home.database(),
                 "SELECT kind, \"schema\", name, \"table\", native FROM objects WHERE run = ? AND node = ? ORDER BY id",
                 "listing objects", run, node);
  while (list.step()) objects.push_back({list.text(0), list.text(1), list.text(2), list.text(3), list.text(4)});
  return objects;
}

/// Undoes one; nullopt where nothing is left of it.
std::optional<bool> drop_object(Home& home, const Object& object) {
  const auto table = find_table(home, object.name);
  if (!table) return std::nullopt;
  if (object.native == "table " + std::to_string(table->id)) return drop_table(home, *table);
  if (!table->is_published()) return std::nullopt;
  return native_of(*table) == object.native && withdraw_table(home, *table);
}

}  // namespace

void record_objects(Home& home, const std::string& text) {
  begin_writing(home, "recording objects");
  const json objects = json::parse(text, nullptr, false);
  if (!objects.is_array()) throw Error(Code::invalid_argument, "objects_record: expected a JSON array, found " + text);
  for (const json& object : objects) record_object(home, object);
}

std::string drop_objects(Home& home, const std::string& run, const std::string& node) {
  begin_writing(home, "dropping objects");
  const std::vector<Object> objects = recorded(home, run, node);
  json dropped = json::array();
  json kept = json::array();
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    const auto is_dropped = drop_object(home, *object);
    if (is_dropped) (*is_dropped ? dropped : kept).push_back(object->kind + " " + object->name);
  }
  change(home.database(), "DELETE FROM objects WHERE run = ? AND node = ?", "undoing", run, node);
  return json{{"dropped", dropped}, {"kept", kept}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string list_objects(Home& home, const std::string& run, const std::string& node) {
  json list = json::array();
  for (const Object& object : recorded(home, run, node)) {
    list.push_back({{"kind", object.kind}, {"schema", object.schema}, {"name", object.name}, {"table", object.table}});
  }
  return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace sluice::files
