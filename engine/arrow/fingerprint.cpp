#include "arrow/fingerprint.hpp"

#include <cstring>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::arrow {

namespace {

constexpr uint64_t kSeed = 0x736c75696365;

/// What is free at least before every value, so that fixed-size ones need no check of their own.
constexpr size_t kSlack = 32;
constexpr size_t kFirstBytes = 1024;

template <typename T>
char* put_tagged(char* at, CanonicalTag tag, T value) {
  *at = static_cast<char>(tag);
  std::memcpy(at + 1, &value, sizeof(T));
  return at + 1 + sizeof(T);
}

char* put_integer(char* at, const ColumnView& column, int64_t row) {
  const int64_t value = column.int64(row);
  const bool is_beyond = column.type().kind == Kind::uint64 && value < 0;
  return put_tagged(at, is_beyond ? CanonicalTag::unsigned_integer : CanonicalTag::integer, value);
}

char* put_uuid(char* at, std::string_view bytes) {
  *at = static_cast<char>(CanonicalTag::uuid);
  std::memcpy(at + 1, bytes.data(), bytes.size());
  return at + 1 + bytes.size();
}

/// nullptr where the decimal is a big one.
char* put_small_decimal(char* at, Int128 unscaled, int scale) {
  if (unscaled >= kSmallDecimalLimit || unscaled <= -kSmallDecimalLimit) return nullptr;
  const SmallDecimal small = strip_zeros(static_cast<int64_t>(unscaled), -scale);
  at = put_tagged(at, CanonicalTag::small_decimal, static_cast<int8_t>(small.exponent));
  std::memcpy(at, &small.digits, sizeof(small.digits));
  return at + sizeof(small.digits);
}

/// Values of one of the fixed sizes; nullptr for all others.
char* put_fixed(char* at, const ColumnView& column, int64_t row) {
  switch (column.type().kind) {
    case Kind::boolean: return put_tagged(at, CanonicalTag::boolean, static_cast<uint8_t>(column.int64(row)));
    case Kind::float32:
    case Kind::float64: return put_tagged(at, CanonicalTag::floating, canonical_bits(column.float64(row)));
    case Kind::decimal: return put_small_decimal(at, column.decimal(row), column.type().scale);
    case Kind::date: return put_tagged(at, CanonicalTag::date, static_cast<int32_t>(column.int64(row)));
    case Kind::time: return put_tagged(at, CanonicalTag::time, column.int64(row));
    case Kind::timestamp: return put_tagged(at, CanonicalTag::timestamp, column.int64(row));
    case Kind::timestamptz: return put_tagged(at, CanonicalTag::timestamptz, column.int64(row));
    case Kind::uuid: return put_uuid(at, column.bytes(row));
    case Kind::number:
    case Kind::text:
    case Kind::binary:
    case Kind::json: return nullptr;
    default: return put_integer(at, column, row);
  }
}

void append_json(CanonicalWriter& out, std::string_view text) {
  out.put_tag(CanonicalTag::json);
  if (append_canonical_json(out, text)) return;
  out.clear();
  out.put_tag(CanonicalTag::broken_json);
  out.put_sized(text);
}

/// Values that take a computation of their own.
void append_computed(CanonicalWriter& out, const ColumnView& column, int64_t row) {
  switch (column.type().kind) {
    case Kind::decimal: return append_canonical_decimal(out, column.decimal(row), column.type().scale);
    case Kind::number: return append_canonical_number(out, column.bytes(row));
    default: return append_json(out, column.bytes(row));
  }
}

}  // namespace

void RowHasher::make_room(char*& at, char*& end, size_t needed) {
  if (static_cast<size_t>(end - at) >= needed + kSlack) return;
  const auto used = static_cast<size_t>(at - buffer_.data());
  buffer_.resize((used + needed + kSlack) * 2);
  at = buffer_.data() + used;
  end = buffer_.data() + buffer_.size();
}

