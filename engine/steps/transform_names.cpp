#include "steps/transform_names.hpp"

#include <vector>

namespace sluice::steps {
namespace {

constexpr size_t kMostNamed = 8;

std::vector<std::string> names_of(const catalog::Mapping& mapping) {
  std::vector<std::string> names;
  for (const catalog::TableMapping& table : mapping.tables) {
    for (const catalog::ColumnMapping& column : table.columns) {
      if (column.transform) names.push_back(table.target_table + "." + column.target);
    }
    if (table.filter) names.push_back(table.target_table + " (filter)");
    if (table.row) names.push_back(table.target_table + " (row)");
  }
  return names;
}

}  // namespace

std::string under_transforms(const catalog::Mapping& mapping) {
  const std::vector<std::string> names = names_of(mapping);
  if (names.empty()) return "";
  std::string text = names.size() == 1 ? "under transform " : "under transforms ";
  for (size_t i = 0; i < names.size() && i < kMostNamed; ++i) text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > kMostNamed) text += " and " + std::to_string(names.size() - kMostNamed) + " more";
  return text;
}

}  // namespace sluice::steps
