#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arrow/type.hpp"
#include "connection.hpp"

/// The tables as the server has them now: what reading, loading and cutting need to know of their columns.
namespace sluice::postgres {

/// Type numbers of the server's built-in types.
namespace oid {
inline constexpr uint32_t kBool = 16, kBytea = 17, kName = 19, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25,
                          kJson = 114, kFloat4 = 700, kFloat8 = 701, kBpchar = 1042, kVarchar = 1043, kDate = 1082,
                          kTime = 1083, kTimestamp = 1114, kTimestamptz = 1184, kNumeric = 1700, kUuid = 2950,
                          kJsonb = 3802;
}  // namespace oid

/// A column's type. Domains are resolved to what they are made of.
struct NativeType {
  uint32_t base = 0;      ///< oid of the type below all domains
  int32_t modifier = -1;  ///< its atttypmod, -1 for none
  bool is_enum = false;
  std::string receive;  ///< name of the function that reads its binary form
  std::string native;   ///< the server's own spelling, of the domain where it is one
};

struct NativeColumn {
  std::string name;
  NativeType type;
  bool not_null = false;
  bool is_generated = false;
};

struct TableShape {
  uint32_t oid = 0;
  std::string schema, name;
  char kind = 'r';         ///< pg_class.relkind
  char persistence = 'p';  ///< pg_class.relpersistence
  std::vector<NativeColumn> columns;

  /// Throws Error(not_found) naming the table and the nearest column.
  const NativeColumn& column(const std::string& name) const;
  /// schema.name for messages.
  std::string label() const { return schema + "." + name; }
};

/// SQL for a lateral join with pg_attribute `a`: b(oid, modifier, typtype, receive) is its type below all domains.
extern const char* const kResolvedType;

/// Throws Error(not_found) where there is no such table or view.
TableShape describe_table(Connection& connection, const std::string& schema, const std::string& table);

/// numeric(p,s)'s parts; false for a bare numeric.
bool numeric_parts(int32_t modifier, int& precision, int& scale);

/// Digits behind the second that a time type keeps: 6 unless declared otherwise.
int fraction_digits(const NativeType& type);

/// The declared length of varchar(n) and char(n) in characters, 0 for none.
int declared_length(const NativeType& type);

/// The logical type; what has none of its own is text.
arrow::Type logical_type(const NativeType& type);

/// Its binary form is the text itself: text, varchar, name, enums, citext.
bool is_text_like(const NativeType& type);

}  // namespace sluice::postgres
