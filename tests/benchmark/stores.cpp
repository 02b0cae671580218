#include "stores.hpp"

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "contenders.hpp"
#include "support/mysql_server.hpp"
#include "target.hpp"

namespace sluice::bench {
namespace {

using disposable::PostgresServer;

constexpr double kMebibyte = 1024.0 * 1024.0;

void skip(const std::string& what, const std::string& why) {
  std::printf("skipped: %s: %s\n", what.c_str(), why.c_str());
}

double mebibytes_of(const Series& series) { return static_cast<double>(series.peak_memory()) / kMebibyte; }

void keep(const std::string& line, const std::vector<Series>& all, nlohmann::json& json) {
  for (const Series& series : all) {
    for (const Outcome& outcome : series.outcomes) {
      if (outcome.rows != all.front().outcomes.front().rows)
        throw std::runtime_error(line + ": " + series.name + " moved other rows");
    }
    json["lines"][line][series.name] = series_json(series);
  }
  std::printf("%s\n", line.c_str());
  print_series(all);
}

std::vector<Ratio> compare_lines(const StoresOptions& options, nlohmann::json& json) {
  const std::string line = "NDJSON to PostgreSQL";
  const std::string path = std::filesystem::absolute(options.lines);
  const Source source{"json", "json:" + path, std::filesystem::path(path).stem().string()};
  PostgresServer server = start_server();
  Series sluice{"sluice", {}};
  Series floor{"server-side binary COPY", {}};
  for (int repeat = 1; repeat <= options.repeats; ++repeat) {
    std::fprintf(stderr, "%s, run %d of %d\n", line.c_str(), repeat, options.repeats);
    const Target target(server);
    sluice.outcomes.push_back(run_sluice_once(source, target.url(), options.workers));
    floor.outcomes.push_back(Floor(target.url(), "bench." + source.table).run_once());
  }
  keep(line, {sluice, floor}, json);
  return {{line + ": time of sluice / time of server-side COPY", sluice.copy_seconds() / floor.copy_seconds(), 2},
          {line + ": peak RssAnon of sluice, MiB", mebibytes_of(sluice), 128}};
}

/// Stops the server and removes it, also where a measurement fails.
class RunningMariaDb {
 public:
  RunningMariaDb() : server_(test::MySqlServer::start()) {}
  RunningMariaDb(const RunningMariaDb&) = delete;
  RunningMariaDb& operator=(const RunningMariaDb&) = delete;
  ~RunningMariaDb() { server_.remove(); }
  const std::string& url() const { return server_.url(); }

 private:
  test::MySqlServer server_;
};

std::vector<Ratio> compare_mariadb(const StoresOptions& options, nlohmann::json& json) {
  const std::string line = "MariaDB to PostgreSQL";
  const RunningMariaDb mariadb;
  copy_with_sluice("sqlite:" + std::filesystem::absolute(options.prices).string(), mariadb.url());
  // pgloader fails at the collation that texts get, which compares bytes and counts spaces at the end.
  test::MySqlSession session(mariadb.url());
  session.execute("alter table price_history drop foreign key price_history_symbol_fkey");
  for (const char* table : {"stocks", "price_history"}) {
    session.execute(std::string("alter table ") + table +
                    " convert to character set utf8mb4 collate utf8mb4_general_ci");
  }
  const Source source{"mysql", mariadb.url(), "price_history"};
  const std::string database = mariadb.url().substr(mariadb.url().rfind('/') + 1);
  const bool has_peer = options.with_pgloader && is_installed(kPgloader);
  if (!has_peer) skip(line + " beside pgloader", "it is not installed, or left out");
  PostgresServer server = start_server();
  Series sluice{"sluice", {}};
  Series pgloader{"pgloader", {}};
  for (int repeat = 1; repeat <= options.repeats; ++repeat) {
    std::fprintf(stderr, "%s, run %d of %d\n", line.c_str(), repeat, options.repeats);
    sluice.outcomes.push_back(run_sluice_once(source, Target(server).url(), options.workers));
    if (!has_peer) continue;
    const Target other(server);
    pgloader.outcomes.push_back(run_pgloader_once(mariadb.url(), other.url(), database + ".price_history"));
  }
  std::vector<Ratio> ratios = {{line + ": peak RssAnon of sluice, MiB", mebibytes_of(sluice), 96}};
  if (has_peer) {
    ratios.push_back({line + ": rows/s of sluice / rows/s of pgloader, copying",
                      sluice.rows_per_second() / pgloader.rows_per_second(), 3.5, true});
  }
  keep(line, has_peer ? std::vector<Series>{sluice, pgloader} : std::vector<Series>{sluice}, json);
  return ratios;
}

std::vector<Ratio> compare_postgres(const StoresOptions& options, nlohmann::json& json) {
  const std::string line = "PostgreSQL to PostgreSQL";
  if (!is_installed(kPgcopydb)) {
    skip(line + " beside pgcopydb", "it is not installed");
    return {};
  }
  PostgresServer server = start_server();
  const std::string filled = server.create_database("filled");
  copy_with_sluice("sqlite:" + std::filesystem::absolute(options.prices).string(), filled);
  // Only the one table: pgcopydb takes whole databases.
  test::PgSession session(filled);
  session.execute("drop table stocks cascade");
  session.execute("vacuum analyze price_history");
  Series sluice{"sluice", {}};
  Series pgcopydb{"pgcopydb", {}};
  for (int repeat = 1; repeat <= options.repeats; ++repeat) {
    std::fprintf(stderr, "%s, run %d of %d\n", line.c_str(), repeat, options.repeats);
    const Target target(server);
    sluice.outcomes.push_back(run_sluice_once({"postgres", filled, "price_history"}, target.url(), options.workers));
    // The same bare table as sluice copies into: keys and indexes come later in both.
    test::PgSession(target.url())
        .execute("create table public.price_history (like bench.price_history); drop schema bench cascade; checkpoint");
    pgcopydb.outcomes.push_back(run_pgcopydb_once(filled, target.url(), "public.price_history", options.workers));
  }
  keep(line, {sluice, pgcopydb}, json);
  return {{line + ": time of sluice / time of pgcopydb, copying", sluice.copy_seconds() / pgcopydb.copy_seconds(), 1}};
}

void add(std::vector<Ratio>& ratios, std::vector<Ratio> more) {
  for (Ratio& ratio : more) ratios.push_back(std::move(ratio));
}

}  // namespace

std::vector<Ratio> compare_stores(const StoresOptions& options, nlohmann::json& json) {
  std::vector<Ratio> ratios;
  if (options.lines.empty()) skip("NDJSON to PostgreSQL", "no file is given with --lines");
  if (!options.lines.empty()) add(ratios, compare_lines(options, json));
  try {
    add(ratios, compare_mariadb(options, json));
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
    skip("MariaDB to PostgreSQL", error.message());
  }
  add(ratios, compare_postgres(options, json));
  return ratios;
}

}  // namespace sluice::bench
