#include "contenders.hpp"

#include <chrono>
#include <filesystem>
#include <regex>
#include <stdexcept>

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
                             measured.ending.out + measured.ending.err);
  }
  return measured;
}

std::int64_t count_prices(const std::string& url, const std::string& table) {
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

Outcome run_sluice_once(const std::string& source, const std::string& target, int workers, const std::string& made) {
  const test::TempDirectory directory;
  test::ProgramOptions options;
  options.directory = directory.path();
  options.environment["BENCH_PG_URL"] = target;
  const Measured measured = measure(test::sluice_path(),
                                    {"run", test::source_directory() + "/tests/benchmark/prices.lua", "--json",
                                     "--param", "source=" + source, "--param", "workers=" + std::to_string(workers),
                                     "--param", "made=" + made},
                                    options);
  const json report = json::parse(measured.ending.out);
  if (report.at("verdict") != "MATCH")
    throw std::runtime_error("sluice's verdict is not MATCH: " + measured.ending.out);
  return {step_seconds(report, "copy.rows"), measured.seconds, count_prices(target, "bench.price_history"),
          measured.peak_memory};
}

Outcome run_pgloader_once(const std::string& source, const std::string& target) {
  const test::TempDirectory directory;
  const Measured measured = measure("/usr/bin/pgloader",
                                    {"--root-dir", directory.path(), "--summary", directory / "summary.json",
                                     "sqlite://" + std::filesystem::absolute(source).string(), target},
                                    {});
  return {pgloader_copy_seconds(test::read_text(directory / "summary.json")), measured.seconds,
          count_prices(target, "public.price_history"), measured.peak_memory};
}

Floor::Floor(const std::string& filled) : url_(filled) {
  test::PgSession session(url_);
  file_ = session.scalar("show data_directory") + "/sluice-bench.copy";
  session.execute("copy bench.price_history to '" + file_ + "' (format binary)");
}

Floor::~Floor() { std::filesystem::remove(file_); }

Outcome Floor::run_once() const {
  test::PgSession session(url_);
  session.execute("drop table if exists public.floor; create table public.floor (like bench.price_history)");
  session.execute("checkpoint");
  const auto start = Clock::now();
  session.execute("copy public.floor from '" + file_ + "' (format binary)");
  const double seconds = seconds_since(start);
  return {seconds, seconds, session.number("select count(*) from public.floor"), 0};
}

}  // namespace sluice::bench
