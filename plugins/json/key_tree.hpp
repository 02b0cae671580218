#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "evidence.hpp"
#include "settings.hpp"

namespace sluice::json {

/// A key that was seen in the records of a table, or in objects that are flattened into it.
struct Node {
  std::string key;
  int parent = 0;
  bool is_flattened = false;  ///< its objects become columns of their own
  bool is_split = false;      ///< its arrays become a table of their own
  bool is_parsed = false;     ///< its strings hold JSON, which counts instead
  ColumnEvidence seen;
  int64_t flattened = 0;      ///< objects that were
  std::vector<int> children;  ///< in the order of their first sight
};

/// All keys of a table. Node 0 is the record itself.
class KeyTree {
 public:
  KeyTree() : nodes_(1), index_(1) {}

  /// The node of `key` below `parent`, -1 where there is none. `guess` is where it is looked for first and then points
  /// behind it: records mostly have their keys in one order.
  int find(int parent, std::string_view key, size_t& guess) const {
    const std::vector<int>& children = nodes_[static_cast<size_t>(parent)].children;
    if (guess < children.size() && nodes_[static_cast<size_t>(children[guess])].key == key) return children[guess++];
    return find_slowly(parent, key, guess);
  }
  /// What leads to these records, where they are elements of others: "markets.", with a dot behind each field.
  void set_path(std::string path) { path_ = std::move(path); }
  const std::string& path() const { return path_; }
  /// Neither splits nor flattens.
  void keep_flat() { is_flat_ = true; }
  int add(int parent, std::string_view key, const Settings& settings);

  Node& node(int index) { return nodes_[static_cast<size_t>(index)]; }
  const Node& node(int index) const { return nodes_[static_cast<size_t>(index)]; }
  size_t size() const { return nodes_.size(); }
  /// The keys that lead to a node, with "_" between.
  std::string joined_path(int index) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  int find_slowly(int parent, std::string_view key, size_t& guess) const;

  std::string path_;
  bool is_flat_ = false;
  std::vector<Node> nodes_;
  /// Per node: key to the place among its children.
  std::vector<std::unordered_map<std::string, size_t, Hash, std::equal_to<>>> index_;
};

}  // namespace sluice::json
