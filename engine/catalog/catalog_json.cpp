#include <nlohmann/json.hpp>

#include "catalog/catalog.hpp"
#include "catalog/json_reader.hpp"

/// Catalogs as JSON and back. What is empty is left out, so that a small catalog is a small text.
namespace sluice::catalog {

namespace {

using nlohmann::json;

void put(json& object, const char* field, const std::string& value) {
  if (!value.empty()) object[field] = value;
}

void put(json& object, const char* field, int64_t value) {
  if (value != 0) object[field] = value;
}

void put_flag(json& object, const char* field, bool value) {
  if (value) object[field] = true;
}

template <typename Item, typename Write>
void put_list(json& object, const char* field, const std::vector<Item>& items, Write write) {
  if (items.empty()) return;
  json& list = object[field] = json::array();
  for (const Item& item : items) list.push_back(write(item));
}

/// Names of Evidence's counts, for both directions.
struct Count {
  const char* name;
  int64_t Evidence::*member;
};

constexpr Count kCounts[] = {
    {"rows", &Evidence::rows},
    {"nulls", &Evidence::nulls},
    {"integers", &Evidence::integers},
    {"reals", &Evidence::reals},
    {"texts", &Evidence::texts},
    {"blobs", &Evidence::blobs},
    {"min_integer", &Evidence::min_integer},
    {"max_integer", &Evidence::max_integer},
    {"max_bytes", &Evidence::max_bytes},
    {"dates", &Evidence::dates},
    {"timestamps", &Evidence::timestamps},
    {"zoned", &Evidence::zoned},
    {"numbers", &Evidence::numbers},
    {"uuids", &Evidence::uuids},
    {"jsons", &Evidence::jsons},
    {"true_false", &Evidence::true_false},
    {"nul_bytes", &Evidence::nul_bytes},
    {"invalid_utf8", &Evidence::invalid_utf8},
};

json write_evidence(const Evidence& evidence) {
  json object = json::object();
  for (const Count& count : kCounts) put(object, count.name, evidence.*count.member);
  put(object, "max_scale", static_cast<int64_t>(evidence.max_scale));
  put(object, "max_digits", static_cast<int64_t>(evidence.max_digits));
  return object;
}

Evidence read_evidence(const JsonReader& object) {
  Evidence evidence;
  for (const Count& count : kCounts) evidence.*count.member = object.integer(count.name);
  evidence.max_scale = static_cast<int>(object.integer("max_scale"));
  evidence.max_digits = static_cast<int>(object.integer("max_digits"));
  return evidence;
}

json write_default(const Default& value) {
  json object = {{"kind", value.kind}};
  if (value.kind == "literal" || value.kind == "native") object["text"] = value.text;
  return object;
}

Default read_default(const JsonReader& object) { return {object.required_text("kind"), object.text("text")}; }

json write_column(const Column& column) {
  json object = {{"name", column.name}, {"type", to_text(column.type)}, {"carrier", to_text(column.carrier)}};
  put(object, "native", column.native);
  object["nullable"] = column.nullable;
  if (column.default_value.kind != "none") object["default"] = write_default(column.default_value);
  put_flag(object, "identity", column.identity);
  put(object, "next", column.next);
  put(object, "generated", column.generated);
  put(object, "comment", column.comment);
  if (column.evidence) object["evidence"] = write_evidence(*column.evidence);
  return object;
}

Column read_column(const JsonReader& object) {
  Column column;
  column.name = object.required_text("name");
  column.type = object.type("type");
  column.carrier = object.has("carrier") ? object.type("carrier") : column.type;
  column.native = object.text("native");
  column.nullable = object.flag("nullable");
  if (object.has("default")) column.default_value = read_default(object.object("default"));
  column.identity = object.flag("identity");
  column.next = object.integer("next");
  column.generated = object.text("generated");
  column.comment = object.text("comment");
  if (object.has("evidence")) column.evidence = read_evidence(object.object("evidence"));
  return column;
}

json write_key(const Key& key) {
  json object = {{"columns", key.columns}};
  put(object, "name", key.name);
  return object;
}

Key read_key(const JsonReader& object) { return {object.text("name"), object.texts("columns")}; }

json write_index(const Index& index) {
  json object = {{"name", index.name}};
  put_list(object, "columns", index.columns, [](const IndexColumn& column) {
    json one = {{"name", column.name}};
    put_flag(one, "descending", column.descending);
    return one;
  });
  put_flag(object, "unique", index.unique);
  put(object, "where", index.where);
  put(object, "expression", index.expression);
  return object;
}

Index read_index(const JsonReader& object) {
  Index index;
  index.name = object.text("name");
  object.each("columns", [&](const JsonReader& column) {
    index.columns.push_back({column.required_text("name"), column.flag("descending")});
  });
  index.unique = object.flag("unique");
  index.where = object.text("where");
  index.expression = object.text("expression");
  return index;
}

json write_foreign_key(const ForeignKey& key) {
  json object = {{"columns", key.columns}, {"ref_table", key.ref_table}, {"ref_columns", key.ref_columns}};
  put(object, "name", key.name);
  put(object, "ref_schema", key.ref_schema);
  put(object, "on_delete", key.on_delete);
  put(object, "on_update", key.on_update);
  return object;
}

ForeignKey read_foreign_key(const JsonReader& object) {
  return {object.text("name"),         object.texts("columns"),
          object.text("ref_schema"),   object.required_text("ref_table"),
          object.texts("ref_columns"), object.text("on_delete"),
          object.text("on_update")};
}

json write_check(const Check& check) {
  json object = {{"expression", check.expression}};
  put(object, "name", check.name);
  return object;
}

json write_table(const Table& table) {
  json object = {{"name", table.name}};
  put(object, "schema", table.schema);
  put(object, "comment", table.comment);
  put(object, "rows", table.rows);
  put(object, "bytes", table.bytes);
  put_list(object, "columns", table.columns, write_column);
  if (table.primary_key) object["primary_key"] = write_key(*table.primary_key);
  put_list(object, "uniques", table.uniques, write_key);
  put_list(object, "indexes", table.indexes, write_index);
  put_list(object, "foreign_keys", table.foreign_keys, write_foreign_key);
  put_list(object, "checks", table.checks, write_check);
  return object;
}

Table read_table(const JsonReader& object) {
  Table table;
  table.schema = object.text("schema");
  table.name = object.required_text("name");
  table.comment = object.text("comment");
  table.rows = object.integer("rows");
  table.bytes = object.integer("bytes");
  object.each("columns", [&](const JsonReader& column) { table.columns.push_back(read_column(column)); });
  if (object.has("primary_key")) table.primary_key = read_key(object.object("primary_key"));
  object.each("uniques", [&](const JsonReader& key) { table.uniques.push_back(read_key(key)); });
  object.each("indexes", [&](const JsonReader& index) { table.indexes.push_back(read_index(index)); });
  object.each("foreign_keys", [&](const JsonReader& key) { table.foreign_keys.push_back(read_foreign_key(key)); });
  object.each("checks", [&](const JsonReader& check) {
    table.checks.push_back({check.text("name"), check.required_text("expression")});
  });
  return table;
}

}  // namespace

std::string catalog_to_json(const Catalog& catalog) {
  json object = json::object();
  put(object, "schema", catalog.schema);
  put_list(object, "tables", catalog.tables, write_table);
  if (!catalog.notes.empty()) object["notes"] = catalog.notes;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Catalog catalog_from_json(const std::string& text) {
  const json whole = parse_json(text, "catalog");
  const JsonReader object(whole, "catalog");
  Catalog catalog;
  catalog.schema = object.text("schema");
  object.each("tables", [&](const JsonReader& table) { catalog.tables.push_back(read_table(table)); });
  catalog.notes = object.texts("notes");
  return catalog;
}

}  // namespace sluice::catalog
