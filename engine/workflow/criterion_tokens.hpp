#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace sluice::workflow {

struct CriterionToken {
  enum class Kind { number = 1, name, table, symbol, end } kind = Kind::end;
  std::string text;  ///< number: its digits; name: dotted; table: what stands between [ and ]; symbol: as written
  std::string unit;  ///< number
  size_t begin = 0;  ///< bytes in the criterion's text
  size_t end = 0;

  bool is(const char* wanted) const { return (kind == Kind::symbol || kind == Kind::name) && text == wanted; }
};

/// Cuts a criterion; the last token is an end. Throws Error(invalid_argument) with a caret.
std::vector<CriterionToken> cut_criterion(const std::string& text);

/// An error whose message ends with the criterion and carets under bytes [begin, end).
Error criterion_error(const std::string& text, size_t begin, size_t end, const std::string& message);

}  // namespace sluice::workflow
