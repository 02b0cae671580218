#include "objects.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.hpp"
#include "home.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

using nlohmann::json;

/// How one kind of object is found. `find` takes schema, name and table; each answers classid, oid, and whether this
/// transaction made the row. `now` takes an oid and answers schema, name, table and the kind's word as they are now.
struct Kind {
  const char* name;
  const char* find;
  const char* now;
};

#define SLUICE_MINE ".xmin::text::bigint = (pg_catalog.txid_current() & 4294967295)"

constexpr const char* kFindRelation = "SELECT c.tableoid, c.oid, c" SLUICE_MINE
                                      " FROM pg_catalog.pg_class c "
                                      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 "
                                      "AND c.relname = $2 AND $3::text IS NOT NULL";

constexpr const char* kRelationNow =
    "SELECT n.nspname, c.relname, '', CASE WHEN c.relkind IN ('r', 'p') THEN 'table' WHEN c.relkind IN ('i', 'I') THEN "
    "'index' "
    "WHEN c.relkind = 'S' THEN 'sequence' ELSE '' END FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid";

constexpr Kind kKinds[] = {
    {"schema",
     "SELECT n.tableoid, n.oid, n" SLUICE_MINE " FROM pg_catalog.pg_namespace n "
     "WHERE n.nspname = coalesce(nullif($2, ''), $1) AND $3::text IS NOT NULL",
     "SELECT '', n.nspname, '', 'schema' FROM pg_catalog.pg_namespace n WHERE n.oid = $1::oid"},
    {"table", kFindRelation, kRelationNow},
    {"index", kFindRelation, kRelationNow},
    {"sequence", kFindRelation, kRelationNow},
    {"constraint",
     "SELECT k.tableoid, k.oid, k" SLUICE_MINE " FROM pg_catalog.pg_constraint k "
     "JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
     "WHERE n.nspname = $1 AND k.conname = $2 AND c.relname = $3",
     "SELECT n.nspname, k.conname, c.relname, 'constraint' FROM pg_catalog.pg_constraint k "
     "JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
     "WHERE k.oid = $1::oid"},
};

#undef SLUICE_MINE

constexpr const char* kInsert =
    "INSERT INTO sluice.objects (run, node, generation, kind, classid, oid, schema, name, tbl) "
    "VALUES ($1, $2, $3::bigint, $4, $5::oid, $6::oid, $7, $8, $9)";

constexpr const char* kRecorded =
    "SELECT seq, kind, oid, schema, name, tbl FROM sluice.objects WHERE run = $1 AND node = $2 ORDER BY seq";

constexpr const char* kSchemaHolds =
    "SELECT 1 FROM pg_catalog.pg_depend d WHERE d.refclassid = 'pg_catalog.pg_namespace'::regclass "
    "AND d.refobjid = $1::oid AND d.deptype = 'n' LIMIT 1";

const Kind& kind_of(const std::string& name) {
  for (const Kind& kind : kKinds) {
    if (name == kind.name) return kind;
  }
  throw Error(Code::invalid_argument, "objects: unknown kind " + name);
}

struct Object {
  std::string kind, schema, name, table;
  std::string label() const {
    const std::string qualified = schema.empty() || kind == "schema" ? name : schema + "." + name;
    return kind + " " + qualified + (table.empty() || kind == "table" ? "" : " on " + table);
  }
};

std::vector<Object> objects_from_json(const std::string& text) {
  std::vector<Object> objects;
  try {
    for (const json& entry : json::parse(text)) {
      Object object{entry.value("kind", ""), entry.value("schema", ""), entry.value("name", ""),
                    entry.value("table", "")};
      if (object.kind == "schema" && object.name.empty()) object.name = object.schema;
      if (object.kind == "table" && object.name.empty()) object.name = object.table;
      objects.push_back(std::move(object));
    }
  } catch (const json::exception& e) {
    throw Error(Code::invalid_argument, std::string("objects: expected a JSON array of objects: ") + e.what());
  }
  return objects;
}

Connection& guarded(Session& session, const char* function) {
  if (!session.guard) throw Error(Code::invalid_argument, std::string(function) + ": no guard is open");
  return session.data();
}

