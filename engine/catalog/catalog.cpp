#include "catalog/catalog.hpp"

namespace sluice::catalog {

const Column* Table::find_column(const std::string& wanted) const {
  for (const Column& column : columns) {
    if (column.name == wanted) return &column;
  }
  return nullptr;
}

const Table* Catalog::find_table(const std::string& wanted) const {
  for (const Table& table : tables) {
    if (table.name == wanted) return &table;
  }
  return nullptr;
}

}  // namespace sluice::catalog
