#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "database.hpp"

int main(int argc, char** argv) {
  CLI::App app(
      "Writes a SQLite database like Stockula's: stocks, prices, dividends, splits, options, JSON. Seeded: the same "
      "options always give the same rows.");
  std::string path;
  stockula::Size size;
  app.add_option("path", path, "the file to write; it must not exist")->required();
  app.add_option("--symbols", size.symbols, "number of stocks")->check(CLI::Range(1, 20000))->capture_default_str();
  app.add_option("--days", size.days, "days of trading for each")->check(CLI::Range(1, 40000))->capture_default_str();
  app.add_option("--seed", size.seed, "of the random numbers")->capture_default_str();
  app.add_flag("--prices-only", size.prices_only, "only the tables stocks and price_history");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto start = std::chrono::steady_clock::now();
    stockula::write_database(path, size);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("%s: %d stocks, %lld prices, %.1f s\n", path.c_str(), size.symbols,
                static_cast<long long>(size.symbols) * size.days, took.count());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stockula_data: %s\n", error.what());
    return 1;
  }
  return 0;
}
