#pragma once

#include <optional>
#include <string>

#include "wire.hpp"

namespace sluice::mysql {

/// What becomes of dates without month or day, the option zero_dates.
class ZeroDates {
 public:
  ZeroDates() = default;
  /// "refuse", "null", or a date "YYYY-MM-DD". Throws Error(invalid_argument).
  explicit ZeroDates(const std::string& text);

  bool are_refused() const { return !are_null_ && !date_; }
  bool are_null() const { return are_null_; }
  /// The chosen date, at 00:00 where a time belongs to it.
  const std::optional<Moment>& date() const { return date_; }
  /// "become NULL", for notes; not where they are refused.
  std::string fate() const;

 private:
  bool are_null_ = false;
  std::optional<Moment> date_;
};

}  // namespace sluice::mysql
