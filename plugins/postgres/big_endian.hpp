#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

/// Integers in network order, as the wire has them.
namespace sluice::postgres {

static_assert(std::endian::native == std::endian::little, "written for little-endian machines");

inline int16_t get_int16(const char* in) {
  uint16_t raw;
  std::memcpy(&raw, in, sizeof raw);
  return static_cast<int16_t>(__builtin_bswap16(raw));
}

inline int32_t get_int32(const char* in) {
  uint32_t raw;
  std::memcpy(&raw, in, sizeof raw);
  return static_cast<int32_t>(__builtin_bswap32(raw));
}

inline int64_t get_int64(const char* in) {
  uint64_t raw;
  std::memcpy(&raw, in, sizeof raw);
  return static_cast<int64_t>(__builtin_bswap64(raw));
}

inline char* put_int16(char* out, int16_t value) {
  const uint16_t raw = __builtin_bswap16(static_cast<uint16_t>(value));
  std::memcpy(out, &raw, sizeof raw);
  return out + sizeof raw;
}

inline char* put_int32(char* out, int32_t value) {
  const uint32_t raw = __builtin_bswap32(static_cast<uint32_t>(value));
  std::memcpy(out, &raw, sizeof raw);
  return out + sizeof raw;
}

inline char* put_int64(char* out, int64_t value) {
  const uint64_t raw = __builtin_bswap64(static_cast<uint64_t>(value));
  std::memcpy(out, &raw, sizeof raw);
  return out + sizeof raw;
}

/// The server counts days and microseconds from 2000-01-01.
inline constexpr int32_t kEpochDays = 10957;
inline constexpr int64_t kEpochMicros = 946'684'800'000'000;

}  // namespace sluice::postgres
