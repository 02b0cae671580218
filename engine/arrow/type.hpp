#pragma once

#include <string>
#include <vector>

#include "abi/arrow_abi.h"

namespace sluice::arrow {

/// The logical types. Each has exactly one Arrow form, given behind it.
enum class Kind {
  boolean = 1,   // b
  int8,          // c
  int16,         // s
  int32,         // i
  int64,         // l
  uint8,         // C
  uint16,        // S
  uint32,        // I
  uint64,        // L
  float32,       // f
  float64,       // g
  decimal,       // d:precision,scale (128 bits, precision <= 38)
  number,        // u, extension "sluice.number": exact decimal text of any size, "-12.50", "NaN", "Infinity"
  text,          // u
  binary,        // z
  date,          // tdD
  time,          // ttu
  timestamp,     // tsu:        no zone
  timestamptz,   // tsu:UTC
  uuid,          // w:16, extension "arrow.uuid"
  json,          // u, extension "arrow.json"
};

/// A logical type with its parameters. A value.
struct Type {
  Kind kind = Kind::text;
  int precision = 0;  ///< decimal: 1..38
  int scale = 0;      ///< decimal: 0..precision
  int length = 0;     ///< text: declared maximum in characters, 0 for none; no part of equality of values

  friend bool operator==(const Type&, const Type&) = default;
};

/// "int64", "decimal(20,6)", "text(40)": the spelling used in catalogs, plans and maps.
std::string to_text(const Type& type);

/// Reads to_text's spelling and the SQL words for it (bigint, numeric(20,6), varchar(40), double precision, timestamp,
/// timestamptz, ...). Throws Error(invalid_argument) naming the word and the nearest known one.
Type type_from_text(const std::string& text);

/// A column: name, type, whether NULL may occur, and the store's own name of the type (metadata "sluice.native_type").
struct Field {
  std::string name;
  Type type;
  bool nullable = true;
  std::string native_type = {};
};

/// A struct schema with one child per field, owned by `out` (release set). `out` must be empty.
void export_schema(const std::vector<Field>& fields, ArrowSchema* out);

/// The fields of a struct schema. Throws Error(unsupported) naming the field and the format it cannot read.
std::vector<Field> import_schema(const ArrowSchema& schema);

/// The Arrow format string of a type, such as "d:20,6".
std::string arrow_format(const Type& type);

}  // namespace sluice::arrow