std::string_view RowHasher::encode_row(const ColumnView* const* columns, size_t count, int64_t row) {
  // Locals: bytes written may alias members, which would then be loaded anew for every value.
  char* at = buffer_.data();
  char* end = at + buffer_.size();
  for (size_t i = 0; i < count; ++i) {
    const ColumnView& column = *columns[i];
    make_room(at, end, 0);
    if (column.is_null(row)) {
      *at++ = static_cast<char>(CanonicalTag::null);
    } else if (char* behind = put_fixed(at, column, row)) {
      at = behind;
    } else if (column.type().kind == Kind::text || column.type().kind == Kind::binary) {
      const std::string_view bytes = column.bytes(row);
      make_room(at, end, bytes.size());
      const auto tag = column.type().kind == Kind::text ? CanonicalTag::text : CanonicalTag::binary;
      at = put_tagged(at, tag, static_cast<uint32_t>(bytes.size()));
      if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
      at += bytes.size();
    } else {
      scratch_.clear();
      append_computed(scratch_, column, row);
      make_room(at, end, scratch_.size());
      std::memcpy(at, scratch_.data(), scratch_.size());
      at += scratch_.size();
    }
  }
  return {buffer_.data(), static_cast<size_t>(at - buffer_.data())};
}

namespace {

std::vector<const ColumnView*> pointers_to(const std::vector<ColumnView>& views) {
  std::vector<const ColumnView*> pointers;
  for (const ColumnView& view : views) pointers.push_back(&view);
  return pointers;
}

std::vector<const ColumnView*> chosen_from(const std::vector<ColumnView>& views, const std::vector<size_t>& columns) {
  std::vector<const ColumnView*> chosen;
  for (const size_t column : columns) chosen.push_back(&views[column]);
  return chosen;
}

RowHash hash_of(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), kSeed);
  return {hash.low64, hash.high64};
}

}  // namespace

RowHasher::RowHasher(std::vector<Field> fields) : fields_(std::move(fields)), buffer_(kFirstBytes) {}

void RowHasher::hash_rows(const std::vector<const ColumnView*>& columns, int64_t rows, std::vector<RowHash>& out) {
  out.resize(static_cast<size_t>(rows));
  for (int64_t row = 0; row < rows; ++row) {
    out[static_cast<size_t>(row)] = hash_of(encode_row(columns.data(), columns.size(), row));
  }
}

void RowHasher::hash(const ArrowArray& batch, std::vector<RowHash>& out) {
  const std::vector<ColumnView> views = view_batch(fields_, batch);
  hash_rows(pointers_to(views), batch.length, out);
}

void RowHasher::hash_columns(const ArrowArray& batch, const std::vector<size_t>& columns, std::vector<RowHash>& out) {
  const std::vector<ColumnView> views = view_batch(fields_, batch);
  hash_rows(chosen_from(views, columns), batch.length, out);
}

void RowHasher::add_to(const ArrowArray& batch, sluice_fingerprint& sum) {
  const std::vector<ColumnView> views = view_batch(fields_, batch);
  const auto columns = pointers_to(views);
  for (int64_t row = 0; row < batch.length; ++row) {
    add_row(sum, hash_of(encode_row(columns.data(), columns.size(), row)));
  }
}

std::string RowHasher::encode(const std::vector<ColumnView>& views, const std::vector<size_t>& columns, int64_t row) {
  const auto chosen = chosen_from(views, columns);
  return std::string(encode_row(chosen.data(), chosen.size(), row));
}

void add_row(sluice_fingerprint& sum, const RowHash& hash) {
  ++sum.count;
  sum.sum_low += hash.low;
  sum.sum_high += hash.high + (sum.sum_low < hash.low ? 1 : 0);
  sum.xor_low ^= hash.low;
  sum.xor_high ^= hash.high;
}

void merge(sluice_fingerprint& into, const sluice_fingerprint& other) {
  into.count += other.count;
  into.sum_low += other.sum_low;
  into.sum_high += other.sum_high + (into.sum_low < other.sum_low ? 1 : 0);
  into.xor_low ^= other.xor_low;
  into.xor_high ^= other.xor_high;
}

bool equal(const sluice_fingerprint& a, const sluice_fingerprint& b) {
  return a.count == b.count && a.sum_low == b.sum_low && a.sum_high == b.sum_high && a.xor_low == b.xor_low &&
         a.xor_high == b.xor_high;
}

}  // namespace sluice::arrow
