#pragma once

#include <vector>

#include "figures.hpp"

namespace sluice::bench {

/// What the engine itself costs, apart from any data: durable no-op steps a second (the real scheduler and journal,
/// with workers that answer at once), planning and resuming a workflow of 10,000 steps, the start of the program.
std::vector<Ratio> measure_overhead(int repeats);

}  // namespace sluice::bench
