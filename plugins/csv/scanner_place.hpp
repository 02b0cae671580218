#pragma once

#include <cstddef>

#include "scanner.hpp"

/// Limits and texts that the parts of the scanner share.
namespace sluice::csv {

#if defined(SLUICE_SMALL_BLOCKS)
/// For fuzzing: inputs are small, and every boundary of a block is to be met.
constexpr size_t kBlock = 64;
#else
constexpr size_t kBlock = size_t{1} << 18;
#endif
constexpr size_t kFirstBuffer = 2 * kBlock;
/// A quote that never ends must not take the whole file into memory.
constexpr size_t kMostRow = size_t{256} << 20;

/// Between the cell's quotes, before it is unescaped.
bool has_line_break(const Cell& cell);

constexpr const char* kNotUtf8 = "the bytes are not utf-8";
constexpr const char* kEncodingHint = "set the encoding that the file has: utf-8, latin1, windows-1252 or utf-16";
constexpr const char* kNulHint = "remove it; for UTF-16 set encoding = \"utf-16\"";

}  // namespace sluice::csv
