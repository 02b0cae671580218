#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "matrix/cases.hpp"
#include "support/environment.hpp"

namespace sluice::test::matrix {
namespace {

namespace fs = std::filesystem;

/// All that a line of survivors.txt may name: Suite.Name of every test in the tree, matrix/VALUE of every value.
std::set<std::string> known_tests() {
  static const std::regex kTest(R"(TEST(_F|_P)?\((\w+), (\w+)\))");
  std::set<std::string> known;
  for (const auto& entry : fs::recursive_directory_iterator(source_directory() + "/tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read_text(entry.path());
    for (std::sregex_iterator found(text.begin(), text.end(), kTest), end; found != end; ++found) {
      known.insert((*found)[2].str() + "." + (*found)[3].str());
    }
  }
  for (const Case& one : read_cases()) known.insert("matrix/" + one.name);
  return known;
}

TEST(Survivors, TheListNamesTestsThatAreThereForEveryItem) {
  const std::set<std::string> known = known_tests();
  std::istringstream lines(read_text(source_directory() + "/tests/data/survivors.txt"));
  std::set<std::string> groups;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line[0] == '#') continue;
    static const std::regex kLine(R"(([^|]+) \| ([^|]+) \| (.+))");
    std::smatch parts;
    ASSERT_TRUE(std::regex_match(line, parts, kLine)) << "survivors.txt:" << number << ": expected GROUP | item | tests";
    groups.insert(parts[1]);
    if (parts[3].str().starts_with("open: ")) continue;
    std::istringstream tests(parts[3]);
    for (std::string test; tests >> test;) EXPECT_TRUE(known.contains(test)) << "survivors.txt:" << number << ": there is no test " << test;
  }
  for (const auto& [store, items] : std::map<std::string, int>{{"SQLite", 7}, {"MySQL", 6}, {"JSON", 4}}) {
    for (int item = 1; item <= items; ++item) EXPECT_TRUE(groups.contains(store + " " + std::to_string(item))) << store << " " << item;
  }
  EXPECT_TRUE(groups.contains("CSV") && groups.contains("Targets"));
}

}  // namespace
}  // namespace sluice::test::matrix
