#pragma once

#include <string>
#include <vector>

/// What a map says about values that the workflow's own functions make. Pure data; `script` finds the functions again.
namespace sluice::catalog {

/// A function or a constant of the workflow. A value; "" for none.
struct TransformRef {
  std::string id;           ///< its place in the map: `columns["orders.total"]`, "orders.row"
  std::string where;        ///< "shop.lua:12"
  std::string digest = {};  ///< another one: it makes other values now

  explicit operator bool() const { return !id.empty(); }
  friend bool operator==(const TransformRef&, const TransformRef&) = default;
};

/// What makes the values of existing columns.
struct ColumnTransform {
  std::string pattern;  ///< glob over "table.column"
  TransformRef value;
  bool is_exact = false;  ///< of a table's own block: no pattern, and before all patterns
};

/// A column that only the target has.
struct AddedColumn {
  std::string name;
  std::string type;
  bool nullable = true;
  TransformRef value;
};

/// A map's block for one table.
struct TableBlock {
  std::string table;
  std::string where;
  std::vector<AddedColumn> added;
  std::vector<std::string> reads;  ///< columns that the map omits and the functions read all the same
  TransformRef row;
  TransformRef filter;
};

struct TransformSpecs {
  std::vector<ColumnTransform> columns;
  std::vector<TableBlock> blocks;
};

}  // namespace sluice::catalog
