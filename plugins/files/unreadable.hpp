#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "abi/plugin_sdk.hpp"
#include "base/error.hpp"

namespace sluice::files {

/// So many bytes of a record that can't be read are kept with its reject.
inline constexpr size_t kMostKept = size_t{64} << 10;

/// A record that can't be read, though it is known where it ends.
struct Unreadable {
  std::string path;
  int64_t at = 0;     ///< its first byte in the file
  int64_t bytes = 0;  ///< all of it
  std::string text;   ///< the first kMostKept bytes
};

/// "shop.csv, record at byte 17".
std::string name_of(const Unreadable& record);

/// Hands it to the engine with the reason: file, byte, length, and its bytes, as `record`, or where they are no UTF-8 as hex digits in
/// `record_hex`.
void reject_unreadable(const sluice_reject_sink& sink, const Error& why, const Unreadable& record);

/// What a catalog notes of a table with such records: how many, that they become rejects, and why the first can't be read.
std::string note_unreadable(const std::string& table, int64_t count, const std::string& first_fault);

}  // namespace sluice::files
