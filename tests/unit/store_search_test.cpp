#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/random.hpp"
#include "store/plugin.hpp"

namespace {

namespace fs = std::filesystem;
using namespace sluice;
using namespace sluice::store;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

/// Plugin directories with manifests; the environment leads nowhere.
class Search : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "sluice_search_" + random_hex(6);
    fs::create_directories(root_);
    setenv("XDG_DATA_HOME", (root_ + "/home").c_str(), 1);
    unsetenv("SLUICE_PLUGIN_PATH");
  }
  void TearDown() override {
    fs::remove_all(root_);
    unsetenv("XDG_DATA_HOME");
    unsetenv("SLUICE_PLUGIN_PATH");
  }

  std::string directory(const std::string& name) {
    fs::create_directories(root_ + "/" + name);
    return root_ + "/" + name;
  }
  void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }
  static std::string manifest(const std::string& name, const std::string& version = "1") {
    return R"({"name": ")" + name + R"(", "version": ")" + version + R"(", "file": "x.so", "sha256": ")" +
           std::string(64, '0') + R"(", "roles": ["source"], "schemes": [")" + name + R"("], "language": "sql",
           "options": [{"name": "url", "help": "where", "required": true}]})";
  }
  static Error error_of(const PluginSearch& search, const std::string& name) {
    try {
      search.find(name);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << name << " was found";
    return Error(Code::internal, "");
  }

  std::string root_;
};

}  // namespace

TEST_F(Search, TakesTheFirstOfSeveral) {
  const std::string first = directory("first"), second = directory("second");
  write(first + "/a.json", manifest("toy", "1"));
  write(second + "/a.json", manifest("toy", "2"));
  setenv("SLUICE_PLUGIN_PATH", second.c_str(), 1);
  EXPECT_EQ(PluginSearch({first}).find("toy").version, "1");
  EXPECT_EQ(PluginSearch({}).find("toy").version, "2");
  setenv("SLUICE_PLUGIN_PATH", (":" + first + "::" + second).c_str(), 1);
  EXPECT_EQ(PluginSearch({}).find_scheme("toy").version, "1");
  int toys = 0;
  for (const Manifest& found : PluginSearch({}).manifests()) toys += found.name == "toy" ? 1 : 0;
  EXPECT_EQ(toys, 1);
}

TEST_F(Search, LooksIntoTheUsersDirectory) {
  write(directory("home/sluice/plugins") + "/a.json", manifest("toy"));
  const Manifest found = PluginSearch({}).find("toy");
  EXPECT_EQ(found.path, root_ + "/home/sluice/plugins/a.json");
  EXPECT_EQ(found.language, "sql");
  ASSERT_EQ(found.options.size(), 1u);
  EXPECT_TRUE(found.options[0].required);
}

TEST_F(Search, LooksBesideTheBinary) {
  const fs::path binary = fs::read_symlink("/proc/self/exe");
  EXPECT_THAT(PluginSearch({}).tried(), Contains(HasSubstr((binary.parent_path() / "plugins").string())));
  EXPECT_THAT(PluginSearch({}).tried(),
              Contains(HasSubstr((binary.parent_path().parent_path() / "lib/sluice/plugins").string())));
}

TEST_F(Search, ListsEveryPathAndWhyItDidNotCount) {
  const std::string broken = directory("broken"), empty = directory("empty");
  write(broken + "/a.json", "{");
  write(broken + "/b.json", R"({"name": "b"})");
  write(broken + "/c.json", manifest("toy"));
  const std::string path = manifest("d");
  write(broken + "/d.json", std::string(path).replace(path.find("x.so"), 4, "../x.so"));
  const PluginSearch search({broken, empty, root_ + "/missing"});
  const Error error = error_of(search, "tyo");
  EXPECT_EQ(error.code(), Code::not_found);
  EXPECT_THAT(
      error.message(),
      AllOf(HasSubstr(broken + "/a.json: manifest: is not JSON"),
            HasSubstr(broken + "/b.json: manifest at file: expected a text"),
            HasSubstr(broken + "/c.json: plugin toy for toy"), HasSubstr(broken + "/d.json: manifest: file '../x.so'"),
            HasSubstr(empty + ": holds no manifest"), HasSubstr(root_ + "/missing: no such directory")));
  EXPECT_EQ(error.hint(), "did you mean toy?");
  EXPECT_EQ(search.find_scheme("toy").name, "toy");
}
