#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "faults/siege.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr int kMostKills = 4;

/// `target` is the plugin's name and options in Lua: `"csv" { path = "files" }`.
std::string workflow_into(const std::string& target) {
  return R"(
local m = map { from = "shop", to = "files" }
return workflow "shop" {
  stores = {
    shop = store "sqlite" { path = "shop.db", access = "read" },
    files = store )" +
         target + R"(,
  },
  phase "prepare" { step "tables" { schema.create { map = m } } },
  phase "copy" { step "rows" { copy.tables { map = m, workers = 3, chunk_rows = 1000 } } },
  phase "finish" { step "files" { schema.finish { map = m, workers = 2 } } },
  phase "proof" {
    step "content" { verify.content { map = m, workers = 2 } },
    gate "same" "content.discrepancy == 0",
  },
}
)";
}

/// Every file of the target by its name, but an empty folder of the ledger, in whose removal a kill may fall.
std::map<std::string, std::string> files_of(const Project& project) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(project / "files")) {
    if (!entry.is_directory()) files[entry.path().filename()] = read_text(entry.path());
    if (entry.is_directory() && !fs::is_empty(entry.path()))
      files[entry.path().filename()] = "a folder that is not empty";
  }
  return files;
}

/// `run` where no run has begun yet, `resume` where one has.
std::vector<std::string> next_command(const Project& project) {
  const Ending ending = project.sluice({"runs", "--json"});
  const auto runs = nlohmann::json::parse(ending.out, nullptr, false);
  EXPECT_FALSE(runs.is_discarded()) << ending.out << ending.err;
  if (runs.is_discarded() || runs.at("runs").empty()) return {"run", "shop.lua"};
  return {"resume", runs.at("runs").at(0).at("run")};
}

struct Format {
  const char* name;
  const char* target;
};

class KillOfFiles : public testing::TestWithParam<Format> {};

TEST_P(KillOfFiles, AnywhereLeavesThemAsIfNothingHadHappened) {
  const std::uint64_t seed = seed_of_day();
  SCOPED_TRACE("SLUICE_SEED=" + std::to_string(seed));
  Killer killer(seed);
  const TempDirectory model;
  make_shop(model / "shop.db");
  const auto begin = [&] {
    auto project = std::make_unique<Project>(std::string(), workflow_into(GetParam().target));
    fs::copy_file(model / "shop.db", *project / "shop.db");
    return project;
  };

  const auto whole = begin();
  const auto start = steady_clock::now();
  const Ending never_killed = whole->sluice(next_command(*whole));
  ASSERT_EQ(never_killed.code, 0) << never_killed.err;
  const auto duration = std::chrono::duration_cast<microseconds>(steady_clock::now() - start);
  const auto expected = files_of(*whole);
  ASSERT_EQ(expected.size(), 5u);

  const int wanted = kills_wanted() > 0 ? std::max(1, kills_wanted() / 4) : 40;
  const auto deadline = steady_clock::now() + std::chrono::seconds(25);
  int kills = 0;
  while (!HasFailure() && kills < wanted && (kills_wanted() > 0 || steady_clock::now() < deadline)) {
    const auto project = begin();
    Ending ending;
    for (int i = 0; i == 0 || ending.signal == SIGKILL; ++i) {
      Program program = project->start(next_command(*project));
      ending = i < kMostKills ? killer.strike(program, "", duration) : program.wait(std::chrono::minutes(2));
      kills += ending.signal == SIGKILL ? 1 : 0;
    }
    EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
    EXPECT_EQ(files_of(*project), expected);
  }
  std::printf("%d kills\n", kills);
  EXPECT_GE(kills, std::min(wanted, 5)) << "too few kills to mean anything";
}

constexpr Format kFormats[] = {{"Csv", R"("csv" { path = "files" })"},
                               {"Ndjson", R"("json" { path = "files" })"},
                               {"JsonArrays", R"("json" { path = "files", shape = "array" })"}};

INSTANTIATE_TEST_SUITE_P(Formats, KillOfFiles, testing::ValuesIn(kFormats),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace sluice::test
