#include <gmock/gmock.h>

#include "conformance/postgres_store.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string with_password(const std::string& url, const std::string& password) {
  const size_t begin = url.find(':', url.find("//") + 2) + 1;
  return url.substr(0, begin) + password + url.substr(url.find('@'));
}

TEST(PostgresConnect, RefusesAWrongPasswordWithoutRepeatingIt) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  const auto store = postgres_store(with_password(database.url(), "hunter2"));
  const Error error = error_of([&] { store.open_session(); });
  EXPECT_EQ(error.code(), Code::permission);
  EXPECT_EQ(error.sqlstate(), "28P01");
  EXPECT_THAT(error.what(), HasSubstr("password authentication failed for user"));
  EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(error.what(), Not(HasSubstr("LOCATION")));
}

TEST(PostgresConnect, SaysThatADatabaseIsMissing) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  const auto store = postgres_store(database.url() + "_not_there");
  const Error error = error_of([&] { store.open_session(); });
  EXPECT_EQ(error.code(), Code::not_found) << error.what();
}

TEST(PostgresConnect, IsUnavailableWhereNobodyListens) {
  const auto store = postgres_store("postgresql://sluice:secret@127.0.0.1:1/x");
  const Error error = error_of([&] { store.open_session(); });
  EXPECT_EQ(error.code(), Code::unavailable);
  EXPECT_THAT(error.what(), HasSubstr("127.0.0.1:1/x"));
  EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

TEST(PostgresConnect, VerifiesARemoteServerUnlessToldOtherwise) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  std::string url = database.url();
  url.replace(url.find("127.0.0.1"), 9, "db.example.invalid");
  url += "?hostaddr=127.0.0.1";  // a remote name for the local server, which has no TLS
  const Error error = error_of([&] { postgres_store(url).open_session(); });
  EXPECT_EQ(error.code(), Code::unavailable);
  EXPECT_THAT(error.what(), HasSubstr("SSL"));
  EXPECT_EQ(postgres_store(url + "&sslmode=prefer").open_session()->scalar("SELECT 1").value(), "1");
}

TEST(PostgresConnect, RefusesOptionsThatItDoesNotKnow) {
  const Error error = error_of([] { postgres_store("postgresql://x", {{"shema", "shop"}}); });
  EXPECT_EQ(error.code(), Code::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("schema"));
  EXPECT_EQ(error_of([] { store::Store(postgres_plugin(), "new", {}); }).code(), Code::invalid_argument);
  EXPECT_EQ(error_of([] {
              postgres_store("postgresql://x", {{"connect_timeout", "soon"}});
            }).code(),
            Code::invalid_argument);
}

TEST(PostgresConnect, NeverRepeatsABrokenUrl) {
  const Error error = error_of([] { postgres_store("postgresql://me:hunter2@[broken/x"); });
  EXPECT_EQ(error.code(), Code::invalid_argument);
  EXPECT_THAT(error.what(), Not(HasSubstr("hunter2")));
}

TEST(PostgresConnect, NamesTheDatabaseByIdAndKeepsIt) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase one, two;
  const auto identity = [](const std::string& url) { return postgres_store(url).open_session()->identity(); };
  const store::Identity first = identity(one.url());
  EXPECT_EQ(identity(one.url()).id, first.id);
  EXPECT_NE(identity(two.url()).id, first.id);
  EXPECT_THAT(first.name, HasSubstr(one.name()));
  EXPECT_THAT(first.version, testing::MatchesRegex("[0-9]+[.].*"));
  EXPECT_EQ(first.pin, "");
}

TEST(PostgresConnect, FixesTheSessionWhateverTheRoleSays) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  PgSession side(database.url());
  side.execute("ALTER DATABASE " + side.quoted(database.name()) + " SET TimeZone = 'Asia/Tokyo'");
  side.execute("ALTER DATABASE " + side.quoted(database.name()) + " SET DateStyle = 'German'");
  side.execute("ALTER DATABASE " + side.quoted(database.name()) + " SET synchronous_commit = off");
  const auto store = postgres_store(database.url(), {{"schema", "sh\"op"}});
  const auto session = store.open_session();
  EXPECT_EQ(session->scalar("SELECT TIMESTAMPTZ '2026-01-01 00:00:00Z'").value(), "2026-01-01 00:00:00+00");
  EXPECT_EQ(session->scalar("SHOW synchronous_commit").value(), "on");
  EXPECT_EQ(session->scalar("SHOW search_path").value(), "\"sh\"\"op\", public");
  EXPECT_EQ(session->scalar("SHOW application_name").value(), "sluice");
}

TEST(PostgresConnect, ReconnectsAfterTheConnectionWasLost) {
  SLUICE_REQUIRE_POSTGRES();
  TestDatabase database;
  const auto store = postgres_store(database.url());
  const auto session = store.open_session();
  const std::string pid = session->scalar("SELECT pg_backend_pid()").value();
  session->identity();
  PgSession side(database.url());
  side.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice' AND datname = "
      "current_database()");
  while (side.number("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid) > 0) {
  }
  const Error error = error_of([&] { session->scalar("SELECT 1"); });
  EXPECT_EQ(error.code(), Code::unavailable);
  EXPECT_NE(session->scalar("SELECT pg_backend_pid()").value(), pid);
  EXPECT_EQ(error_of([&] { session->identity(); }).code(), Code::unavailable);
  EXPECT_FALSE(session->identity().id.empty());
}

}  // namespace
}  // namespace sluice::test
