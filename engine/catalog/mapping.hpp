#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/cast_word.hpp"
#include "catalog/catalog.hpp"
#include "catalog/transform_spec.hpp"

/// What becomes what: the outcome of the type decisions, fixed in the plan and used by create, copy, verify and diff
/// alike.
namespace sluice::catalog {

/// How a value becomes a value of the comparison type. Each has a name that the plan prints.
enum class Cast {
  none = 1,         ///< same type, or a widening that keeps every value (int32 to int64, any text to text)
  checked,          ///< same meaning, narrower range: values outside are errors (int64 to int32, number to decimal)
  integer_boolean,  ///< 0, 1
  text_boolean,     ///< t f true false y n yes no 1 0, any case
  text_date,        ///< YYYY-MM-DD, or a timestamp text at 00:00
  text_time,
  text_timestamp,    ///< ISO text without zone
  text_timestamptz,  ///< ISO text; without zone it counts as UTC
  text_uuid,
  text_json,        ///< must parse as JSON
  text_number,      ///< decimal text to int, decimal, number or float64, exactly
  rounded_decimal,  ///< float64 to decimal(p,s), half away from zero on its shortest decimal text
  exact_decimal,    ///< float64 to decimal(p,s), an error where the shortest decimal text doesn't fit
  integer_number,   ///< integer to decimal, number or float64, exactly
  to_text,          ///< any value as its text (arrow/text.hpp)
  date_timestamp,   ///< date to timestamp at 00:00, and back where the time is 00:00
  float_number,     ///< float64 to number by its shortest text
  decimal_float,    ///< decimal or number to float64, nearest
  utc_timestamp,    ///< timestamp to timestamptz and back: the time is one in UTC
};

/// "text_date", ...
const char* to_text(Cast cast);
Cast cast_from_text(const std::string& text);

/// One cast that the map asks for by name, and the type that it makes. Without a name: whatever cast_between says.
struct CastStep {
  CastCall call;
  Type to;
};

/// One column pair. Without a source name it is a column that a transform adds. The engine reads `source` as source_carrier, takes it
/// through `chain`, brings what comes out to `compare` by source_cast and hands that to the target; verification reads the target as
/// target_carrier and brings it to `compare` by target_cast.
struct ColumnMapping {
  std::string source;
  std::string target;
  Type source_carrier;
  Type compare;
  Type target_carrier;
  std::vector<CastStep> chain;  ///< mostly empty; before source_cast
  Cast source_cast = Cast::none;
  Cast target_cast = Cast::none;
  bool nullable = true;
  std::string source_native;
  std::string target_native;
  std::string policy;  ///< what equality means where types can't be equal exactly: "rounded to 6 decimals"; else empty
  std::string reason;  ///< the evidence behind the decision, for the plan
  /// Tables that exist: how values may be lost or refused in this column that a table made by the map would keep; "" for not at all.
  std::string risk;
  /// What makes its values. Then source_cast brings source_carrier to `input` only, and the transform makes `compare` of that.
  TransformRef transform;
  Type input;
};

/// What the source's values go through, for people: `cast.trim, cast.null_if(""), text_number`; "" for nothing.
std::string describe_casts(const ColumnMapping& column);

/// Evidence about one table pair.
struct TableMapping {
  std::string source_schema;
  std::string source_table;
  std::string target_schema;
  std::string target_table;
  std::vector<ColumnMapping> columns;
  std::vector<std::string>
      key;            ///< target's names of the columns of the primary key, or a not-null unique key; may be empty
  std::string where;  ///< condition on the source, in its language
  int64_t rows = 0;   ///< estimate
  int64_t bytes = 0;  ///< estimate
  TransformRef filter;                ///< a function that says which rows are taken
  TransformRef row;                   ///< a function that may change, drop or split rows
  std::vector<ColumnMapping> inputs;  ///< columns that are read for transforms alone; without a target name

  const ColumnMapping* find_target(const std::string& column) const;
  bool has_transforms() const;
  /// Other rows than the source's may come out.
  bool changes_rows() const { return filter || row; }
  /// Each row of the target bears the key of the source's row that it was made of.
  bool keeps_key() const;
  /// The columns as they are read and converted before any transform: with a source name, `compare` being what a transform
  /// takes. Nothing of it is transformed.
  TableMapping before_transforms() const;
};

struct Mapping {
  std::string from;  ///< store names
  std::string to;
  std::vector<TableMapping> tables;
  Catalog target;  ///< the neutral catalog that the target is asked to build; of tables that exist, what they are
  /// The target's tables were there when the plan was made: the run makes none, nor keys or indexes.
  bool tables_exist = false;
  Catalog expected;  ///< of tables that exist: what the map would have made, under the target's names
  std::vector<std::string> warnings;
  bool has_views = false;  ///< among the tables are views of the source: what they show comes from any of its tables
  /// pair_catalogs: "table" or "table.column" that the other side lacks. Not compared, so nothing can match while one
  /// is here.
  std::vector<std::string> only_in_from;
  std::vector<std::string> only_in_to;

  const TableMapping* find_target(const std::string& table) const;
};

std::string mapping_to_json(const Mapping& mapping);
Mapping mapping_from_json(const std::string& json);

}  // namespace sluice::catalog
