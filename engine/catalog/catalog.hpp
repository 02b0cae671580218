#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arrow/type.hpp"

/// The neutral model of a store's tables, as plugins report it (`catalog`) and as targets are asked to build it (`ddl`).
///
/// As JSON (catalog_to_json, catalog_from_json): {"schema", "tables": [{"schema", "name", "comment", "rows" (estimate),
/// "bytes" (estimate), "columns": [{"name", "type", "native", "carrier", "nullable", "default" (neutral, see Default),
/// "identity": bool, "next" (identity's next value), "generated" (expression), "comment", "evidence": {...}}],
/// "primary_key": {"name", "columns"}, "uniques": [{"name", "columns"}],
/// "indexes": [{"name", "columns": [{"name", "descending"}], "unique", "where", "expression"}],
/// "foreign_keys": [{"name", "columns", "ref_table", "ref_schema", "ref_columns", "on_delete", "on_update"}],
/// "checks": [{"name", "expression"}]}], "notes": [text: what was seen and is not described here]}.
/// Fields that are empty or false may be left out.
namespace sluice::catalog {

using arrow::Type;

/// A default value in neutral form. kind: "none", "literal" (text is the value as text), "now", "today", "uuid",
/// "native" (text is the store's own expression, kept only between stores of one kind, else a warning).
struct Default {
  std::string kind = "none";
  std::string text;
};

/// What a scan of the values showed (on request). Counts are rows. SQLite fills all; typed stores may leave it out.
struct Evidence {
  int64_t rows = 0;
  int64_t nulls = 0, integers = 0, reals = 0, texts = 0, blobs = 0;
  int64_t min_integer = 0, max_integer = 0;
  int64_t max_bytes = 0;           ///< longest text or blob
  int64_t dates = 0;               ///< texts that are exactly YYYY-MM-DD
  int64_t timestamps = 0;          ///< texts with date and time, without zone
  int64_t zoned = 0;               ///< texts with date, time and zone
  int64_t numbers = 0;             ///< texts that are whole decimal numbers
  int64_t uuids = 0, jsons = 0;    ///< texts that are uuids; JSON objects or arrays
  int64_t true_false = 0;          ///< integers 0/1 and texts t f true false y n yes no (any case)
  int64_t nul_bytes = 0, invalid_utf8 = 0;
  int max_scale = 0;               ///< fewest digits behind the point at which every real reads back; -1: more than 9
  int max_digits = 0;              ///< most digits before the point in any real or number text
};

struct Column {
  std::string name;
  Type type;            ///< logical
  Type carrier;         ///< what the store's `read` delivers for it without conversion of its own
  std::string native;   ///< the store's own spelling of the type
  bool nullable = true;
  Default default_value;
  bool identity = false;
  int64_t next = 0;         ///< identity: the next value the store would give; 0: unknown
  std::string generated;    ///< expression of a generated column: listed, not copied
  std::string comment;
  std::optional<Evidence> evidence;
};

struct Key {
  std::string name;
  std::vector<std::string> columns;
};

struct IndexColumn {
  std::string name;
  bool descending = false;
};

struct Index {
  std::string name;
  std::vector<IndexColumn> columns;
  bool unique = false;
  std::string where;       ///< partial index: condition in the store's language
  std::string expression;  ///< an index over an expression: the store's own definition; columns is empty
};

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  std::string ref_schema;
  std::string ref_table;
  std::vector<std::string> ref_columns;
  std::string on_delete;  ///< "", "cascade", "restrict", "set null", "set default"
  std::string on_update;
};

struct Check {
  std::string name;
  std::string expression;
};

struct Table {
  std::string schema;
  std::string name;
  std::string comment;
  int64_t rows = 0;   ///< estimate
  int64_t bytes = 0;  ///< estimate
  std::vector<Column> columns;
  std::optional<Key> primary_key;
  std::vector<Key> uniques;
  std::vector<Index> indexes;
  std::vector<ForeignKey> foreign_keys;
  std::vector<Check> checks;

  const Column* find_column(const std::string& name) const;
};

struct Catalog {
  std::string schema;
  std::vector<Table> tables;
  std::vector<std::string> notes;

  const Table* find_table(const std::string& name) const;
};

/// One line of JSON text, keys sorted (so that equal catalogs are equal texts).
std::string catalog_to_json(const Catalog& catalog);
/// Throws Error(internal) naming the place where the text is not a catalog.
Catalog catalog_from_json(const std::string& json);

}  // namespace sluice::catalog
