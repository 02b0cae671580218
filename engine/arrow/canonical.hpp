#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "arrow/builder.hpp"

/// The bytes that stand for a value whatever store it came from (VERIFICATION, "Canonical value encoding").
/// fingerprint.hpp hashes them; nothing else depends on their form, which may change between versions.
namespace sluice::arrow {

/// What follows in the encoding. Every value begins with one.
enum class CanonicalTag : uint8_t {
  null = 1,
  boolean,
  integer,           // 8 bytes
  unsigned_integer,  // 8 bytes, above the largest signed one
  floating,          // 8 bytes, IEEE
  small_decimal,     // exponent (1 byte), 8 bytes: up to 18 digits
  big_decimal,       // sign, exponent, length, digits
  no_number,         // length, text: NaN, Infinity, -Infinity and whatever isn't a number
  text,
  binary,
  uuid,
  date,
  time,
  timestamp,
  timestamptz,
  json,
  broken_json,  // length, text: not JSON after all
};

/// Appends canonical bytes to a buffer that is kept from row to row. Not for sharing between threads.
class CanonicalWriter {
 public:
  void clear() { size_ = 0; }
  size_t size() const { return size_; }
  const char* data() const { return buffer_.data(); }
  std::string_view from(size_t begin) const { return {buffer_.data() + begin, size_ - begin}; }
  void truncate(size_t size) { size_ = size; }

  void put_tag(CanonicalTag tag) { put(static_cast<uint8_t>(tag)); }
  template <typename T>
  void put(T value) {
    std::memcpy(reserve(sizeof(T)), &value, sizeof(T));
    size_ += sizeof(T);
  }
  /// Tag and value at once.
  template <typename T>
  void put_tagged(CanonicalTag tag, T value) {
    char* at = reserve(sizeof(T) + 1);
    *at = static_cast<char>(tag);
    std::memcpy(at + 1, &value, sizeof(T));
    size_ += sizeof(T) + 1;
  }
  void put_raw(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void put_sized(std::string_view bytes) {
    put(static_cast<uint32_t>(bytes.size()));
    put_raw(bytes);
  }

 private:
  char* reserve(size_t more) {
    if (size_ + more > buffer_.size()) grow(more);
    return buffer_.data() + size_;
  }
  void grow(size_t more) { buffer_.resize((size_ + more) * 2 + 256); }

  std::vector<char> buffer_;
  size_t size_ = 0;
};

/// The bits of a double: -0 is 0, there is one NaN.
uint64_t canonical_bits(double value);

/// digits * 10^exponent without trailing zeros; 0 is 0 * 10^0.
struct SmallDecimal {
  int64_t digits = 0;
  int64_t exponent = 0;
};
/// Digits below this limit make a small decimal.
constexpr int64_t kSmallDecimalLimit = 1'000'000'000'000'000'000;  // 10^18
SmallDecimal strip_zeros(int64_t digits, int64_t exponent);

/// Without trailing zeros: 1.50 at scale 2 is what 15 at scale 1 is.
void append_canonical_decimal(CanonicalWriter& out, Int128 unscaled, int scale);
/// The same bytes for the same number; anything that isn't a number as its text.
void append_canonical_number(CanonicalWriter& out, std::string_view text);
/// Keys sorted, of doubled keys the last, numbers exact by value, strings without escapes. False, with nothing
/// appended, where `text` is no JSON value (or nests deeper than 1000).
bool append_canonical_json(CanonicalWriter& out, std::string_view text);
/// Whether it is JSON that every store takes: without half of a surrogate pair.
bool is_json(std::string_view text);

}  // namespace sluice::arrow
