#include <gmock/gmock.h>

#include <chrono>

#include "conformance/mysql_store.hpp"

namespace sluice::test {
namespace {

using arrow::Kind;
using arrow::Type;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A database of its own with table t (id bigint primary key, note text), and a session that holds the fence.
struct MySqlTarget {
  explicit MySqlTarget(const std::string& run = "r-1") : side(database.url()), store(mysql_store(database.url())), session(store.open_session()) {
    side.execute("CREATE TABLE t (id bigint PRIMARY KEY, note varchar(20)) ENGINE=InnoDB");
    fence = {run, session->fence_acquire(fence_request(run), nullptr)};
  }

  /// `rows` rows from `first` on, in one guard.
  void load(int64_t chunk, int64_t first, int64_t rows) {
    store::Guard guard(*session, fence, work_key("copy.rows", chunk));
    ASSERT_FALSE(guard.already_done());
    store::WorkResult result;
    result.written = session->load({"", "t", {"id", "note"}}, std::make_unique<NumberedRows>(first, rows)).rows;
    result.read = result.kept = result.emitted = result.written;
    guard.commit(result);
  }

  std::string count(const std::string& table = "t") { return side.rows("SELECT count(*) FROM " + table)[0][0]; }

  MySqlDatabase database;
  MySqlSession side;
  store::Store store;
  std::unique_ptr<store::Session> session;
  store::Fence fence;
};

TEST(MySqlGuard, DoesAChunkOnce) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  target.load(0, 1, 2500);
  EXPECT_EQ(target.count(), "2500");
  EXPECT_TRUE(store::Guard(*target.session, target.fence, work_key("copy.rows", 0)).already_done());
  const auto row = target.session->guard_probe(work_key("copy.rows", 0));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->result.written, 2500);
  EXPECT_EQ(target.session->ledger_read("r-1").size(), 1U);
  EXPECT_FALSE(target.session->guard_probe(work_key("copy.rows", 1)).has_value());
}

TEST(MySqlGuard, LeavesNothingWhenItIsGivenUp) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  {
    store::Guard guard(*target.session, target.fence, work_key("copy.rows", 0));
    target.session->load({"", "t", {"id", "note"}}, std::make_unique<NumberedRows>(1, 100));
  }
  EXPECT_EQ(target.count(), "0");
  EXPECT_THAT(target.session->ledger_read("r-1"), IsEmpty());
}

TEST(MySqlGuard, RefusesAStaleFenceAndAStreamThatFailsLeavesNothing) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  const auto other = target.store.open_session();
  store::FenceHolder holder;
  EXPECT_EQ(error_of([&] { other->fence_acquire(fence_request("r-2"), &holder); }).code(), Code::conflict);
  EXPECT_EQ(holder.run, "r-1");
  const store::Fence now{"r-2", other->fence_acquire(fence_request("r-2", true), nullptr)};
  EXPECT_GT(now.epoch, target.fence.epoch);
  const Error stale = error_of([&] { store::Guard(*target.session, target.fence, work_key("copy.rows", 0)); });
  EXPECT_EQ(stale.code(), Code::conflict);
  EXPECT_EQ(stale.sqlstate(), "SL001");
  EXPECT_EQ(error_of([&] { target.session->fence_renew(target.fence, 1000); }).sqlstate(), "SL001");
}

TEST(MySqlGuard, TakingOverEndsAWriterInMidLoad) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  store::Guard guard(*target.session, target.fence, work_key("copy.rows", 0));
  target.session->load({"", "t", {"id", "note"}}, std::make_unique<NumberedRows>(1, 100));
  const auto other = target.store.open_session();
  const auto begun = std::chrono::steady_clock::now();
  other->fence_acquire(fence_request("r-2", true), nullptr);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
  EXPECT_EQ(target.count(), "0");
  EXPECT_NE(error_of([&] { guard.commit({}); }).code(), Code::internal);
  EXPECT_EQ(target.count(), "0");
}

catalog::Catalog one_table(const std::string& name) {
  catalog::Catalog wanted;
  catalog::Table& table = wanted.tables.emplace_back();
  table.name = name;
  table.comment = "it's kept";
  catalog::Column& id = table.columns.emplace_back();
  id.name = "id";
  id.type = {Kind::int64};
  id.nullable = false;
  table.primary_key = catalog::Key{"", {"id"}};
  return wanted;
}