/// Drops one object by its present name.
std::string drop_statement(const Object& object) {
  if (object.kind == "schema") return "DROP SCHEMA " + quote_name(object.name);
  if (object.kind == "table") return "DROP TABLE " + quote_qualified(object.schema, object.name);
  if (object.kind == "index") return "DROP INDEX " + quote_qualified(object.schema, object.name);
  if (object.kind == "sequence") return "DROP SEQUENCE " + quote_qualified(object.schema, object.name);
  return "ALTER TABLE " + quote_qualified(object.schema, object.table) + " DROP CONSTRAINT " + quote_name(object.name);
}

enum class Fate { dropped, gone, kept };

Fate drop_one(Connection& connection, const Object& recorded, const std::string& oid) {
  const std::string where = "dropping " + recorded.label();
  const Kind& kind = kind_of(recorded.kind);
  const Result now = connection.run(kind.now, {oid}, where);
  const bool is_there = now.rows() == 1 && now.text(0, 3) == recorded.kind;
  if (!is_there) {
    const Result other = connection.run(kind.find, {recorded.schema, recorded.name, recorded.table}, where);
    return other.rows() == 0 ? Fate::gone : Fate::kept;
  }
  if (recorded.kind == "schema" && connection.run(kSchemaHolds, {oid}, where).rows() > 0) return Fate::kept;
  connection.run(drop_statement({recorded.kind, now.text(0, 0), now.text(0, 1), now.text(0, 2)}), {}, where);
  return Fate::dropped;
}

}  // namespace

void record_objects(Session& session, const std::string& objects) {
  Connection& connection = guarded(session, "objects_record");
  const sdk::WorkKey& key = session.guard->key;
  for (const Object& object : objects_from_json(objects)) {
    const std::string where = "recording " + object.label();
    const Result found = connection.run(kind_of(object.kind).find, {object.schema, object.name, object.table}, where);
    if (found.rows() == 0) throw Error(Code::not_found, where + ": there is no such object");
    if (found.text(0, 2) != "t") continue;  // it was there before
    connection.run(kInsert,
                   {key.run, key.node, std::to_string(key.generation), object.kind, found.text(0, 0), found.text(0, 1),
                    object.schema, object.name, object.table},
                   where);
  }
}

std::string drop_objects(Session& session, const std::string& run, const std::string& node) {
  Connection& connection = guarded(session, "objects_drop");
  json dropped = json::array(), kept = json::array();
  const Result recorded = connection.run(kRecorded, {run, node}, "reading what " + node + " created");
  for (int i = recorded.rows() - 1; i >= 0; --i) {
    const Object object{recorded.text(i, 1), recorded.text(i, 3), recorded.text(i, 4), recorded.text(i, 5)};
    const Fate fate = drop_one(connection, object, recorded.text(i, 2));
    if (fate == Fate::dropped) dropped.push_back(object.label());
    if (fate == Fate::kept) kept.push_back(object.label());
    connection.run("DELETE FROM sluice.objects WHERE seq = $1::bigint", {recorded.text(i, 0)});
  }
  return json{{"dropped", dropped}, {"kept", kept}}.dump();
}

std::string list_objects(Session& session, const std::string& run, const std::string& node) {
  json list = json::array();
  const auto add = [&](const std::string& kind, const std::string& schema, const std::string& name,
                       const std::string& table) {
    list.push_back({{"kind", kind}, {"schema", schema}, {"name", name}, {"table", table}});
  };
  if (session.guard) {
    const Result rows = session.data().run(kRecorded, {run, node});
    for (int i = 0; i < rows.rows(); ++i) add(rows.text(i, 1), rows.text(i, 3), rows.text(i, 4), rows.text(i, 5));
  } else {
    const Rows rows = ask_home(session, kRecorded, {run, node}, "reading what " + node + " created");
    for (size_t i = 0; i < rows.size(); ++i) add(rows.text(i, 1), rows.text(i, 3), rows.text(i, 4), rows.text(i, 5));
  }
  return list.dump();
}

}  // namespace sluice::postgres
