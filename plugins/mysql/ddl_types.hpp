#pragma once

#include <string>

#include "arrow/type.hpp"

namespace sluice::mysql {

/// How a column is held: the server's type, and what `read` delivers for it.
struct ColumnForm {
  std::string native;
  arrow::Type carrier;
};

/// `native`: the type's spelling in a store of this kind, or "". `is_key`: it is part of a key or an index, for which texts and
/// bytes need a length.
ColumnForm column_form(const arrow::Type& type, const std::string& native, bool is_key, bool is_mariadb);

/// What holding `type` in this form changes, for the plan; "" where nothing is.
std::string change_of(const arrow::Type& type, const ColumnForm& form);

/// " DEFAULT ...", "" where it cannot be kept.
std::string default_clause(const std::string& kind, const std::string& text, const ColumnForm& form);

}  // namespace sluice::mysql
