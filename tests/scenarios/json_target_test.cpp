#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "scenarios/project.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kChinook = "chinook/chinook.sqlite";
constexpr const char* kEvents = "polymarket/events.json";
constexpr const char* kTrades = "polymarket/paper_trades.json";

void expect_match(const Project& project, const std::string& a, const std::string& b, size_t tables) {
  const Ending ending = project.sluice({"diff", a, b, "--json"});
  EXPECT_EQ(ending.code, 0) << ending.out << ending.err;
  const json result = json::parse(ending.out, nullptr, false);
  ASSERT_FALSE(result.is_discarded()) << ending.out;
  EXPECT_EQ(result.at("verdict"), "MATCH") << result.dump(1);
  EXPECT_EQ(result.at("tables").size(), tables);
}

void copy(const Project& project, const std::string& from, const std::string& to) {
  const Ending ending = project.sluice({"copy", from, to});
  ASSERT_EQ(ending.code, 0) << ending.out << ending.err;
  EXPECT_THAT(ending.out + ending.err, HasSubstr("MATCH"));
}

TEST(JsonTarget, TakesChinookAndGivesItBackInEveryShape) {
  SLUICE_REQUIRE_DATA(kChinook);
  const std::string chinook = "sqlite:" + shared_data_directory() + "/" + kChinook;
  for (const std::string shape : {"lines", "array"}) {
    const Project project;
    const std::string files = "json:files?shape=" + shape;
    copy(project, chinook, files);
    EXPECT_FALSE(fs::exists(project / "files/.sluice")) << "the ledger stayed";
    EXPECT_TRUE(fs::exists(project / (shape == "lines" ? "files/Track.ndjson" : "files/Track.json")));
    copy(project, "json:files", "sqlite:back.db");
    expect_match(project, chinook, "json:files", 11);
    expect_match(project, "json:files", "sqlite:back.db", 11);
    expect_match(project, chinook, "sqlite:back.db", 11);
  }
}

TEST(JsonTarget, AnObjectOfRecordsIsKeyedByThePrimaryKey) {
  const Project project;
  run_sqlite(project / "shop.db",
             "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL);"
             "INSERT INTO item VALUES (1, 'a\"b', 0.1), (2, NULL, 5), (-3, '', 1e300);");
  copy(project, "sqlite:shop.db", "json:files?shape=object");
  EXPECT_THAT(read_text(project / "files/item.json"), HasSubstr("\"1\":{\"name\":\"a\\\"b\",\"price\":0.1}"));
  expect_match(project, "sqlite:shop.db", "json:files?key=id", 1);
}

TEST(JsonTarget, FilesAreNeverOverwritten) {
  const Project project;
  make_small_shop(project / "shop.db");
  fs::create_directory(project / "files");
  write_text(project / "files/item.json", "[{\"mine\": 1}]");
  const Ending copied = project.sluice({"copy", "sqlite:shop.db", "json:files"});
  EXPECT_EQ(copied.code, 1) << copied.out << copied.err;
  EXPECT_THAT(copied.err, HasSubstr("is not empty: it has item"));
  EXPECT_EQ(read_text(project / "files/item.json"), "[{\"mine\": 1}]");
  EXPECT_FALSE(fs::exists(project / "files/event.ndjson"));
}

