#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "catalog/decide.hpp"

/// Small catalogs and scans for tests of what is decided over them.
namespace sluice::catalog {

using arrow::Kind;

inline Evidence integers(int64_t rows, int64_t low, int64_t high) {
  Evidence seen;
  seen.rows = seen.integers = rows;
  seen.min_integer = low;
  seen.max_integer = high;
  return seen;
}
inline Evidence reals(int64_t rows, int scale, int digits) {
  Evidence seen;
  seen.rows = seen.reals = rows;
  seen.max_scale = scale;
  seen.max_digits = digits;
  return seen;
}
inline Evidence texts(int64_t rows, int64_t Evidence::*kind = nullptr) {
  Evidence seen;
  seen.rows = seen.texts = rows;
  seen.max_bytes = 10;
  if (kind != nullptr) seen.*kind = rows;
  return seen;
}

inline Column column(const std::string& name, const Type& type, const std::string& native, const Evidence& seen) {
  Column column;
  column.name = name;
  column.type = type;
  column.native = native;
  column.carrier = Type{Kind::text};
  column.evidence = seen;
  return column;
}

inline Column id_column(const std::string& name = "id") {
  Column id = column(name, {Kind::int64}, "INTEGER", integers(10, 1, 10));
  id.nullable = false;
  return id;
}

inline Table table(const std::string& name, std::vector<Column> columns) {
  Table table;
  table.name = name;
  table.columns = std::move(columns);
  return table;
}

/// A target that holds every type as it is.
inline Ddl take_all(const Catalog& wanted) {
  Ddl answer;
  for (const Table& table : wanted.tables) {
    for (const Column& column : table.columns) {
      answer.columns.push_back({table.name, column.name, arrow::to_text(column.type), column.type});
    }
  }
  return answer;
}

inline Mapping decide(std::vector<Table> tables, const MapSpec& spec = {}) {
  Catalog source;
  source.tables = std::move(tables);
  return decide_mapping(source, spec, "shop", take_all);
}

inline std::string error_of(std::vector<Table> tables, const MapSpec& spec) try {
  decide(std::move(tables), spec);
  return "no error";
} catch (const Error& error) {
  return error.what();
}

}  // namespace sluice::catalog