void make_tables(store::Session& session, const store::Fence& fence, const catalog::Catalog& wanted, bool commits) {
  store::Guard guard(session, fence, work_key("prepare.tables"));
  const auto statements = session.ddl(wanted, "tables").statements;
  for (const auto& statement : statements) session.execute(statement.sql);
  if (!commits) return;
  session.objects_record(statements);
  guard.commit({});
}

TEST(MySqlObjects, MadeBeforeAKillAreFoundAgainAndDropped) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  make_tables(*target.session, target.fence, one_table("a"), false);  // as if killed behind the CREATE
  EXPECT_FALSE(target.session->guard_probe(work_key("prepare.tables")).has_value()) << "it is not done";
  make_tables(*target.session, target.fence, one_table("a"), true);
  EXPECT_TRUE(target.session->guard_probe(work_key("prepare.tables")).has_value());
  EXPECT_EQ(target.session->catalog({}).find_table("a")->comment, "it's kept") << "the mark is not shown";
  store::Guard guard(*target.session, target.fence, work_key("undo"));
  EXPECT_THAT(target.session->objects_drop("r-1", "prepare.tables").dropped, ElementsAre("table a"));
  guard.commit({});
  EXPECT_TRUE(target.side.rows("SHOW TABLES LIKE 'a'").empty());
}

TEST(MySqlObjects, OfOthersStay) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  make_tables(*target.session, target.fence, one_table("a"), true);
  target.side.execute("DROP TABLE a; CREATE TABLE a (mine int)");
  {
    store::Guard guard(*target.session, target.fence, work_key("undo"));
    const auto dropped = target.session->objects_drop("r-1", "prepare.tables");
    EXPECT_THAT(dropped.dropped, IsEmpty());
    EXPECT_THAT(dropped.kept, ElementsAre("table a"));
    guard.commit({});
  }
  EXPECT_EQ(target.count("a"), "0");
  target.side.execute("CREATE TABLE b (mine int)");
  EXPECT_EQ(error_of([&] { make_tables(*target.session, {"r-1", target.fence.epoch}, one_table("b"), true); }).code(), Code::already_exists);
}

TEST(MySqlLedger, GoesWithItsRunAndTheMarksWithIt) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  make_tables(*target.session, target.fence, one_table("a"), true);
  target.load(0, 1, 10);
  target.session->ledger_retire(target.fence, "r-1");
  EXPECT_TRUE(target.side.rows("SHOW TABLES LIKE '\\_sluice\\_%'").empty());
  EXPECT_EQ(target.side.rows("SELECT table_comment FROM information_schema.tables WHERE table_schema = database() AND table_name = 'a'")[0][0], "it's kept");
  EXPECT_EQ(target.count(), "10");
}

struct RoundTrip {
  const char* name;
  Type type;
  std::vector<std::string> texts;
};

class MySqlRoundTrip : public testing::TestWithParam<RoundTrip> {};

void append(arrow::ColumnBuilder& column, const std::string& text) {
  const Type& type = column.field().type;
  switch (type.kind) {
    case Kind::decimal: return column.append_decimal(*arrow::decimal_from_text(text, type.precision, type.scale));
    case Kind::date: return column.append_int64(*arrow::date_from_text(text));
    case Kind::time: return column.append_int64(*arrow::time_from_text(text));
    case Kind::timestamp:
    case Kind::timestamptz: return column.append_int64(arrow::timestamp_from_text(text)->micros);
    case Kind::uuid: return column.append_bytes(*arrow::uuid_from_text(text));
    case Kind::float32:
    case Kind::float64: return column.append_double(*arrow::double_from_text(text));
    case Kind::binary: return column.append_bytes(*arrow::bytes_from_hex(text.substr(2)));
    case Kind::text:
    case Kind::number:
    case Kind::json: return column.append_bytes(text);
    case Kind::uint64: return column.append_int64(static_cast<int64_t>(std::stoull(text)));
    case Kind::boolean: return column.append_int64(text == "true" ? 1 : 0);
    default: return column.append_int64(std::stoll(text));
  }
}

