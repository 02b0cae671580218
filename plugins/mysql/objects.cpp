#include "objects.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "guard.hpp"
#include "home.hpp"
#include "quote.hpp"

namespace sluice::mysql {
namespace {

using nlohmann::json;

struct Object {
  std::string kind, name, table;
  std::string label() const { return kind + " " + name + (table.empty() || kind == "table" ? "" : " on " + table); }
};

std::vector<Object> recorded(Session& session, const std::string& run, const std::string& node) {
  std::vector<Object> objects;
  if (!has_home(session)) return objects;
  const Rows rows = session.data().run("SELECT kind, name, tbl FROM _sluice_objects WHERE run = ? AND node = ? ORDER BY seq", {run, node},
                                       "reading what " + node + " created");
  for (size_t row = 0; row < rows.size(); ++row) objects.push_back({rows.text(row, 0), rows.text(row, 1), rows.text(row, 2)});
  return objects;
}

std::set<std::string> marked_tables(Connection& connection, const std::string& run, const std::string& node) {
  const Rows rows = connection.run("SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND instr(table_comment, ?) > 0",
                                   {mark_of(run, node)}, "looking for the tables of " + node);
  std::set<std::string> tables;
  for (size_t row = 0; row < rows.size(); ++row) tables.insert(rows.text(row, 0));
  return tables;
}

bool has_table(Connection& connection, const std::string& name) {
  return !connection.run("SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND table_name = ?", {name}).empty();
}

bool has_part(Connection& connection, const Object& object) {
  const char* where = object.kind == "foreign_key" || object.kind == "constraint"
                          ? "SELECT 1 FROM information_schema.table_constraints WHERE table_schema = database() AND table_name = ? AND constraint_name = ?"
                          : "SELECT 1 FROM information_schema.statistics WHERE table_schema = database() AND table_name = ? AND index_name = ?";
  return !connection.run(where, {object.table, object.name}, "looking for " + object.label()).empty();
}

void drop_table(Session& session, const std::string& name) {
  // Rows of other tables of this run may still refer to it: they go as well.
  session.data().run("SET SESSION foreign_key_checks = 0", {}, "dropping table " + name);
  execute_ddl(session, "DROP TABLE " + quote_name(name), "dropping table " + name);
}

/// Answers whether something was dropped.
bool drop_part(Session& session, const Object& object) {
  if (!has_table(session.data(), object.table) || !has_part(session.data(), object)) return false;
  const bool is_key = object.kind == "foreign_key" || object.kind == "constraint";
  execute_ddl(session, "ALTER TABLE " + quote_name(object.table) + (is_key ? " DROP FOREIGN KEY " : " DROP INDEX ") + quote_name(object.name),
              "dropping " + object.label());
  return true;
}

}  // namespace

void record_objects(Session& session, const std::string& objects) {
  if (!session.guard) throw Error(Code::invalid_argument, "objects_record: no guard is open");
  const sdk::WorkKey& key = session.guard->key;
  try {
    for (const json& entry : json::parse(objects)) {
      const std::string kind = entry.value("kind", ""), table = entry.value("table", "");
      std::string name = entry.value("name", "");
      if (kind == "table" && name.empty()) name = table;
      session.data().run("INSERT INTO _sluice_objects (run, node, generation, kind, name, tbl) VALUES (?, ?, ?, ?, ?, ?)",
                         {key.run, key.node, std::to_string(key.generation), kind, name, table}, "recording " + kind + " " + name);
    }
  } catch (const json::exception& e) {
    throw Error(Code::invalid_argument, std::string("objects: expected a JSON array of objects: ") + e.what());
  }
}

std::string drop_objects(Session& session, const std::string& run, const std::string& node) {
  if (!session.guard) throw Error(Code::invalid_argument, "objects_drop: no guard is open");
  json dropped = json::array(), kept = json::array();
  std::vector<Object> objects = recorded(session, run, node);
  std::set<std::string> ours = marked_tables(session.data(), run, node);
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    if (object->kind != "table") {
      if (drop_part(session, *object)) dropped.push_back(object->label());
    } else if (ours.erase(object->name) > 0) {
      drop_table(session, object->name);
      dropped.push_back(object->label());
    } else if (has_table(session.data(), object->name)) {
      kept.push_back(object->label());
    }
  }
  // Made, and then the engine was killed before it could record them.
  for (const std::string& name : ours) {
    drop_table(session, name);
    dropped.push_back("table " + name);
  }
  session.data().run("DELETE FROM _sluice_objects WHERE run = ? AND node = ?", {run, node}, "forgetting what " + node + " created");
  return json{{"dropped", dropped}, {"kept", kept}}.dump();
}

std::string list_objects(Session& session, const std::string& run, const std::string& node) {
  json list = json::array();
  for (const Object& object : recorded(session, run, node)) {
    list.push_back({{"kind", object.kind}, {"schema", ""}, {"name", object.name}, {"table", object.table}});
  }
  return list.dump();
}

}  // namespace sluice::mysql
