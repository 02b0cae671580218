#include "database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

#include "market.hpp"

namespace stockula {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTables = R"sql(
CREATE TABLE stocks (
  symbol VARCHAR(10) NOT NULL PRIMARY KEY,
  name VARCHAR(255),
  sector VARCHAR(100),
  industry VARCHAR(100),
  market_cap BIGINT,
  exchange VARCHAR(50),
  currency VARCHAR(10) DEFAULT 'USD',
  active BOOLEAN NOT NULL DEFAULT 1,
  created_at DATETIME NOT NULL,
  updated_at DATETIME NOT NULL
);
CREATE TABLE price_history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  symbol VARCHAR(10) NOT NULL REFERENCES stocks (symbol),
  date DATE NOT NULL,
  open_price FLOAT,
  high_price FLOAT,
  low_price FLOAT,
  close_price FLOAT,
  adj_close FLOAT,
  volume BIGINT,
  CONSTRAINT uq_price_history UNIQUE (symbol, date)
);
)sql";

constexpr const char* kFurtherTables = R"sql(
CREATE TABLE dividends (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  symbol VARCHAR(10) NOT NULL REFERENCES stocks (symbol),
  date DATE NOT NULL,
  amount FLOAT NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT uq_dividends UNIQUE (symbol, date)
);
CREATE TABLE splits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  symbol VARCHAR(10) NOT NULL REFERENCES stocks (symbol),
  date DATE NOT NULL,
  ratio FLOAT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX ix_splits_symbol_date ON splits (symbol, date);
CREATE TABLE options (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  symbol VARCHAR(10) NOT NULL REFERENCES stocks (symbol),
  contract VARCHAR(32) NOT NULL,
  kind VARCHAR(4) NOT NULL,
  expiration DATE NOT NULL,
  strike FLOAT NOT NULL,
  last_price FLOAT,
  bid FLOAT,
  ask FLOAT,
  volume BIGINT,
  open_interest BIGINT,
  implied_volatility FLOAT,
  in_the_money BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT uq_options UNIQUE (contract)
);
CREATE INDEX ix_options_symbol_expiration ON options (symbol, expiration);
CREATE TABLE stock_info (
  symbol VARCHAR(10) NOT NULL PRIMARY KEY REFERENCES stocks (symbol),
  info JSON NOT NULL,
  updated_at DATETIME NOT NULL
);
)sql";

constexpr std::array<const char*, 8> kSectors = {"Technology",  "Healthcare", "Energy",      "Utilities",
                                                 "Industrials", "Financials", "Real Estate", "Consumer Defensive"};
constexpr std::array<const char*, 8> kNames = {"Müller Industries", "Société Générale d'Acier",
                                               "Nordic Wind",       "Café \"Central\"",
                                               "O'Neill Energy",    "東京 Systems",
                                               "Pacific Rail",      "Blue & White"};

/// As SQLAlchemy writes a datetime.
std::string created_at(Random& random) {
  const int month = static_cast<int>(1 + random.below(12));
  const int day = static_cast<int>(1 + random.below(28));
  const int second = static_cast<int>(random.below(86400));
  const int microsecond = static_cast<int>(random.below(1000000));
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "2025-%02d-%02d %02d:%02d:%02d.%06d", month, day, second / 3600,
                second / 60 % 60, second % 60, microsecond);
  return text.data();
}

template <typename... Values>
void insert(SQLite::Statement& statement, const Values&... values) {
  int position = 0;
  (statement.bind(++position, values), ...);
  statement.exec();
  statement.reset();
}

class Writer {
 public:
  Writer(SQLite::Database& database, const Size& size)
      : database_(database), size_(size), random_(size.seed), days_(trading_days(size.days)) {}

  void write() {
    SQLite::Transaction transaction(database_);
    database_.exec(kTables);
    if (!size_.prices_only) database_.exec(kFurtherTables);
    for (const auto& symbol : ticker_symbols(size_.symbols, random_)) write_symbol(symbol);
    transaction.commit();
  }

 private:
  void write_symbol(const std::string& symbol) {
    write_stock(symbol);
    const double price = write_prices(symbol);
    if (size_.prices_only) return;
    write_dividends(symbol, price);
    write_splits(symbol);
    write_options(symbol, price);
    write_info(symbol, price);
  }

  void write_stock(const std::string& symbol) {
    const std::string name = std::string(kNames[random_.below(kNames.size())]) + " " + symbol;
    const std::string created = created_at(random_);
    if (!stocks_) {
      stocks_.emplace(database_, "insert into stocks values (?, ?, ?, ?, ?, ?, 'USD', ?, ?, ?)");
    }
    stocks_->bind(1, symbol);
    stocks_->bind(2, name);
    stocks_->bind(3, kSectors[random_.below(kSectors.size())]);
    // Not every stock is in an industry, nor has a known market capitalisation.
    if (random_.chance(0.8)) stocks_->bind(4, "Industry " + std::to_string(random_.below(40)));
    if (random_.chance(0.9)) stocks_->bind(5, static_cast<int64_t>(random_.below(3000000000000)));
    stocks_->bind(6, random_.chance(0.5) ? "NASDAQ" : "NYSE");
    stocks_->bind(7, random_.chance(0.95) ? 1 : 0);
    stocks_->bind(8, created);
    stocks_->bind(9, created);
    stocks_->exec();
    stocks_->reset();
    stocks_->clearBindings();
  }

