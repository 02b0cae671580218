// Records of files that can't be read: with `rejects` each is kept aside by itself and everything else is loaded and proved, without
// they stop the copy by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "scenarios/project.hpp"
#include "support/environment.hpp"

namespace sluice::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

constexpr int kRows = 6000;

std::string workflow_of(const std::string& source, const std::string& rejects, const std::string& table) {
  return R"lua(
    local m = map { from = "old", to = "new" }
    return workflow "dirty" {
      stores = { old = )lua" +
         source + R"lua(, new = store "sqlite" { path = "target.db" } },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, workers = 2, chunk_rows = 500)lua" +
         rejects + R"lua( } },
        step "keys" { schema.finish { map = m } },
        step "content" { verify.content { map = m } },
        step "counts" { verify.counts { map = m } },
        gate "few" "rows.rejects[)lua" +
         table + R"lua(] == 3",
        gate "same" "content.discrepancy == 0 and counts.discrepancy == 0",
      },
    })lua";
}

std::vector<json> read_lines(const std::string& path) {
  std::vector<json> lines;
  std::istringstream text(read_text(path));
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  return lines;
}

/// A file of kRows records whose `bad` ones are spoilt.
struct Dirty {
  std::string file;
  std::string store;
  std::string (*record)(int id);
  std::string (*spoilt)(int id);
  std::string head;
};

const Dirty kJson = {"item.ndjson", R"lua(store "json" { path = "item.ndjson" })lua",
                     [](int id) { return "{\"id\": " + std::to_string(id) + ", \"v\": \"x\"}\n"; },
                     [](int id) { return "{\"id\": " + std::to_string(id) + ", \"v\": \"x\n"; }, ""};
const Dirty kCsv = {"item.csv", R"lua(store "csv" { path = "item.csv" })lua", [](int id) { return std::to_string(id) + ",x\n"; },
                    [](int id) { return std::to_string(id) + ",x,\xFF\n"; }, "id,v\n"};

class Unreadable : public testing::TestWithParam<const Dirty*> {
 protected:
  void write(const Project& project) const {
    std::string text = GetParam()->head;
    for (int id = 1; id <= kRows; ++id) text += (id == 1 || id == 3000 || id == kRows ? GetParam()->spoilt : GetParam()->record)(id);
    write_text(project / GetParam()->file, text);
  }
};

TEST_P(Unreadable, BecomeRejectsAndTheRestIsProved) {
  const Dirty& dirty = *GetParam();
  const Project project("", workflow_of(dirty.store, R"(, rejects = { limit = 10, file = "rejects.ndjson" })", "item"));
  write(project);
  const Ending plan = project.sluice({"plan", "shop.lua"});
  ASSERT_EQ(plan.code, 0) << plan.out << plan.err;
  EXPECT_THAT(plan.out + plan.err, HasSubstr("item: 3 records can't be read and will be kept aside as rejects; the first: "));
  const Ending run = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(run.code, 0) << run.out << run.err;
  const std::vector<json> rejects = read_lines(project / "rejects.ndjson");
  ASSERT_EQ(rejects.size(), 3u);
  EXPECT_EQ(rejects[0].at("side"), "source");
  EXPECT_EQ(rejects[0].at("row").at("byte"), dirty.head.size());
  EXPECT_THAT(rejects[1].at("key"), AllOf(HasSubstr(dirty.file), HasSubstr("record at byte ")));
  const json& kept = rejects[1].at("row");
  EXPECT_THAT(std::string(kept.at(dirty.head.empty() ? "record" : "record_hex")),
              dirty.head.empty() ? HasSubstr("3000") : HasSubstr("33303030"));
  run_sqlite(project / "target.db",
             "CREATE TABLE proof (n CHECK (n = 5997)); INSERT INTO proof SELECT count(DISTINCT id) FROM item WHERE v = 'x'");
}

TEST_P(Unreadable, StopTheCopyByNameWithoutRejects) {
  const Project project("", workflow_of(GetParam()->store, "", "item"));
  write(project);
  const Ending run = project.sluice({"run", "shop.lua"});
  EXPECT_NE(run.code, 0);
  EXPECT_THAT(run.out + run.err, AllOf(HasSubstr(GetParam()->file), HasSubstr("byte ")));
}

TEST_P(Unreadable, AreNoMoreThanTheLimit) {
  const Project project("", workflow_of(GetParam()->store, ", rejects = { limit = 2 }", "item"));
  write(project);
  const Ending run = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out + run.err, HasSubstr("more than 2 rows would be rejected"));
}

INSTANTIATE_TEST_SUITE_P(Files, Unreadable, testing::Values(&kJson, &kCsv),
                         [](const auto& info) { return info.param == &kJson ? "Json" : "Csv"; });

constexpr int kLarge = 800;

/// Records that are kept with 128 KiB of hex digits each, between two good ones.
void write_large(const std::string& path) {
  const std::string bad = "{\"id\": 7, \"v\": \"" + std::string(size_t{64} << 10, '\xFF') + "\"}\n";
  std::ofstream file(path, std::ios::binary);
  file << "{\"id\": 1, \"v\": \"x\"}\n";
  for (int i = 0; i < kLarge; ++i) file << bad;
  for (int id = 2; id < 2 + kLarge; ++id) file << "{\"id\": " << id << ", \"v\": \"x\"}\n";
}

TEST(UnreadableLarge, AreKeptOneBehindTheOtherWithoutHoldingThemAll) {
  const Project project("", R"lua(
    local m = map { from = "old", to = "new" }
    return workflow "dirty" {
      stores = { old = store "json" { path = "item.ndjson" }, new = store "sqlite" { path = "target.db" } },
      phase "copy" {
        step "tables" { schema.create { map = m } },
        step "rows" { copy.tables { map = m, workers = 1, rejects = { limit = 5000 } } },
      },
    })lua");
  write_large(project / "item.ndjson");
  const Ending run = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(run.code, 0) << run.out << run.err;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  struct rusage used {};
  ASSERT_EQ(::getrusage(RUSAGE_CHILDREN, &used), 0);
  EXPECT_LT(used.ru_maxrss, 160 << 10) << "KiB; the rejects are " << (kLarge * 128) << " KiB";
#endif
  std::ifstream rejects(project / (".sluice/runs/" + project.run() + "/rejects.copy.rows.ndjson"));
  std::set<std::string> places;  // what stands before the record
  for (std::string line; std::getline(rejects, line);) places.insert(line.substr(0, line.find("record_hex")));
  EXPECT_EQ(places.size(), static_cast<size_t>(kLarge));
}

TEST(UnreadableSplit, ARecordWithNestedTablesIsARejectOfEachAndAllAreProved) {
  const Project project(
      "", workflow_of(R"lua(store "json" { path = "item.ndjson", split = "parts" })lua", ", rejects = { limit = 10 }", "item_parts"));
  std::string text;
  for (int id = 1; id <= 50; ++id) {
    text += "{\"id\": " + std::to_string(id) + ", \"parts\": [{\"n\": 1}, {\"n\": 2" + (id % 20 == 5 ? "" : "}") + "]}\n";
  }
  write_text(project / "item.ndjson", text);
  const Ending run = project.sluice({"run", "shop.lua"});
  ASSERT_EQ(run.code, 0) << run.out << run.err;
  run_sqlite(project / "target.db",
             "CREATE TABLE proof (n CHECK (n = 47), m CHECK (m = 94));"
             "INSERT INTO proof SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM item_parts)");
}

}  // namespace
}  // namespace sluice::test
