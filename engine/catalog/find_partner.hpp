#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

/// Tables and columns of two stores that mean each other. Part of decide.hpp's work.
namespace sluice::catalog {

inline bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

template <typename Item>
const Item* find_exactly(const std::vector<Item>& items, const std::string& name) {
  const auto found = std::ranges::find(items, name, &Item::name);
  return found == items.end() ? nullptr : &*found;
}

/// Their item for one of mine: of the same name, else the only one of the same name in another case that nobody of mine bears
/// exactly. nullptr where there is none.
template <typename Item>
const Item* find_partner(const std::string& name, const std::vector<Item>& mine, const std::vector<Item>& theirs) {
  if (const Item* exact = find_exactly(theirs, name)) return exact;
  const auto is_like = [&](const Item& item) { return equal_ignoring_case(item.name, name) && find_exactly(mine, item.name) == nullptr; };
  const auto found = std::ranges::find_if(theirs, is_like);
  return std::ranges::count_if(theirs, is_like) == 1 ? &*found : nullptr;
}

}  // namespace sluice::catalog
