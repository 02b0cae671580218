#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Durations, sizes and counts as people write them. Parsers answer nullopt for anything but a whole valid text.
namespace sluice {

/// "500ms", "2s", "1.5h", "1h30m", "2d": numbers with units ms, s, m, h, d, larger units first; "0" needs none.
std::optional<std::chrono::milliseconds> duration_from_text(std::string_view text);
/// "850ms", "2.5s", "1m30s", "2h5m", "3d4h": the two largest units that count; reads back by duration_from_text.
std::string duration_to_text(std::chrono::milliseconds duration);

/// Bytes: "512", "64KiB", "10 MB", "1.5GiB", up to TiB and TB; "MiB" is 1024 * 1024, "MB" a million; case counts for
/// nothing.
std::optional<int64_t> size_from_text(std::string_view text);
/// "512 bytes", "1.5 MiB".
std::string size_to_text(int64_t bytes);

/// "2,000,000".
std::string count_to_text(int64_t count);
/// "1 table", "2,000 tables".
std::string count_of(int64_t count, std::string_view thing);

}  // namespace sluice
