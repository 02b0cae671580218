#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::json {

/// Where a text stops being JSON, and why.
struct Fault {
  size_t at = 0;
  std::string message;
  std::string hint;
};

/// The first fault of one JSON value (RFC 8259) that begins at the text's start; nothing where it is sound and nothing
/// follows it. Slower than RecordParser, which only says that there is one; both must agree.
std::optional<Fault> find_fault(std::string_view text, int most_depth);

}  // namespace sluice::json