TEST_P(MySqlRoundTrip, KeepsEveryValue) {
  SLUICE_REQUIRE_MYSQL();
  const RoundTrip& given = GetParam();
  MySqlTarget target;
  catalog::Catalog wanted = one_table("v");
  catalog::Column& column = wanted.tables[0].columns.emplace_back();
  column.name = "v";
  column.type = given.type;
  const auto ddl = target.session->ddl(wanted, "tables");
  target.session->execute(ddl.statements.at(0).sql);
  arrow::BatchBuilder builder({{"id", {Kind::int64}}, {"v", given.type}});
  Rows expected;
  for (const std::string& text : given.texts) {
    builder.column(0).append_int64(static_cast<int64_t>(expected.size()));
    append(builder.column(1), text);
    expected.push_back({text});
  }
  builder.column(0).append_int64(static_cast<int64_t>(expected.size()));
  builder.column(1).append_null();
  expected.push_back({"NULL"});
  {
    store::Guard guard(*target.session, target.fence, work_key("copy.rows", 0));
    target.session->load({"", "v", {"id", "v"}}, std::make_unique<OneBatch>(builder));
    guard.commit({});
  }
  const Type carrier = ddl.columns.at(1).carrier;
  Rows found = read_rows(*target.session, "v", {"v"}, {carrier});
  if (given.type.kind == Kind::boolean) {
    for (auto& row : found) row[0] = row[0] == "1" ? "true" : row[0] == "0" ? "false" : row[0];
  }
  EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Types, MySqlRoundTrip,
    testing::Values(RoundTrip{"boolean", {Kind::boolean}, {"true", "false"}}, RoundTrip{"int8", {Kind::int8}, {"-128", "127"}},
                    RoundTrip{"uint8", {Kind::uint8}, {"0", "255"}}, RoundTrip{"int16", {Kind::int16}, {"-32768", "32767"}},
                    RoundTrip{"int32", {Kind::int32}, {"-2147483648", "2147483647"}}, RoundTrip{"uint32", {Kind::uint32}, {"4294967295"}},
                    RoundTrip{"int64", {Kind::int64}, {"-9223372036854775808", "9223372036854775807", "0"}},
                    RoundTrip{"uint64", {Kind::uint64}, {"18446744073709551615", "0"}},
                    RoundTrip{"float32", {Kind::float32}, {"0.1", "3.4028235e+38", "-1.5"}},
                    RoundTrip{"float64", {Kind::float64}, {"0.1", "1.7976931348623157e+308", "5e-324"}},
                    RoundTrip{"decimal", {Kind::decimal, 38, 10}, {"-1234567890123456789012345678.0123456789", "0.0000000001"}},
                    RoundTrip{"number", {Kind::number}, {"123456789012345678901234567890123456789012345678901234567890.5", "-0.1"}},
                    RoundTrip{"text", {Kind::text}, {"", " a  ", "it's \\ \"x\"", std::string("a\0b", 3), "\xf0\x9f\x98\x80", "\xc3\xa4"}},
                    RoundTrip{"varchar", {Kind::text, 0, 0, 5}, {"", "abcde", "a    "}}, RoundTrip{"binary", {Kind::binary}, {"\\x", "\\x0001ff", "\\x27225c"}},
                    RoundTrip{"date", {Kind::date}, {"0001-01-01", "9999-12-31", "1969-12-31"}},
                    RoundTrip{"time", {Kind::time}, {"00:00:00", "23:59:59.999999"}},
                    RoundTrip{"timestamp", {Kind::timestamp}, {"1969-12-31 23:59:59.000001", "9999-12-31 23:59:59.999999"}},
                    RoundTrip{"timestamptz", {Kind::timestamptz}, {"2026-03-29 02:30:00+00", "2100-01-01 00:00:00+00"}},
                    RoundTrip{"uuid", {Kind::uuid}, {"6ccd780c-baba-1026-9564-5b8c656024db", "00000000-0000-0000-0000-000000000000"}},
                    RoundTrip{"json", {Kind::json}, {"{\"a\": [1, 1.50, null, \"\\u00e4\"]}", "[]"}}),
    [](const auto& info) { return info.param.name; });

TEST(MySqlLoad, NamesTheRowThatTheServerRefuses) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  arrow::BatchBuilder builder({{"id", {Kind::int64}}, {"note", {Kind::text}}});
  for (int64_t id = 1; id <= 900; ++id) {
    builder.column(0).append_int64(id);
    builder.column(1).append_bytes(id == 777 ? std::string(30, 'x') : "short");
  }
  store::Guard guard(*target.session, target.fence, work_key("copy.rows", 0));
  const Error error = error_of([&] { target.session->load({"", "t", {"id", "note"}}, std::make_unique<OneBatch>(builder)); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("id = 777"), HasSubstr("note")));
}

