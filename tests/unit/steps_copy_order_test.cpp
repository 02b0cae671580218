#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "steps/copy_order.hpp"

namespace sluice::steps {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Tables with those that they refer to.
catalog::Mapping mapping_of(const std::vector<std::pair<std::string, std::vector<std::string>>>& tables) {
  catalog::Mapping mapping;
  for (const auto& [name, parents] : tables) {
    catalog::Table table;
    table.name = name;
    for (const std::string& parent : parents) {
      catalog::ForeignKey key;
      key.ref_table = parent;
      table.foreign_keys.push_back(key);
    }
    mapping.target.tables.push_back(table);
    mapping.tables.emplace_back().target_table = name;
  }
  return mapping;
}

TEST(CopyOrder, PutsParentsBeforeTheirChildren) {
  const CopyOrder order =
      copy_order(mapping_of({{"line", {"orders", "item"}}, {"orders", {"customer"}}, {"customer", {}}, {"item", {"elsewhere"}}}), true);
  EXPECT_THAT(order.stages, ElementsAre(2, 1, 0, 0));
  EXPECT_THAT(order.circles, IsEmpty());
}

TEST(CopyOrder, NamesCirclesAndKeepsTheOrderAroundThem) {
  const CopyOrder order =
      copy_order(mapping_of({{"after", {"a"}}, {"a", {"b", "before"}}, {"b", {"a"}}, {"before", {}}, {"c", {"d", "a"}}, {"d", {"c"}}}), true);
  EXPECT_THAT(order.circles, ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_GT(order.stages[0], order.stages[1]);
  EXPECT_GT(order.stages[1], order.stages[3]);
  EXPECT_GT(order.stages[4], order.stages[1]);
}

TEST(CopyOrder, NamesTablesThatReferToThemselves) {
  const CopyOrder order = copy_order(mapping_of({{"a", {}}, {"tree", {"tree", "tree"}}}), true);
  EXPECT_THAT(order.own_parents, ElementsAre(1U));
  EXPECT_THAT(order.stages, ElementsAre(0, 0));
}

TEST(CopyOrder, IsNoneForTablesThatTheRunMakes) {
  EXPECT_THAT(copy_order(mapping_of({{"child", {"parent"}}, {"parent", {}}}), false).stages, ElementsAre(0, 0));
}

}  // namespace
}  // namespace sluice::steps
