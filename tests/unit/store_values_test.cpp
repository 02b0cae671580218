#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.hpp"
#include "store/calls.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"

namespace {

using namespace sluice;
using namespace sluice::store;
using testing::HasSubstr;
using testing::Not;

}  // namespace

TEST(StoreUrls, AreReadByScheme) {
  EXPECT_EQ(store_url_from_text("sqlite:shop.db").scheme, "sqlite");
  EXPECT_EQ(store_url_from_text("postgresql://host/db").url, "postgresql://host/db");
  EXPECT_EQ(store_url_from_text("./some dir/shop.sqlite3").url, "sqlite:./some dir/shop.sqlite3");
  EXPECT_THROW(store_url_from_text("shop.txt"), Error);
  EXPECT_THROW(store_url_from_text(""), Error);
  EXPECT_THROW(store_url_from_text("://x"), Error);
}

TEST(StoreUrls, ComeFromTheEnvironment) {
  setenv("SLUICE_TEST_URL", "postgresql://me:hush@host/db", 1);
  EXPECT_EQ(store_url_from_text("env:SLUICE_TEST_URL").url, "postgresql://me:hush@host/db");
  setenv("SLUICE_TEST_URL", "hush, this is no url", 1);
  try {
    store_url_from_text("env:SLUICE_TEST_URL");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), Not(HasSubstr("hush")));
    EXPECT_THAT(error.what(), HasSubstr("SLUICE_TEST_URL"));
  }
  unsetenv("SLUICE_TEST_URL");
  try {
    store_url_from_text("env:SLUICE_TEST_URL");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_found);
  }
}

TEST(StoreUrls, AreShownWithoutPassword) {
  EXPECT_EQ(without_password("postgresql://me:hu@sh@host:5432/db"), "postgresql://me:***@host:5432/db");
  EXPECT_EQ(without_password("postgresql://host/db?user=me&password=hush&x=1"),
            "postgresql://host/db?user=me&password=***&x=1");
  EXPECT_EQ(without_password("postgresql://me@host/db"), "postgresql://me@host/db");
  EXPECT_EQ(without_password("postgresql://host/a:b@c"), "postgresql://host/a:b@c");
  EXPECT_EQ(without_password("sqlite:shop.db"), "sqlite:shop.db");
}

TEST(Ranges, GoThroughJsonUnchanged) {
  const Range range{{"a", "b"}, "integer", {"1", "2"}, {}};
  const Range back = range_from_json(to_json(range));
  EXPECT_EQ(back.key, range.key);
  EXPECT_EQ(back.type, range.type);
  EXPECT_EQ(back.lower, range.lower);
  EXPECT_TRUE(back.upper.empty());
  const Cuts cuts{{"id"}, "local", {{"10"}, {"20"}}, 30};
  EXPECT_EQ(to_json(cuts_from_json(to_json(cuts))), to_json(cuts));
  EXPECT_THROW(cuts_from_json(R"({"cuts": [1]})"), Error);
  EXPECT_THROW(range_from_json("nothing"), Error);
}

TEST(Ranges, OfCutsTouchWithoutOverlap) {
  const Cuts cuts{{"id"}, "integer", {{"10"}, {"20"}}, 30};
  EXPECT_TRUE(chunk_range(cuts, 0).lower.empty());
  EXPECT_EQ(chunk_range(cuts, 0).upper, chunk_range(cuts, 1).lower);
  EXPECT_EQ(chunk_range(cuts, 1).upper, chunk_range(cuts, 2).lower);
  EXPECT_TRUE(chunk_range(cuts, 2).upper.empty());
  EXPECT_TRUE(chunk_range(Cuts{}, 0).is_whole());
}

TEST(Fingerprints, GoThroughTextUnchanged) {
  const sluice_fingerprint given{7, 1, 2, ~uint64_t{0}, 4};
  EXPECT_EQ(to_text(given), "7:00000000000000020000000000000001:0000000000000004ffffffffffffffff");
  EXPECT_EQ(to_text(fingerprint_from_text(to_text(given))), to_text(given));
  for (const char* text : {"", "7", "7:1:2", ":00000000000000020000000000000001:0000000000000004ffffffffffffffff",
                           "7:0000000000000002000000000000000g:0000000000000004ffffffffffffffff"}) {
    EXPECT_THROW(fingerprint_from_text(text), Error) << text;
  }
}

TEST(ReadSpecs, CarryTypedBounds) {
  ReadSpec spec;
  spec.table = "orders";
  spec.columns = {"id"};
  spec.range = {{"day"}, "date", {"2026-01-31"}, {"20485"}};
  const ReadSpecStruct dates(spec);
  EXPECT_EQ(dates.get()->lower.values[0].integer, 20484);
  EXPECT_EQ(dates.get()->upper.values[0].integer, 20485);
  EXPECT_EQ(dates.get()->schema, nullptr);
  EXPECT_EQ(dates.get()->wanted, nullptr);

  spec.range = {{"a", "b"}, "bytes", {"00ff", ""}, {}};
  const ReadSpecStruct bytes(spec);
  EXPECT_EQ(bytes.get()->lower.count, 2);
  EXPECT_EQ(bytes.get()->lower.values[0].size, 2);
  EXPECT_EQ(static_cast<const unsigned char*>(bytes.get()->lower.values[0].bytes)[1], 0xff);
  EXPECT_EQ(bytes.get()->lower.values[1].size, 0);
  EXPECT_EQ(bytes.get()->upper.count, 0);

  spec.range = {{"id"}, "integer", {"ten"}, {}};
  EXPECT_THROW(ReadSpecStruct{spec}, Error);
  spec.range.type = "colour";
  EXPECT_THROW(ReadSpecStruct{spec}, Error);
}
