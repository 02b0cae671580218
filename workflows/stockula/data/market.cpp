#include "market.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <set>

namespace stockula {
namespace {

struct Date {
  int year = 2010, month = 1, day = 4;
};

int days_in_month(const Date& date) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
  return kDays[date.month - 1] + (date.month == 2 && leap ? 1 : 0);
}

void advance(Date& date) {
  if (++date.day <= days_in_month(date)) return;
  date.day = 1;
  if (++date.month <= 12) return;
  date.month = 1;
  ++date.year;
}

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double rounded(double value, int places) {
  const double scale = places == 2 ? 100.0 : places == 4 ? 10000.0 : 1000000.0;
  return std::floor(value * scale + 0.5) / scale;
}

std::vector<std::string> trading_days(int count) {
  std::vector<std::string> days;
  Date date;
  for (int weekday = 0; static_cast<int>(days.size()) < count; weekday = (weekday + 1) % 7, advance(date)) {
    if (weekday > 4) continue;
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02d", date.year, date.month, date.day);
    days.emplace_back(text.data());
  }
  return days;
}

std::vector<std::string> ticker_symbols(int count, Random& random) {
  std::set<std::string> symbols;
  while (static_cast<int>(symbols.size()) < count) {
    std::string symbol;
    for (std::int64_t letters = 1 + random.below(4); letters > 0; --letters) {
      symbol += static_cast<char>('A' + random.below(26));
    }
    symbols.insert(symbol);
  }
  return {symbols.begin(), symbols.end()};
}

PriceWalk::PriceWalk(Random& random)
    : random_(random),
      last_(random.between(5.0, 400.0)),
      adjustment_(random.between(0.7, 0.95)),
      usual_volume_(100000 + random.below(20000000)) {}

Bar PriceWalk::next_day() {
  Bar bar;
  const double open = std::max(0.01, last_ * random_.between(0.99, 1.01));
  const double close = std::max(0.01, open * random_.between(0.97, 1.0305));
  bar.open = rounded(open, 2);
  bar.close = rounded(close, 2);
  bar.high = rounded(std::max(open, close) * random_.between(1.0, 1.02), 2);
  bar.low = rounded(std::min(open, close) * random_.between(0.98, 1.0), 2);
  // Dividends and splits paid since then make the adjusted price the lower the older it is.
  adjustment_ = std::min(1.0, adjustment_ * 1.00005);
  bar.adjusted = rounded(close * adjustment_, 4);
  bar.volume = static_cast<std::int64_t>(static_cast<double>(usual_volume_) * random_.between(0.4, 2.2));
  last_ = close;
  return bar;
}

}  // namespace stockula