constexpr const char* kFailing = R"(
local m = map { from = "shop", to = "files" }
return workflow "shop" {
  stores = {
    shop = store "sqlite" { path = "shop.db", access = "read" },
    files = store "json" { path = "files" },
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

TEST(JsonTarget, ARollbackLeavesNothing) {
  const Project project(std::string(), kFailing);
  make_small_shop(project / "shop.db");
  const Ending ending = project.sluice({"run", "shop.lua"});
  EXPECT_EQ(ending.code, 3) << ending.out << ending.err;
  EXPECT_FALSE(fs::exists(project / "files")) << "the run made the directory";
}

TEST(JsonTarget, IsComparedWithPostgresByRangesOfItsKey) {
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  PgSession(database.url())
      .execute(
          "create table item (id bigint primary key, name text, at timestamptz, price numeric(12,2), raw bytea);"
          "insert into item select 3 * i, 'n' || i, timestamptz '2024-01-01' + i * interval '1.5 s', i / 7.0, "
          "decode(md5(i::text), 'hex') from generate_series(-50000, 250000) i; analyze item");
  const Project project;
  copy(project, database.url(), "json:files");
  expect_match(project, database.url(), "json:files", 1);
  expect_match(project, "json:files", database.url(), 1);
  std::string text = read_text(project / "files/item.ndjson");
  const size_t at = text.find("\"name\":\"n123456\"");
  text.replace(at + 8, 1, "N");
  write_text(project / "files/item.ndjson", text);
  const Ending differs = project.sluice({"diff", database.url(), "json:files"});
  EXPECT_EQ(differs.code, 1) << differs.out << differs.err;
  EXPECT_THAT(differs.out, HasSubstr("370368"));
  EXPECT_THAT(differs.out, HasSubstr("N123456"));
}

/// One value of a record of the file, as its text.
std::string text_in_file(const std::string& file, const std::string& key) {
  const std::string whole = read_text(shared_data_directory() + "/" + file);
  const size_t at = whole.find("\"" + key + "\": ") + key.size() + 4;
  return whole.substr(at, whole.find_first_of(",\n", at) - at);
}

TEST(Polymarket, EventsAndMarketsReachPostgresExactlyAndComeBack) {
  SLUICE_REQUIRE_DATA(kEvents);
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project;
  const std::string events = "json:" + shared_data_directory() + "/" + kEvents +
                             "?split=markets=markets&parse=outcomes,outcomePrices,clobTokenIds";
  copy(project, events, database.url());
  PgSession session(database.url());
  EXPECT_EQ(session.number("select count(*) from events"), 1);
  EXPECT_EQ(session.number("select count(distinct id) from markets"), 33);
  for (const char* column : {"outcomes", "\"clobTokenIds\""}) {
    EXPECT_EQ(session.scalar("select pg_typeof(" + std::string(column) + ") from markets limit 1"), "jsonb");
  }
  EXPECT_EQ(session.scalar("select pg_typeof(tags) from events"), "jsonb");
  EXPECT_EQ(session.scalar("select volume from events"), text_in_file(kEvents, "volume"));
  EXPECT_EQ(session.scalar("select \"clobTokenIds\"->>0 from markets where ordinal = 1"),
            "42334954850219754195241248003172889699504912694714162671145392673031415571339");
  expect_match(project, events, database.url(), 2);
  copy(project, database.url(), "json:back");
  expect_match(project, database.url(), "json:back", 2);
  expect_match(project, events, "json:back", 2);
}

TEST(Polymarket, TradesReachPostgresExactlyAndComeBack) {
  SLUICE_REQUIRE_DATA(kTrades);
  SLUICE_REQUIRE_POSTGRES();
  const TestDatabase database;
  const Project project;
  const std::string trades = "json:" + shared_data_directory() + "/" + kTrades + "?table=trades";
  copy(project, trades, database.url());
  PgSession session(database.url());
  EXPECT_EQ(session.number("select count(*) from trades"), 100);
  EXPECT_EQ(session.scalar("select string_agg(distinct pg_typeof(entry_price)::text, ',') from trades"), "numeric");
  EXPECT_EQ(session.scalar("select entry_price from trades where trade_id = 'trade_20251020_170245_634159'"),
            text_in_file(kTrades, "entry_price"));
  expect_match(project, trades, database.url(), 1);
  copy(project, database.url(), "json:back?shape=array");
  expect_match(project, database.url(), "json:back", 1);
  expect_match(project, trades, "json:back", 1);
}

}  // namespace
}  // namespace sluice::test
