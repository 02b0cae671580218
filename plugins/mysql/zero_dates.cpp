#include "zero_dates.hpp"

#include "arrow/text.hpp"
#include "base/error.hpp"

namespace sluice::mysql {
namespace {

/// Of "YYYY-MM-DD", checked before.
int number_at(const std::string& text, size_t at, size_t digits) { return std::stoi(text.substr(at, digits)); }

bool is_date_of_mysql(const std::string& text) {
  constexpr size_t kSize = sizeof "YYYY-MM-DD" - 1;
  const bool has_form = text.size() == kSize && text.find_first_not_of("0123456789-") == std::string::npos && text[0] != '-';
  return has_form && arrow::date_from_text(text).has_value();
}

}  // namespace

ZeroDates::ZeroDates(const std::string& text) : are_null_(text == "null") {
  if (are_null_ || text == "refuse") return;
  if (!is_date_of_mysql(text)) {
    throw Error(Code::invalid_argument, "option 'zero_dates': expected refuse, null or a date as 1970-01-01, found " + text);
  }
  date_.emplace();
  date_->year = number_at(text, 0, 4);
  date_->month = number_at(text, 5, 2);
  date_->day = number_at(text, 8, 2);
}

std::string ZeroDates::fate() const { return date_ ? "become " + moment_to_text(*date_, WireValue::Form::date) : "become NULL"; }

}  // namespace sluice::mysql