  double write_prices(const std::string& symbol) {
    if (!prices_) {
      prices_.emplace(database_,
                      "insert into price_history (symbol, date, open_price, high_price, low_price, close_price, "
                      "adj_close, volume) values (?, ?, ?, ?, ?, ?, ?, ?)");
    }
    PriceWalk walk(random_);
    for (const auto& day : days_) {
      const Bar bar = walk.next_day();
      insert(*prices_, symbol, day, bar.open, bar.high, bar.low, bar.close, bar.adjusted,
             static_cast<int64_t>(bar.volume));
    }
    return walk.last_close();
  }

  void write_dividends(const std::string& symbol, double price) {
    SQLite::Statement statement(database_,
                                "insert into dividends (symbol, date, amount, created_at) values (?, ?, ?, ?)");
    constexpr std::size_t kQuarter = 63;
    if (random_.chance(0.4)) return;
    for (std::size_t day = 40; day < days_.size(); day += kQuarter) {
      const double amount = rounded(price * random_.between(0.001, 0.01), 4);
      insert(statement, symbol, days_[day], amount, created_at(random_));
    }
  }

  void write_splits(const std::string& symbol) {
    SQLite::Statement statement(database_, "insert into splits (symbol, date, ratio, created_at) values (?, ?, ?, ?)");
    constexpr std::array<double, 4> kRatios = {2.0, 3.0, 1.5, 0.1};
    while (random_.chance(0.4)) {
      // One after the other: the order in which a call's arguments are computed is the compiler's choice.
      const std::string& day = days_[random_.below(static_cast<std::int64_t>(days_.size()))];
      const double ratio = kRatios[random_.below(kRatios.size())];
      insert(statement, symbol, day, ratio, created_at(random_));
    }
  }

  void write_options(const std::string& symbol, double price) {
    for (const char* expiration : {"2026-06-19", "2026-09-18", "2027-01-15"}) {
      for (int step = -10; step <= 10; ++step) {
        const double strike = std::max(0.5, rounded(price * (1.0 + step * 0.05), 2));
        write_option(symbol, "call", expiration, strike, price, step + 10);
        write_option(symbol, "put", expiration, strike, price, step + 10);
      }
    }
  }

  void write_option(const std::string& symbol, const std::string& kind, const std::string& expiration, double strike,
                    double price, int step) {
    if (!options_) {
      options_.emplace(database_,
                       "insert into options (symbol, contract, kind, expiration, strike, last_price, bid, ask, volume, "
                       "open_interest, implied_volatility, in_the_money, created_at) "
                       "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }
    const bool in_the_money = kind == "call" ? strike < price : strike > price;
    const double value =
        std::max(0.01, (in_the_money ? std::abs(price - strike) : 0.0) + price * random_.between(0, 0.04));
    SQLite::Statement& option = *options_;
    option.bind(1, symbol);
    option.bind(2, symbol + expiration + kind[0] + std::to_string(step));
    option.bind(3, kind);
    option.bind(4, expiration);
    option.bind(5, strike);
    // Nobody traded it, nobody quotes it: NULL, as the data provider leaves it out.
    if (random_.chance(0.85)) option.bind(6, rounded(value, 2));
    if (random_.chance(0.9)) option.bind(7, rounded(value * 0.98, 2));
    if (random_.chance(0.9)) option.bind(8, rounded(value * 1.02, 2));
    if (random_.chance(0.85)) option.bind(9, static_cast<int64_t>(random_.below(20000)));
    option.bind(10, static_cast<int64_t>(random_.below(50000)));
    option.bind(11, rounded(random_.between(0.05, 1.5), 6));
    option.bind(12, in_the_money ? 1 : 0);
    option.bind(13, created_at(random_));
    option.exec();
    option.reset();
    option.clearBindings();
  }

  void write_info(const std::string& symbol, double price) {
    SQLite::Statement statement(database_, "insert into stock_info values (?, ?, ?)");
    const nlohmann::json info = {{"symbol", symbol},
                                 {"currentPrice", rounded(price, 2)},
                                 {"website", "https://www." + symbol + ".example"},
                                 {"longBusinessSummary", "Makes \"things\", \u00e4nd sells them.\nAlso in 日本."},
                                 {"fullTimeEmployees", random_.below(200000)},
                                 {"dividendYield", random_.chance(0.5) ? nlohmann::json(rounded(random_.unit() / 10, 4))
                                                                       : nlohmann::json(nullptr)},
                                 {"officers", {{{"name", "A. Person"}, {"age", 30 + random_.below(40)}}}}};
    insert(statement, symbol, info.dump(), created_at(random_));
  }

  SQLite::Database& database_;
  Size size_;
  Random random_;
  std::vector<std::string> days_;
  std::optional<SQLite::Statement> stocks_;
  std::optional<SQLite::Statement> prices_;
  std::optional<SQLite::Statement> options_;
};

}  // namespace

void write_database(const std::string& path, const Size& size) {
  if (fs::exists(path)) throw std::runtime_error(path + ": exists already; remove it, or give another name");
  const std::string unfinished = path + ".unfinished";
  fs::remove(unfinished);
  {
    SQLite::Database database(unfinished, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    // Nobody else sees the file before it has its name, so a crash only costs the unfinished one.
    database.exec("PRAGMA journal_mode = OFF");
    database.exec("PRAGMA synchronous = OFF");
    Writer(database, size).write();
  }
  fs::rename(unfinished, path);
}

}  // namespace stockula
