#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "arrow/stream.hpp"

namespace sluice::files {

/// A statement of a store of files, which has no language of its own: {"count": TABLE}, or inside a guard {"create":
/// TABLE, ...}, {"finish": TABLE} or {"clear": TABLE}.
struct Command {
  std::string word;
  std::string table;
  nlohmann::json whole;
};

/// Throws Error(invalid_argument) for any other text; `plugin` begins the message.
Command command_from_text(const std::string& plugin, const std::string& text);

/// One row with the column `count`.
std::unique_ptr<arrow::BatchReader> one_count(int64_t count);

}  // namespace sluice::files
