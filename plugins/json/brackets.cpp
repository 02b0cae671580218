#include "brackets.hpp"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::json {

namespace {

constexpr size_t kBlock = 64;

/// A bit per byte of a block.
struct Masks {
  uint64_t quotes = 0;
  uint64_t backslashes = 0;
  uint64_t opens = 0;
  uint64_t closes = 0;
};

#if defined(__SSE2__)

uint64_t bits_of(__m128i matches) { return static_cast<uint32_t>(_mm_movemask_epi8(matches)); }

Masks masks_of(const char* block) {
  Masks masks;
  for (int i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * i));
    // [ and { differ in one bit only, as ] and } do.
    const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    masks.quotes |= bits_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))) << (16 * i);
    masks.backslashes |= bits_of(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))) << (16 * i);
    masks.opens |= bits_of(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{'))) << (16 * i);
    masks.closes |= bits_of(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}'))) << (16 * i);
  }
  return masks;
}

#else

Masks masks_of(const char* block) {
  Masks masks;
  for (size_t i = 0; i < kBlock; ++i) {
    const char c = block[i];
    const char folded = static_cast<char>(c | 0x20);
    masks.quotes |= static_cast<uint64_t>(c == '"') << i;
    masks.backslashes |= static_cast<uint64_t>(c == '\\') << i;
    masks.opens |= static_cast<uint64_t>(folded == '{') << i;
    masks.closes |= static_cast<uint64_t>(folded == '}') << i;
  }
  return masks;
}

#endif

/// The bytes behind an odd run of backslashes (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 3.1.1).
uint64_t find_escaped(uint64_t backslashes, uint64_t& carry) {
  if (backslashes == 0) {
    const uint64_t escaped = carry;
    carry = 0;
    return escaped;
  }
  constexpr uint64_t kEven = 0x5555555555555555u;
  backslashes &= ~carry;
  const uint64_t follows = backslashes << 1 | carry;
  const uint64_t odd_starts = backslashes & ~kEven & ~follows;
  uint64_t sequences;
  carry = __builtin_add_overflow(odd_starts, backslashes, &sequences) ? 1 : 0;
  return (kEven ^ (sequences << 1)) & follows;
}

/// Bit i is the parity of the bits up to i.
uint64_t prefix_xor(uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

size_t BracketScanner::scan_block(const char* block, size_t size) {
  Masks masks = masks_of(block);
  const uint64_t inside = prefix_xor(masks.quotes & ~find_escaped(masks.backslashes, is_escaped_)) ^ in_string_;
  in_string_ = static_cast<uint64_t>(static_cast<int64_t>(inside) >> 63);
  masks.opens &= ~inside;
  masks.closes &= ~inside;
  const int opened = std::popcount(masks.opens);
  const int closed = std::popcount(masks.closes);
  if (closed < depth_ && depth_ + opened <= most_depth_) {
    depth_ += opened - closed;
    return kNone;
  }
  for (uint64_t both = masks.opens | masks.closes; both != 0; both &= both - 1) {
    const auto at = static_cast<size_t>(std::countr_zero(both));
    if (at >= size) break;
    depth_ += (masks.opens >> at & 1) != 0 ? 1 : -1;
    is_too_deep_ |= depth_ > most_depth_;
    if (depth_ <= 0) return at + 1;
  }
  return kNone;
}

size_t BracketScanner::scan(std::string_view text, bool is_last) {
  for (consumed_ = 0; text.size() - consumed_ >= kBlock; consumed_ += kBlock) {
    const size_t end = scan_block(text.data() + consumed_, kBlock);
    if (end != kNone) return consumed_ + end;
  }
  if (!is_last) return kNone;
  char rest[kBlock] = {};
  const size_t size = text.size() - consumed_;
  if (size > 0) std::memcpy(rest, text.data() + consumed_, size);
  const size_t end = scan_block(rest, size);
  if (end != kNone) return consumed_ + end;
  consumed_ = text.size();
  return kNone;
}

}  // namespace sluice::json
