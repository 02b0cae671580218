#pragma once

#include <string>

#include "arrow/type.hpp"

namespace sluice::sqlite {

/// What SQLite makes of values stored in a column (https://www.sqlite.org/datatype3.html, 3.1).
enum class Affinity { integer, text, blob, real, numeric };

/// What a declared type says. SQLite enforces none of it: evidence shows what is really there.
struct NativeType {
  Affinity affinity = Affinity::blob;
  arrow::Type logical;  ///< what the name means to people
  arrow::Type carrier;  ///< what `read` delivers unasked: int64, float64, text or binary
};

/// Reads a declared type such as "NVARCHAR(160)". Never fails: an unknown name is text.
NativeType native_type_from_text(const std::string& declared);

/// How this store holds a logical type so that every value reads back.
struct HeldType {
  std::string native;
  arrow::Type carrier;
  std::string warning;  ///< why the type's own form is lost; empty when nothing is
};
HeldType held_type(const arrow::Type& logical);

}  // namespace sluice::sqlite
