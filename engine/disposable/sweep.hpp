#pragma once

#include <functional>
#include <string>
#include <vector>

#include "disposable/mark.hpp"

namespace sluice::disposable {

struct SweepResult {
  std::vector<std::string> removed;   ///< directories
  std::vector<std::string> problems;  ///< "DIRECTORY: why it could not be removed"
};

/// Ends and removes what dead engines left under `parent` (empty: $TMPDIR, else /tmp): marked directories of ours whose
/// owner process is gone, unless the mark says keep or `is_owned` says that a resumable run still owns it.
SweepResult sweep(const std::string& parent, const std::function<bool(const Mark&)>& is_owned);

}  // namespace sluice::disposable
