#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stockula {

/// A stream of numbers that is the same on every machine for the same seed (splitmix64; the standard library's
/// distributions differ between implementations).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  /// 0 to below `bound`.
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(bound));
  }
  /// [0, 1)
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  bool chance(double probability) { return unit() < probability; }

 private:
  std::uint64_t state_;
};

/// The double nearest to a decimal with so many places: what an application stores that rounds its prices.
double rounded(double value, int places);

/// Days of trading as "YYYY-MM-DD": Mondays to Fridays from 2010-01-04 on.
std::vector<std::string> trading_days(int count);

/// So many ticker symbols of one to four letters, sorted, none twice.
std::vector<std::string> ticker_symbols(int count, Random& random);

struct Bar {
  double open = 0, high = 0, low = 0, close = 0, adjusted = 0;
  std::int64_t volume = 0;
};

/// One stock's prices, day after day: a random walk that never falls below one cent.
class PriceWalk {
 public:
  explicit PriceWalk(Random& random);
  Bar next_day();
  double last_close() const { return last_; }

 private:
  Random& random_;
  double last_;
  double adjustment_;
  std::int64_t usual_volume_;
};

}  // namespace stockula
