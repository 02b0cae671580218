#include "contenders.hpp"

#include <chrono>
#include <filesystem>
#include <regex>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "memory.hpp"
#include "support/pg_session.hpp"
#include "support/program.hpp"

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Measured {
  test::Ending ending;
  double seconds = 0;
  std::int64_t peak_memory = 0;
};

/// The last of what a program has printed: pgloader's backtraces have no end.
std::string end_of(const std::string& text) {
  constexpr std::size_t kShown = 4000;
  return text.size() <= kShown ? text : "..." + text.substr(text.size() - kShown);
}

Measured measure(const std::string& path, const std::vector<std::string>& arguments,
                 const test::ProgramOptions& options) {
  Measured measured;
  const auto start = Clock::now();
  test::Program program(path, arguments, options);
  const MemoryWatch memory(program.pid());
  measured.ending = program.wait(std::chrono::minutes(15));
  measured.seconds = seconds_since(start);
  measured.peak_memory = memory.peak();
  if (measured.ending.code != 0) {
    throw std::runtime_error(path + " ended with " + std::to_string(measured.ending.code) + ":\n" +
                             end_of(measured.ending.out) + end_of(measured.ending.err));
  }
  return measured;
}

std::int64_t count_rows(const std::string& url, const std::string& table) {
  return test::PgSession(url).number("select count(*) from " + table);
}

double step_seconds(const json& report, const std::string& path) {
  for (const auto& phase : report.at("phases")) {
    for (const auto& node : phase.at("nodes")) {
      if (node.at("path") == path) return node.at("seconds").get<double>();
    }
  }
  throw std::runtime_error("the report names no step " + path);
}

/// pgloader's summary isn't valid JSON (table names are empty), so the one figure is cut out of it.
double pgloader_copy_seconds(const std::string& summary) {
  static const std::regex kCopy(R"re("COPY Threads Completion".*?"SECS":([0-9.]+))re");
  std::smatch match;
  if (!std::regex_search(summary, match, kCopy))
    throw std::runtime_error("pgloader's summary: no copy time in " + summary);
  return std::stod(match[1]);
}

}  // namespace

namespace {

/// `arguments` follow `run`.
Outcome run_workflow(std::vector<std::string> arguments, test::ProgramOptions options, const std::string& target,
                     const std::string& table) {
  const test::TempDirectory directory;
  options.directory = directory.path();
  options.environment["BENCH_PG_URL"] = target;
  arguments.insert(arguments.begin(), "run");
  arguments.push_back("--json");
  const Measured measured = measure(test::sluice_path(), arguments, options);
  const json report = json::parse(measured.ending.out);
  if (report.at("verdict") != "MATCH")
    throw std::runtime_error("sluice's verdict is not MATCH: " + measured.ending.out);
  return {step_seconds(report, "copy.rows"), measured.seconds, count_rows(target, "bench." + table),
          measured.peak_memory};
}

std::string workflow_path(const std::string& name) { return test::source_directory() + "/tests/benchmark/" + name; }

}  // namespace

Outcome run_sluice_once(const std::string& source, const std::string& target, int workers, const std::string& made) {
  return run_workflow({workflow_path("prices.lua"), "--param", "source=" + source, "--param", "workers=" + std::to_string(workers),
                       "--param", "made=" + made},
                      {}, target, "price_history");
}

Outcome run_sluice_once(const Source& source, const std::string& target, int workers) {
  test::ProgramOptions options;
  options.environment["BENCH_SOURCE_URL"] = source.url;
  return run_workflow(
      {workflow_path("table.lua"), "--param", "kind=" + source.kind, "--param", "workers=" + std::to_string(workers)},
      options, target, source.table);
}

void copy_with_sluice(const std::string& from, const std::string& to) {
  const test::TempDirectory directory;
  test::ProgramOptions options;
  options.directory = directory.path();
  measure(test::sluice_path(), {"copy", from, to}, options);
}

std::string sqlite_uri(const std::string& path) { return "sqlite://" + std::filesystem::absolute(path).string(); }

Outcome run_pgloader_once(const std::string& source, const std::string& target, const std::string& table) {
  const test::TempDirectory directory;
  const Measured measured =
      measure(kPgloader, {"--root-dir", directory.path(), "--summary", directory / "summary.json", source, target}, {});
  return {pgloader_copy_seconds(test::read_text(directory / "summary.json")), measured.seconds,
          count_rows(target, table), measured.peak_memory};
}

Outcome run_pgcopydb_once(const std::string& source, const std::string& target, const std::string& table, int workers) {
  const test::TempDirectory directory;
  const Measured measured = measure(kPgcopydb,
                                    {"copy", "table-data", "--source", source, "--target", target, "--dir",
                                     directory / "work", "--table-jobs", std::to_string(workers)},
                                    {});
  return {measured.seconds, measured.seconds, count_rows(target, table), measured.peak_memory};
}

bool is_installed(const std::string& path) { return std::filesystem::exists(path); }

Floor::Floor(const std::string& filled, std::string table) : url_(filled), table_(std::move(table)) {
  test::PgSession session(url_);
  file_ = session.scalar("show data_directory") + "/sluice-bench.copy";
  session.execute("copy " + table_ + " to '" + file_ + "' (format binary)");
}

Floor::~Floor() { std::filesystem::remove(file_); }

Outcome Floor::run_once() const {
  test::PgSession session(url_);
  session.execute("drop table if exists public.floor; create table public.floor (like " + table_ + ")");
  session.execute("checkpoint");
  const auto start = Clock::now();
  session.execute("copy public.floor from '" + file_ + "' (format binary)");
  const double seconds = seconds_since(start);
  return {seconds, seconds, session.number("select count(*) from public.floor"), 0};
}

}  // namespace sluice::bench
