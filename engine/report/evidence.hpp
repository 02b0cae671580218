#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

/// What gates and proofs leave in the journal, as values.
namespace sluice::report {

/// An error as journalled.
struct Failure {
  std::string code, message, hint, where;
};
/// "where: message; hint", one line.
std::string to_text(const Failure& failure);

struct Comparison {
  std::string text, left, right, result;  ///< result: "PASS", "FAIL", "NO_DATA", "ERROR"
};

struct GateMeasurement {
  std::string criterion, result, message;
  std::vector<Comparison> comparisons;
};

struct CellDifference {
  std::string column, source, target;
};

struct RowDifference {
  std::string kind;  ///< "missing", "extra", "changed", "duplicated"
  std::string key;
  int64_t times = 1;
  std::vector<CellDifference> cells;
};

struct TableDifference {
  std::string table, verdict;
  int64_t source_rows = 0, target_rows = 0;
  int64_t missing = 0, extra = 0, changed = 0, duplicated = 0;
  std::vector<RowDifference> rows;  ///< the first of them; all are counted
  std::vector<std::string> notes;
};

/// Readers of the JSON that events carry. Absent fields keep their defaults, so that older journals stay readable;
/// fields of a wrong type throw nlohmann's exception for the caller to place.
Failure failure_from_json(const nlohmann::json& json);
GateMeasurement gate_from_json(const nlohmann::json& json);
std::vector<TableDifference> differences_from_json(const nlohmann::json& json);

}  // namespace sluice::report
