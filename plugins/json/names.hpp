#pragma once

#include <set>
#include <string>

#include "settings.hpp"

namespace sluice::json {

/// Gives names, each once: names without a NUL, which can't cross a C interface, and none that is empty. Portable ones
/// also differ by more than upper and lower case, and have at most 63 bytes.
class Names {
 public:
  explicit Names(NameStyle style) : style_(style) {}

  /// Keeps a name from being given.
  void reserve(const std::string& name) { used_.insert(folded(name)); }
  /// The name itself where it may be given and is still free, else one like it.
  std::string give(const std::string& wanted);

 private:
  std::string folded(std::string name) const;
  std::string shortened(const std::string& name, const std::string& suffix) const;

  NameStyle style_;
  std::set<std::string> used_;
};

/// A key in a message, whatever is in it.
std::string shown_key(const std::string& key);

}  // namespace sluice::json
