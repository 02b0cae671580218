#include "key_watch.hpp"

#include <xxhash.h>

#include <algorithm>

namespace sluice::json {

namespace {

constexpr size_t kMostHashes = size_t{1} << 20;
/// No store indexes texts of any length.
constexpr size_t kLongestKey = 255;

}  // namespace

void KeyWatch::add_integer(int64_t value) {
  is_ascending_ = is_ascending_ && texts_ == 0 && (rows_ == 0 || value > last_);
  last_ = value;
  ++rows_;
  if (texts_ > 0) give_up();
  add_hash(XXH3_64bits(&value, sizeof value));
}

void KeyWatch::add_text(std::string_view text) {
  is_ascending_ = false;
  ++rows_;
  if (++texts_ < rows_ || text.size() > kLongestKey) give_up();
  add_hash(XXH3_64bits(text.data(), text.size()));
}

void KeyWatch::add_hash(uint64_t hash) {
  if (!may_be_key_) return;
  if (has_all_hashes_ && hashes_.size() < kMostHashes) {
    hashes_.push_back(hash);
  } else {
    has_all_hashes_ = false;
    std::vector<uint64_t>().swap(hashes_);
    if (!is_ascending_) give_up();
  }
}

void KeyWatch::give_up() {
  may_be_key_ = is_ascending_ = false;
  std::vector<uint64_t>().swap(hashes_);
}

bool KeyWatch::prove() {
  if (rows_ == 0 || !may_be_key_) return false;
  if (is_ascending_) return true;
  // Equal values have equal hashes: where no two are equal, no two values are.
  std::sort(hashes_.begin(), hashes_.end());
  const bool is_key = std::adjacent_find(hashes_.begin(), hashes_.end()) == hashes_.end();
  std::vector<uint64_t>().swap(hashes_);
  return is_key;
}

}  // namespace sluice::json
