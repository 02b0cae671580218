#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kChinook = "chinook/chinook.sqlite";

void expect_match(const Project& project, const std::string& a, const std::string& b, size_t tables) {
  const Ending ending = project.sluice({"diff", a, b, "--json"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  const json result = json::parse(ending.out, nullptr, false);
  ASSERT_FALSE(result.is_discarded()) << ending.out;
  EXPECT_EQ(result.at("verdict"), "MATCH") << result.dump(1);
  EXPECT_EQ(result.at("tables").size(), tables);
}

TEST(Csv, TakesChinookAndGivesItBack) {
  SLUICE_REQUIRE_DATA(kChinook);
  const Project project;
  const std::string chinook = "sqlite:" + shared_data_directory() + "/" + kChinook;
  const Ending out = project.sluice({"copy", chinook, "csv:files"});
  ASSERT_EQ(out.code, 0) << out.out << out.err;
  EXPECT_FALSE(fs::exists(project / "files/.sluice")) << "the ledger stayed";
  const Ending back = project.sluice({"copy", "csv:files", "sqlite:back.db"});
  ASSERT_EQ(back.code, 0) << back.out << back.err;
  expect_match(project, chinook, "csv:files", 11);
  expect_match(project, "csv:files", "sqlite:back.db", 11);
  expect_match(project, chinook, "sqlite:back.db", 11);
}

TEST(Csv, OfOneFileBecomesATable) {
  const Project project;
  write_text(project / "people.csv",
             "id,name,born,code\r\n1,\"Anna, A.\",2001-02-03,007\r\n2,,,010\r\n3,\"\",2020-01-01,=1\r\n");
  const Ending copied = project.sluice({"copy", "csv:people.csv", "sqlite:people.db"});
  ASSERT_EQ(copied.code, 0) << copied.out << copied.err;
  expect_match(project, "csv:people.csv", "sqlite:people.db", 1);
  write_text(project / "people.csv",
             "id,name,born,code\n1,\"Anna, B.\",2001-02-03,007\n2,,,010\n3,\"\",2020-01-01,=1\n");
  const Ending differs = project.sluice({"diff", "csv:people.csv", "sqlite:people.db"});
  EXPECT_EQ(differs.code, 1);
  EXPECT_THAT(differs.out, HasSubstr("Anna, B."));
}

TEST(Csv, ItsDialectMayStandInTheUrl) {
  const Project project;
  write_text(project / "a?b.csv", "id;name\n1;'x;y'\n2;NA\n");
  const std::string url = "csv:" + project / "a?b.csv";
  const Ending ending = project.sluice({"copy", url + "?delimiter=%3B&quote='&null=NA", "target.db"});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  run_sqlite(project / "expected.db", "create table \"a?b\" (id integer, name text); insert into \"a?b\" values (1, 'x;y'), (2, null);");
  EXPECT_TRUE(has_same_rows(project / "expected.db", project / "target.db", {"select id, name from \"a?b\" order by id"}));
  const auto refusal = [&](const std::string& query) { return project.sluice({"inspect", url + query}).err; };
  EXPECT_THAT(refusal("?delimeter=%3B"), HasSubstr("did you mean delimiter?"));
  EXPECT_THAT(refusal("?delimiter=%3B&quote=7"), HasSubstr("csv option quote"));
}

TEST(Csv, FilesAreNeverOverwritten) {
  const Project project;
  make_small_shop(project / "shop.db");
  fs::create_directory(project / "files");
  write_text(project / "files/item.csv", "mine\n");
  const Ending copied = project.sluice({"copy", "sqlite:shop.db", "csv:files"});
  EXPECT_EQ(copied.code, 1) << copied.out << copied.err;
  EXPECT_THAT(copied.err, HasSubstr("is not empty: it has item"));
  EXPECT_EQ(read_text(project / "files/item.csv"), "mine\n");
  EXPECT_FALSE(fs::exists(project / "files/event.csv"));
}

constexpr const char* kFailing = R"(
local m = map { from = "shop", to = "files" }
return workflow "shop" {
  stores = {
    shop = store "sqlite" { path = "shop.db", access = "read" },
    files = store "csv" { path = "files" },
  },
  phase "prepare" { step "tables" { schema.create { map = m } } },
  phase "copy" {
    step "rows" { copy.tables { map = m, chunk_rows = 100 } },
    step "files" { schema.finish { map = m } },
  },
  phase "proof" {
    step "counts" { verify.counts { map = m } },
    gate "more" "total(copy.rows.rows) > 1000",
    on_fail = rollback_to "prepare",
  },
}
)";

TEST(Csv, ARollbackLeavesNothing) {
  const Project project(std::string(), kFailing);
  make_small_shop(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 3) << ending.out << ending.err;
  EXPECT_FALSE(fs::exists(project / "files")) << "the run made the directory";
}

}  // namespace
}  // namespace sluice::test
