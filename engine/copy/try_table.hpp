#pragma once

#include <string>
#include <vector>

#include "catalog/mapping.hpp"
#include "copy/rejects.hpp"
#include "store/session.hpp"
#include "workflow/table_transform.hpp"

namespace sluice::copy {

struct TrialSpec {
  double share = 0.01;        ///< of the table's rows, above 0 to 1
  size_t shown_rejects = 10;  ///< how many are kept; all are counted
  size_t shown_rows = 3;
};

/// What a mapping makes of a part of a table.
struct Trial {
  store::WorkResult result;          ///< read, kept, filtered, rejected, emitted
  std::vector<Reject> rejects;       ///< the first of them
  std::vector<std::string> rows;     ///< the first rows as the target would get them, each a JSON object
};

/// Reads parts of a table, spread evenly over it, and takes them through conversion and functions as a copy would; writes nothing.
/// What only the target can refuse doesn't show.
Trial try_table(store::Session& source, const catalog::TableMapping& table, workflow::TableTransform* transform, const TrialSpec& spec);

}  // namespace sluice::copy
