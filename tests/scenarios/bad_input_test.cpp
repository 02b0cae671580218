#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>

#include "scenarios/project.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// One wrong input: what is wrong, what the engine must answer.
struct BadInput {
  std::string name;
  std::string workflow;                 ///< shop.lua; "": none is needed
  std::vector<std::string> arguments;   ///< URL stands for the target's
  int code;
  std::vector<std::string> messages;    ///< parts of what it says
  std::function<void(Project&, const std::string& url)> set_up = [](Project& project, const std::string&) {
    make_small_shop(project / "shop.db");
  };
};

void PrintTo(const BadInput& input, std::ostream* out) { *out << input.name; }

std::string with_url_password(std::string url, const std::string& password) {
  const auto at = url.find('@');
  const auto colon = url.find(':', url.find("//") + 2);
  return url.replace(colon + 1, at - colon - 1, password);
}

std::string wrong_workflow(const std::string& file) {
  return read_text(source_directory() + "/tests/data/workflows/wrong/" + file);
}

std::string shop_with(const std::string& from, const std::string& to) {
  std::string text = shop_workflow(Target::postgres);
  return text.replace(text.find(from), from.size(), to);
}

std::vector<BadInput> bad_inputs() {
  return {
      {"source_is_no_database", "", {"copy", "sqlite:shop.db", "URL"}, 2, {"shop.db", "not a database"},
       [](Project& project, const std::string&) { write_text(project / "shop.db", std::string(5000, 'x')); }},
      {"source_is_missing", "", {"copy", "sqlite:shop.db", "URL"}, 2, {"shop.db"},
       [](Project&, const std::string&) {}},
      {"source_is_empty", "", {"copy", "sqlite:shop.db", "URL"}, 2, {"no table"},
       [](Project& project, const std::string&) { run_sqlite(project / "shop.db", "create view v as select 1;"); }},
      {"wrong_password", "", {"copy", "sqlite:shop.db", "env:SHOP_URL"}, 1, {"password authentication failed"},
       [](Project& project, const std::string& url) {
         make_small_shop(project / "shop.db");
         project.options().environment["SHOP_URL"] = with_url_password(url, "wrong");
       }},
      {"server_is_not_there", "", {"copy", "sqlite:shop.db", "postgresql://x@127.0.0.1:1/x"}, 1, {"127.0.0.1"}},
      {"target_is_not_empty", "", {"copy", "sqlite:shop.db", "URL"}, 1, {"not empty", "item (1 rows)"},
       [](Project& project, const std::string& url) {
         make_small_shop(project / "shop.db");
         PgSession(url).execute("create table item (id int); insert into item values (1)");
       }},
      {"source_is_the_target", "", {"copy", "sqlite:shop.db", "sqlite:shop.db"}, 2, {"same"}},
      {"scheme_of_no_plugin", "", {"copy", "oracle:shop", "URL"}, 2, {"oracle", "/plugins"}},
      {"plugin_not_found", shop_with("store \"postgres\"", "store \"postgras\""), {"run", "shop.lua"}, 2,
       {"postgras", "did you mean", "/plugins"}},
      {"plugin_of_a_wrong_abi",
       shop_with("store \"postgres\" { url = secret \"SHOP_URL\", schema = \"shop\" }", "store \"numbers\" {}"),
       {"run", "shop.lua", "--plugin-dir", build_directory() + "/fixtures/wrong_major"}, 2,
       {"numbers", "ABI 7", "speaks 1"}},
      {"secret_not_set", shop_with("secret \"SHOP_URL\"", "secret \"SHOP_URL_NOT_SET\""), {"run", "shop.lua"}, 2,
       {"SHOP_URL_NOT_SET", "not set"}},
      {"typo_in_a_word", shop_with("copy.tables", "copy.tabels"), {"run", "shop.lua"}, 2,
       {"shop.lua:11", "did you mean", "tables"}},
      {"typo_in_a_field", shop_with("chunk_rows", "chunk_row"), {"run", "shop.lua"}, 2,
       {"shop.lua:11", "chunk_row", "did you mean", "chunk_rows"}},
      {"unknown_metric", shop_with("content.discrepancy == 0", "content.discrepency == 0"), {"run", "shop.lua"}, 2,
       {"shop.lua:", "discrepency", "discrepancy"}},
      {"hole_in_a_list", wrong_workflow("hole_from_and_or.lua"), {"run", "shop.lua"}, 2, {"shop.lua:", "when("}},
      {"cycle", wrong_workflow("cycle.lua"), {"run", "shop.lua"}, 2, {"shop.lua:", "cycle"}},
      {"no_workflow", "", {"run", "shup.lua"}, 2, {"shup.lua"}},
      {"unknown_command", "", {"rum", "shop.lua"}, 2, {}},
      {"unknown_run", "", {"resume", "r-000000"}, 2, {"r-000000"}},
      {"unknown_param", "", {"run", "shop.lua", "-p", "chunks=5"}, 2, {"no params"}},
  };
}

