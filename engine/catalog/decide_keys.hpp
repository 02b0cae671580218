#pragma once

#include <string>
#include <vector>

#include "catalog/decide_type.hpp"

/// Decided tables, and what foreign keys ask of their columns. Part of decide.hpp's work.
namespace sluice::catalog {

/// A selected source table and the decision for each of its columns, in order.
struct DecidedTable {
  const Table* table = nullptr;
  std::vector<Decision> columns;

  /// The index of a column by name, in any case where the exact one is missing (SQLite's foreign keys); -1 where there
  /// is none.
  int find(const std::string& column) const;
};

/// By name, in any case where the exact one is missing; nullptr where it is not selected.
DecidedTable* find_decided(std::vector<DecidedTable>& tables, const std::string& name);
const DecidedTable* find_decided(const std::vector<DecidedTable>& tables, const std::string& name);

/// The columns that a foreign key refers to: its own list, or the referenced primary key.
std::vector<std::string> referenced_columns(const ForeignKey& key, const Table& referenced);

/// Gives both ends of every foreign key one type: the map's where it sets one, else the one that holds both. Adds to
/// `warnings` where that can't be.
void unify_foreign_keys(std::vector<DecidedTable>& tables, std::vector<std::string>& warnings);

/// The primary key's columns hold NULLs, so it can be no key in a store that means it (SQLite lets NULLs in).
bool has_null_key(const Table& table);

/// The columns that name a row: the primary key, else the first unique key without nullable columns; else none.
std::vector<std::string> row_key(const Table& table);

}  // namespace sluice::catalog
