#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "contenders.hpp"
#include "disposable/postgres_server.hpp"
#include "figures.hpp"
#include "overhead.hpp"
#include "stores.hpp"
#include "target.hpp"

namespace {

using namespace sluice::bench;
using sluice::disposable::PostgresServer;

struct Options {
  std::string prices;        ///< the SQLite file with the prices
  std::string fewer_prices;  ///< one of half the rows, to see whether memory grows
  std::string json = "bench.json";
  int repeats = 5;
  int workers = 2;
  bool with_pgloader = true;
  bool with_copies = true;
  bool with_transforms = true;
  bool with_overhead = true;
  bool with_stores = true;
  std::string lines;  ///< prices as NDJSON, a gigabyte of them; "": that line is left out
};

/// In turn, not one after the other: a slow minute of the machine hits all of them.
std::vector<Series> measure_copies(const Options& options, PostgresServer& server) {
  Series sluice{"sluice, " + std::to_string(options.workers) + " workers", {}};
  Series floor{"server-side binary COPY", {}};
  Series pgloader{"pgloader", {}};
  for (int repeat = 1; repeat <= options.repeats; ++repeat) {
    std::fprintf(stderr, "run %d of %d\n", repeat, options.repeats);
    {
      const Target target(server);
      sluice.outcomes.push_back(run_sluice_once(options.prices, target.url(), options.workers));
      floor.outcomes.push_back(Floor(target.url(), "bench.price_history").run_once());
    }
    if (!options.with_pgloader) continue;
    const Target other(server);
    pgloader.outcomes.push_back(run_pgloader_once(sqlite_uri(options.prices), other.url(), "public.price_history"));
  }
  std::vector<Series> all = {sluice, floor};
  if (options.with_pgloader) all.push_back(pgloader);
  return all;
}

void require_equal_rows(const std::vector<Series>& all) {
  for (const auto& series : all) {
    for (const auto& outcome : series.outcomes) {
      if (outcome.rows != all.front().outcomes.front().rows)
        throw std::runtime_error(series.name + " moved other rows");
    }
  }
}

std::vector<Ratio> copy_ratios(const std::vector<Series>& all, const Outcome& fewer) {
  const Series& sluice = all[0];
  const double mebibytes = static_cast<double>(sluice.peak_memory()) / (1024.0 * 1024.0);
  std::vector<Ratio> ratios = {
      {"copying: time of sluice / time of server-side COPY", sluice.copy_seconds() / all[1].copy_seconds(), 1.1},
      {"peak RssAnon of sluice, MiB", mebibytes, 64},
      {"peak RssAnon of sluice / the same with half of the rows",
       static_cast<double>(sluice.peak_memory()) / static_cast<double>(fewer.peak_memory), 1.25},
  };
  if (all.size() > 2) {
    ratios.push_back({"copying: rows/s of sluice / rows/s of pgloader",
                      sluice.rows_per_second() / all[2].rows_per_second(), 8, true});
    ratios.push_back(
        {"whole: time of sluice / time of pgloader", sluice.whole_seconds() / all[2].whole_seconds(), 0.4});
  }
  return ratios;
}

std::vector<Ratio> compare_copies(const Options& options, nlohmann::json& json) {
  PostgresServer server = start_server();
  const Outcome fewer = run_sluice_once(options.fewer_prices, Target(server).url(), options.workers);
  const auto all = measure_copies(options, server);
  require_equal_rows(all);
  print_series(all);
  json["rows"] = all[0].outcomes[0].rows;
  for (const auto& series : all) json["contenders"][series.name] = series_json(series);
  return copy_ratios(all, fewer);
}

/// What functions of a map cost, as a part of the copying time.
std::vector<Ratio> compare_transforms(const Options& options, nlohmann::json& json) {
  PostgresServer server = start_server();
  std::vector<Series> all = {{"without transforms", {}}, {"two columns of numbers made", {}}, {"a column of texts made", {}}};
  const std::vector<std::string> made = {"nothing", "numbers", "texts"};
  for (int repeat = 1; repeat <= options.repeats; ++repeat) {
    std::fprintf(stderr, "transforms: run %d of %d\n", repeat, options.repeats);
    for (size_t i = 0; i < all.size(); ++i) {
      all[i].outcomes.push_back(run_sluice_once(options.prices, Target(server).url(), options.workers, made[i]));
    }
  }
  require_equal_rows(all);
  print_series(all);
  for (const auto& series : all) json["transforms"][series.name] = series_json(series);
  const double plain = all[0].copy_seconds();
  return {{"copying: time with two columns of numbers made / time without", all[1].copy_seconds() / plain, 1.1},
          {"copying: time with a column of texts made / time without", all[2].copy_seconds() / plain, 1.4}};
}

void run(const Options& options) {
  nlohmann::json json = {{"repeats", options.repeats}, {"workers", options.workers}};
  std::vector<Ratio> ratios;
  if (options.with_copies) ratios = compare_copies(options, json);
  if (options.with_transforms) {
    for (auto& ratio : compare_transforms(options, json)) ratios.push_back(std::move(ratio));
  }
  if (options.with_stores) {
    const StoresOptions stores{options.prices, options.lines, options.repeats, options.workers, options.with_pgloader};
    for (auto& ratio : compare_stores(stores, json)) ratios.push_back(std::move(ratio));
  }
  if (options.with_overhead) {
    for (auto& ratio : measure_overhead(options.repeats)) ratios.push_back(std::move(ratio));
  }
  print_ratios(ratios);
  json["ratios"] = ratios_json(ratios);
  std::ofstream file(options.json);
  file << json.dump(2) << "\n";
  if (!file.flush()) throw std::runtime_error(options.json + ": can't be written");
  std::printf("written to %s\n", options.json.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures sluice beside pgloader and beside a server-side COPY, on one private server, in one run.");
  Options options;
  app.add_option("--prices", options.prices, "SQLite file with the prices")->required()->check(CLI::ExistingFile);
  app.add_option("--fewer-prices", options.fewer_prices, "one with half of the rows")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--json", options.json, "file to write the figures to")->capture_default_str();
  app.add_option("--repeats", options.repeats, "runs of each")->check(CLI::Range(1, 100))->capture_default_str();
  app.add_option("--workers", options.workers, "of sluice")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_flag("!--no-pgloader", options.with_pgloader, "leave pgloader out");
  app.add_flag("!--no-copies", options.with_copies, "leave the copying out");
  app.add_flag("!--no-transforms", options.with_transforms, "leave the cost of a map's functions out");
  app.add_option("--lines", options.lines, "NDJSON file with the prices")->check(CLI::ExistingFile);
  app.add_flag("!--no-stores", options.with_stores, "leave JSON, MariaDB and PostgreSQL as sources out");
  app.add_flag("!--no-overhead", options.with_overhead, "leave the engine's own cost out");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