/// Lines that begin an error; other programs' errors (usage) begin otherwise.
int count_errors(const std::string& printed) {
  int errors = 0;
  for (std::size_t at = 0; at != std::string::npos; at = printed.find('\n', at)) {
    if (printed[at] == '\n') ++at;
    if (printed.compare(at, 8, "sluice: ") == 0) ++errors;
  }
  return errors;
}

class Bad : public testing::TestWithParam<BadInput> {};

TEST_P(Bad, InputGetsOneClearMessageAndLeavesNothing) {
  SLUICE_REQUIRE_POSTGRES();
  const BadInput& input = GetParam();
  const TestDatabase database;
  Project project(database.url());
  if (!input.workflow.empty()) project.set_workflow(input.workflow);
  input.set_up(project, database.url());
  PgSession session(database.url());
  const auto schemas = [&] { return session.scalar("select string_agg(nspname, ' ' order by 1) from pg_namespace where nspname !~ '^pg_'"); };
  const auto tables = [&] { return session.scalar("select string_agg(tablename, ' ' order by 1) from pg_tables where schemaname = 'public'"); };
  const std::string before = schemas() + "|" + tables();
  std::vector<std::string> arguments = input.arguments;
  for (auto& argument : arguments) {
    if (argument == "URL") argument = database.url();
  }

  const Ending ending = project.sluice(arguments);

  EXPECT_EQ(ending.code, input.code) << ending.out << ending.err;
  for (const auto& message : input.messages) EXPECT_THAT(ending.err, HasSubstr(message));
  EXPECT_THAT(ending.err, testing::Not(testing::IsEmpty()));
  EXPECT_THAT(ending.err, testing::Not(HasSubstr("fault of sluice")));
  EXPECT_LE(count_errors(ending.err), 1) << ending.err;
  EXPECT_EQ(schemas() + "|" + tables(), before);
  EXPECT_EQ(project.runs().size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Matrix, Bad, testing::ValuesIn(bad_inputs()),
                         [](const auto& info) { return info.param.name; });

/// A file system of its own that is full soon. Needs to be root.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path) : path_(path) {
    fs::create_directory(path_);
    is_there_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=160k") == 0;
    problem_ = is_there_ ? "" : std::strerror(errno);
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  bool is_there() const { return is_there_; }
  const std::string& problem() const { return problem_; }
  void grow() const { ASSERT_EQ(::mount("tmpfs", path_.c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0); }

 private:
  std::string path_;
  bool is_there_ = false;
  std::string problem_;
};

TEST(FullDisk, UnderTheTargetStopsTheRunAndResumeFinishesItOnceThereIsRoom) {
  Project project;
  const SmallDisk disk(project / "disk");
  if (!disk.is_there()) GTEST_SKIP() << "no tmpfs can be mounted here: " << disk.problem();
  make_shop(project / "shop.db");
  const Ending full = project.sluice({"copy", "sqlite:shop.db", "sqlite:disk/target.db"});
  EXPECT_EQ(full.code, 1) << full.out << full.err;
  EXPECT_THAT(full.out + full.err, HasSubstr("full"));
  disk.grow();
  const Ending ending = project.sluice({"resume"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  const Ending diff = project.sluice({"diff", "sqlite:shop.db", "sqlite:disk/target.db"});
  EXPECT_EQ(diff.code, 0) << diff.out << diff.err;
}

TEST(FullDisk, UnderTheStateDirectoryStopsTheRunAndResumeFinishesItOnceThereIsRoom) {
  Project project;
  const SmallDisk disk(project / "disk");
  if (!disk.is_there()) GTEST_SKIP() << "no tmpfs can be mounted here: " << disk.problem();
  make_shop(project / "shop.db");
  write_text(project / "disk/ballast", std::string(100000, 'x'));
  const Ending full = project.sluice({"run", "shop.lua", "--state", "disk/state"});
  EXPECT_EQ(full.code, 1) << full.out << full.err;
  EXPECT_THAT(full.out + full.err, HasSubstr("space"));
  disk.grow();
  const Ending again = project.sluice({"resume", "--state", "disk/state"});
  const Ending ending = again.code == 0 ? again : project.sluice({"run", "shop.lua", "--state", "disk/state"});
  EXPECT_EQ(ending.code, 0) << again.err << ending.out << ending.err;
  EXPECT_EQ(project.sluice({"diff", "sqlite:shop.db", "sqlite:target.db"}).code, 0);
}

}  // namespace
}  // namespace sluice::test
