#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/random.hpp"

/// Proves the table of modules (tests/data/include_rules.txt) by the #include lines of all sources.
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Rules = std::map<std::string, std::set<std::string>>;

Rules read_rules(const std::string& text) {
  Rules rules;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (line.empty() || line[0] == '#' || colon == std::string::npos) continue;
    std::istringstream others(line.substr(colon + 1));
    std::set<std::string>& allowed = rules[line.substr(0, colon)];
    for (std::string other; others >> other;) allowed.insert(other);
  }
  return rules;
}

/// All that a row allows, through the rows of the modules it names.
void collect(const Rules& rules, const std::string& row, std::set<std::string>& out) {
  const auto found = rules.find(row);
  if (found == rules.end()) return;
  for (const std::string& other : found->second) {
    if (out.insert(other.substr(0, other.find('/'))).second || other.find('/') != std::string::npos)
      collect(rules, other, out);
  }
}

std::set<std::string> allowed_for(const Rules& rules, const std::string& module, const std::string& file) {
  std::set<std::string> allowed = {"base", module};
  collect(rules, rules.count(file) != 0 ? file : module, allowed);
  return allowed;
}

bool is_source(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".cpp" || extension == ".hpp" || extension == ".c" || extension == ".h";
}

struct Include {
  std::string file;    ///< as in "arrow/view.cpp"
  std::string module;  ///< what it includes: "base"
};

/// The includes with a folder of every source below `root`.
std::vector<Include> includes_below(const fs::path& root) {
  static const std::regex line(R"re(^\s*#\s*include\s*"([a-z_]+)/)re");
  std::vector<Include> includes;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file() || !is_source(entry.path())) continue;
    std::ifstream file(entry.path());
    std::smatch match;
    for (std::string text; std::getline(file, text);) {
      if (std::regex_search(text, match, line))
        includes.push_back({fs::relative(entry.path(), root).string(), match[1]});
    }
  }
  return includes;
}

std::string first_part(const std::string& path) { return path.substr(0, path.find('/')); }

std::vector<std::string> engine_violations(const Rules& rules, const fs::path& engine) {
  std::vector<std::string> violations;
  for (const Include& include : includes_below(engine)) {
    const std::string module = first_part(include.file);
    if (allowed_for(rules, module, include.file).count(include.module) == 0) {
      violations.push_back("engine/" + include.file + " includes " + include.module);
    }
  }
  return violations;
}

std::vector<std::string> plugin_violations(const Rules& rules, const fs::path& plugins) {
  std::vector<std::string> violations;
  for (const Include& include : includes_below(plugins)) {
    const bool own = include.module == first_part(include.file);
    if (!own && allowed_for(rules, "plugins", "plugins").count(include.module) == 0) {
      violations.push_back("plugins/" + include.file + " includes " + include.module);
    }
  }
  return violations;
}

fs::path source_dir() { return SLUICE_SOURCE_DIR; }

Rules our_rules() { return read_rules(sluice::read_file((source_dir() / "tests/data/include_rules.txt").string())); }

void write_source(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

}  // namespace

TEST(IncludeRules, HoldInTheEngine) { EXPECT_THAT(engine_violations(our_rules(), source_dir() / "engine"), IsEmpty()); }

TEST(IncludeRules, HoldInThePlugins) {
  EXPECT_THAT(plugin_violations(our_rules(), source_dir() / "plugins"), IsEmpty());
}

TEST(IncludeRules, HaveARowForEveryModule) {
  const Rules rules = our_rules();
  for (const auto& entry : fs::directory_iterator(source_dir() / "engine")) {
    if (!entry.is_directory()) continue;
    EXPECT_EQ(rules.count(entry.path().filename().string()), 1u) << entry.path();
  }
  for (const auto& [row, others] : rules) {
    const bool is_shared_by_plugins = fs::exists(source_dir() / "plugins" / row);
    EXPECT_TRUE(row == "plugins" || is_shared_by_plugins || fs::exists(source_dir() / "engine" / row)) << row << " is gone";
    for (const std::string& other : others) EXPECT_EQ(rules.count(other), 1u) << row << " names " << other;
  }
}

TEST(IncludeRules, HaveNoCycle) {
  const Rules rules = our_rules();
  for (const auto& [row, others] : rules) {
    if (row.find('/') != std::string::npos) continue;
    std::set<std::string> reached;
    collect(rules, row, reached);
    EXPECT_EQ(reached.count(row), 0u) << row << " may include itself through others";
  }
}

TEST(IncludeRules, KeepHeavyLibrariesOutOfHeaders) {
  static const std::regex heavy(R"re(#\s*include\s*<(nlohmann/json\.hpp|CLI/|spdlog/|pqxx/))re");
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(source_dir() / "engine")) {
    if (entry.path().extension() != ".hpp") continue;
    if (std::regex_search(sluice::read_file(entry.path().string()), heavy)) found.push_back(entry.path().string());
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(IncludeRules, FindEveryKindOfViolation) {
  const fs::path root = testing::TempDir() + "sluice_rules_" + sluice::random_hex(6);
  const Rules rules =
      read_rules("# a table\nbase:\nabi:\nabi/sdk.hpp: arrow\narrow: abi\nstore: arrow\nrun: store\nplugins: arrow\n");
  write_source(root / "engine/run/a.cpp", "#include \"abi/x.h\"\n#include \"base/x.hpp\"\n");
  write_source(root / "engine/store/b.hpp", "  #  include \"run/x.hpp\"\n#include <arrow/x.hpp>\n");
  write_source(root / "engine/abi/sdk.hpp", "#include \"arrow/x.hpp\"\n");
  write_source(root / "engine/abi/c.h", "#include \"arrow/x.hpp\"\n");
  write_source(root / "engine/base/d.cpp", "#include \"gone/x.hpp\"\n");
  write_source(root / "plugins/sqlite/e.cpp",
               "#include \"sqlite/x.hpp\"\n#include \"abi/x.h\"\n#include \"store/x.hpp\"\n");
  EXPECT_THAT(engine_violations(rules, root / "engine"),
              UnorderedElementsAre("engine/store/b.hpp includes run", "engine/abi/c.h includes arrow",
                                   "engine/base/d.cpp includes gone"));
  EXPECT_THAT(plugin_violations(rules, root / "plugins"), ElementsAre("plugins/sqlite/e.cpp includes store"));
  fs::remove_all(root);
}