TEST(MySqlLoad, RefusesATableWithoutTransactions) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  target.side.execute("CREATE TABLE m (id bigint, note text) ENGINE=MyISAM");
  store::Guard guard(*target.session, target.fence, work_key("copy.rows", 0));
  const Error error = error_of([&] { target.session->load({"", "m", {"id", "note"}}, std::make_unique<NumberedRows>(1, 1)); });
  EXPECT_EQ(error.code(), Code::unsupported);
  EXPECT_THAT(error.what(), HasSubstr("MyISAM"));
}

TEST(MySqlSql, InsideAGuardMayNotEndItsTransaction) {
  SLUICE_REQUIRE_MYSQL();
  MySqlTarget target;
  store::Guard guard(*target.session, target.fence, work_key("sql"));
  EXPECT_THAT(error_of([&] { target.session->execute("  COMMIT"); }).what(), HasSubstr("COMMIT"));
  EXPECT_EQ(target.session->execute("INSERT INTO t VALUES (?, ?)", {"1", std::nullopt}), 1);
}

/// Procedures that commit, that roll back, and that do neither.
struct MySqlProcedures : MySqlTarget {
  MySqlProcedures() {
    side.execute("CREATE PROCEDURE keeps() INSERT INTO t VALUES (1, 'kept')");
    side.execute("CREATE PROCEDURE commits() BEGIN INSERT INTO t VALUES (2, 'committed'); COMMIT; END");
    side.execute("CREATE PROCEDURE rolls_back() BEGIN ROLLBACK; INSERT INTO t VALUES (3, 'behind'); END");
  }

  void call(const std::string& sql, int64_t chunk) {
    store::Guard guard(*session, fence, work_key("sql", chunk));
    session->execute(sql);
    guard.commit({});
  }
};

TEST(MySqlSql, ACallThatKeepsTheTransactionIsPartOfIt) {
  SLUICE_REQUIRE_MYSQL();
  MySqlProcedures target;
  {
    store::Guard guard(*target.session, target.fence, work_key("sql", 0));
    target.session->execute("CALL keeps()");
  }
  EXPECT_EQ(target.count(), "0") << "it went with the guard";
  target.call("/* again */ CALL keeps()", 0);
  EXPECT_EQ(target.count(), "1");
  EXPECT_TRUE(store::Guard(*target.session, target.fence, work_key("sql", 0)).already_done());
}

TEST(MySqlSql, ACallThatEndsTheTransactionIsAnErrorAndNotDoneAgain) {
  SLUICE_REQUIRE_MYSQL();
  MySqlProcedures target;
  int64_t chunk = 0;
  for (const char* sql : {"CALL commits()", "EXECUTE IMMEDIATE 'CALL rolls_back()'"}) {
    const Error error = error_of([&] { target.call(sql, chunk); });
    EXPECT_EQ(error.code(), Code::unsupported);
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("ended the transaction of sql from within"), HasSubstr("autocommit = true")));
    EXPECT_EQ(target.count(), std::to_string(++chunk)) << "what it did stays";
    EXPECT_THAT(error_of([&] { target.call(sql, chunk - 1); }).what(),
                HasSubstr("an earlier attempt of sql ended its transaction"));
    EXPECT_EQ(target.count(), std::to_string(chunk)) << "it was done twice";
  }
}

TEST(MySqlSql, WhateverElseEndsTheTransactionIsSeenBeforeItIsCalledDone) {
  SLUICE_REQUIRE_MYSQL();
  MySqlProcedures target;
  {
    store::Guard guard(*target.session, target.fence, work_key("sql"));
    target.session->execute("INSERT INTO t VALUES (9, 'nine')");
    target.session->execute("SET autocommit = 0");
    target.session->execute("SET autocommit = 1");
    EXPECT_THAT(error_of([&] { guard.commit({}); }).what(), HasSubstr("ended the transaction of sql from within"));
  }
  EXPECT_FALSE(target.session->guard_probe(work_key("sql")).has_value());
}

TEST(MySqlSql, DefinitionsInCommentsThatTheServerRunsAreDefinitions) {
  SLUICE_REQUIRE_MYSQL();
  MySqlProcedures target;
  {
    store::Guard guard(*target.session, target.fence, work_key("sql"));
    target.session->execute("INSERT INTO t VALUES (9, 'nine')");
    target.session->execute("/* a note */ /*M!100100 ALTER TABLE t ADD COLUMN more int */");
    target.session->execute("FLUSH TABLES");
    target.session->execute("CHECK TABLE t");
    guard.commit({});
  }
  EXPECT_TRUE(target.session->guard_probe(work_key("sql")).has_value());
}

}  // namespace
}  // namespace sluice::test
