#include "key_tree.hpp"

#include "base/error.hpp"

namespace sluice::json {

namespace {

/// More keys than that are data: no store has as many columns.
constexpr size_t kMostKeys = 10000;

}  // namespace

int KeyTree::find_slowly(int parent, std::string_view key, size_t& guess) const {
  const auto& index = index_[static_cast<size_t>(parent)];
  const auto found = index.find(key);
  if (found == index.end()) return -1;
  guess = found->second + 1;
  return node(parent).children[found->second];
}

int KeyTree::add(int parent, std::string_view key, const Settings& settings) {
  if (nodes_.size() > kMostKeys) {
    throw Error(Code::unsupported, "the records have more than " + std::to_string(kMostKeys) + " different keys",
                "where keys are data, set shape = \"object\", or flatten less");
  }
  Node added;
  added.key = key;
  added.parent = parent;
  added.is_flattened = is_flat_ ? false : parent == 0 ? settings.flattens(added.key) : node(parent).is_flattened;
  added.is_split = parent == 0 && !is_flat_ && settings.find_split(path_ + added.key) != nullptr;
  added.is_parsed = parent == 0 && !is_flat_ && settings.parses(added.key);
  const int index = static_cast<int>(nodes_.size());
  std::vector<int>& children = node(parent).children;
  index_[static_cast<size_t>(parent)].emplace(added.key, children.size());
  children.push_back(index);
  nodes_.push_back(std::move(added));
  index_.emplace_back();
  return index;
}

std::string KeyTree::joined_path(int index) const {
  const Node& last = node(index);
  return last.parent == 0 ? last.key : joined_path(last.parent) + "_" + last.key;
}

}  // namespace sluice::json
