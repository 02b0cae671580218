#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrow/type.hpp"
#include "default_value.hpp"

namespace sluice::sqlite {

/// The part of a neutral catalog that DDL is made from. Values.
struct WantedColumn {
  std::string name;
  arrow::Type type;
  bool is_nullable = false;
  NeutralDefault default_value;
  bool is_identity = false;
  int64_t next = 0;
  std::string generated;
};

struct WantedKey {
  std::string name;
  std::vector<std::string> columns;
};

struct WantedIndex {
  std::string name;
  std::vector<std::pair<std::string, bool>> columns;  ///< name, is descending
  bool is_unique = false;
  std::string where;
  std::string expression;
};

struct WantedForeignKey {
  std::string name;
  std::vector<std::string> columns;
  std::string ref_table;
  std::vector<std::string> ref_columns;
  std::string on_delete;
  std::string on_update;
};

struct WantedCheck {
  std::string name;
  std::string expression;
};

struct WantedTable {
  std::string name;
  std::vector<WantedColumn> columns;
  std::optional<WantedKey> primary_key;
  std::vector<WantedKey> uniques;
  std::vector<WantedIndex> indexes;
  std::vector<WantedForeignKey> foreign_keys;
  std::vector<WantedCheck> checks;
  bool has_comments = false;

  /// The column that becomes the rowid: the only one of the primary key, and an integer. NULL where there is none.
  const WantedColumn* rowid_column() const;
};

/// Reads a catalog's JSON. Throws Error(invalid_argument) where it is none, where names collide for SQLite (which takes
/// "Id" and "id" for one), and Error(unsupported) for names that SQLite keeps for itself.
std::vector<WantedTable> wanted_from_json(const std::string& catalog);

}  // namespace sluice::sqlite
