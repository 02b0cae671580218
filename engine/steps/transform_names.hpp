#pragma once

#include <string>

#include "catalog/mapping.hpp"

namespace sluice::steps {

/// "under transform orders.total, orders (row)": what a MATCH was found under; "" where no function made anything. Long
/// lists end with how many more there are.
std::string under_transforms(const catalog::Mapping& mapping);

}  // namespace sluice::steps
