#pragma once

#include <string>
#include <vector>

#include "steps/action.hpp"
#include "verify/diff.hpp"

/// What both proofs publish: the numbers per table, completeness and discrepancy as exact pairs, the verdict over all.
namespace sluice::steps {

/// A table's outcome travels from its task to the step's conclusion as the record's detail.
std::string to_detail(const verify::TableDifference& difference, int64_t sampled = 0);

/// Metrics, differences and verdict from the records that carry such details. What was compared is what the mapping's functions
/// made, which the summary says.
Conclusion conclude_proof(const std::vector<TaskRecord>& records, const catalog::Mapping& mapping);

}  // namespace sluice::steps
