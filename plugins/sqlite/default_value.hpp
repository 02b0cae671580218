#pragma once

#include <string>

#include "arrow/type.hpp"

namespace sluice::sqlite {

/// A default in the catalog's neutral form: kind "none", "literal", "now", "today", "uuid" or "native", and its text.
struct NeutralDefault {
  std::string kind = "none";
  std::string text;
};

/// What `PRAGMA table_xinfo` says of a default, in neutral form.
NeutralDefault default_from_sql(const std::string& sql, const arrow::Type& type);

/// What stands behind DEFAULT; "" for none and for a kind that SQLite can't express. A native text is passed on as it
/// is: the caller proves that SQLite takes it.
std::string default_to_sql(const NeutralDefault& value, const arrow::Type& type);

}  // namespace sluice::sqlite
