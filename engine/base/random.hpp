#pragma once

#include <cstddef>
#include <string>

namespace sluice {

/// n random bytes from the kernel as 2n hex digits.
std::string random_hex(size_t bytes);

/// A random (version 4) uuid, "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx".
std::string uuid4_text();

}  // namespace sluice
