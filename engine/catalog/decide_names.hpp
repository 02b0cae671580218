#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.hpp"
#include "catalog/map_spec.hpp"

/// Which columns are left out, and what tables and columns are called in the target. Part of decide.hpp's work.
namespace sluice::catalog {

/// The source without the columns that the map omits. Keys and indexes over such a column go with it, said in `warnings`.
/// Throws Error(invalid_argument) with the map's place for a pattern that matches nothing, and for a table that would be left
/// without columns.
Catalog without_omitted(const Catalog& source, const MapSpec& spec, std::vector<std::string>& warnings);

/// The target's names for the tables of a source. Throws Error(invalid_argument) with the map's place for a rename of something
/// that is not there, and where two tables, or two columns of one, would bear one name (told apart by case alone they may).
class TargetNames {
 public:
  TargetNames(const std::vector<const Table*>& tables, const MapSpec& spec);

  std::string table(const std::string& source) const;
  std::string column(const std::string& table, const std::string& source) const;

  /// Renames everything in a catalog that still bears the source's names. Expressions that can't be rewritten are left out,
  /// said in `warnings`.
  void apply(Catalog& target, std::vector<std::string>& warnings) const;

 private:
  std::string chosen(const std::string& key, const std::string& name) const;
  void check_renames(const std::vector<const Table*>& tables) const;
  void check_collisions(const std::vector<const Table*>& tables) const;

  const MapSpec& spec_;
};

/// The map's condition for a table, "" for none.
std::string condition_of(const MapSpec& spec, const std::string& table);
/// Throws Error(invalid_argument) for a condition on a table that is not among these.
void check_conditions(const std::vector<const Table*>& tables, const MapSpec& spec);

/// "OrderLines", "order-lines" and "HTTPServer" to "order_lines", "order_lines" and "http_server". Letters outside of ASCII stay.
std::string to_snake_case(const std::string& name);

}  // namespace sluice::catalog
