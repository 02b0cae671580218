#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/error.hpp"
#include "script/load.hpp"

/// Every tests/data/workflows/wrong/NAME.lua must be refused with exactly the message in NAME.txt.
namespace sluice::script {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(SLUICE_SOURCE_DIR) / "tests/data/workflows/wrong";

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> wrong_workflows() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".lua") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class WrongWorkflow : public testing::TestWithParam<std::string> {};

TEST_P(WrongWorkflow, IsRefusedWithItsMessage) {
  const std::string expected = read(kFolder / (GetParam() + ".txt"));
  ASSERT_FALSE(expected.empty()) << "no expected message beside it";
  try {
    load_workflow((kFolder / (GetParam() + ".lua")).string(), {});
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.what() + std::string("\n"), expected);
    EXPECT_EQ(error.code(), Code::invalid_argument);
    EXPECT_EQ(error.where().compare(0, GetParam().size() + 4, GetParam() + ".lua"), 0) << error.where();
  }
}

INSTANTIATE_TEST_SUITE_P(All, WrongWorkflow, testing::ValuesIn(wrong_workflows()),
                         [](const testing::TestParamInfo<std::string>& info) { return info.param; });

}  // namespace
}  // namespace sluice::script
