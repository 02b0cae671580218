#include "native_type.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "quote.hpp"

namespace sluice::sqlite {

namespace {

using arrow::Kind;
using arrow::Type;

/// Doubles keep every decimal of so many digits.
constexpr int kExactDigits = 15;
constexpr int kMostDigits = 38;

struct Declared {
  std::string name;  // lower case, single spaces, without what is in parentheses
  int first = 0;     // numbers in the parentheses; 0 where there are none
  int second = 0;
};

Declared declared_from_text(const std::string& text) {
  Declared declared;
  const size_t open = text.find('(');
  for (const char c : lower(text.substr(0, open))) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_space) declared.name += c;
    if (is_space && !declared.name.empty() && declared.name.back() != ' ') declared.name += ' ';
  }
  if (open != std::string::npos) {
    declared.first = std::atoi(text.c_str() + open + 1);
    const size_t comma = text.find(',', open);
    if (comma != std::string::npos) declared.second = std::atoi(text.c_str() + comma + 1);
    const size_t close = text.find(')', open);
    if (close != std::string::npos) declared.name += lower(text.substr(close + 1));
  }
  while (!declared.name.empty() && declared.name.back() == ' ') declared.name.pop_back();
  return declared;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

Affinity affinity_of(const std::string& name) {
  if (contains(name, "int")) return Affinity::integer;
  if (contains(name, "char") || contains(name, "clob") || contains(name, "text")) return Affinity::text;
  if (name.empty() || contains(name, "blob")) return Affinity::blob;
  if (contains(name, "real") || contains(name, "floa") || contains(name, "doub")) return Affinity::real;
  return Affinity::numeric;
}

template <size_t N>
bool is_one_of(const std::string& name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Type decimal_type(const Declared& declared) {
  const bool is_sized =
      declared.first > 0 && declared.first <= kMostDigits && declared.second >= 0 && declared.second <= declared.first;
  if (!is_sized) return {Kind::number};
  return {Kind::decimal, declared.first, declared.second};
}

/// Names whose meaning goes beyond their affinity, or against it.
bool find_known_name(const Declared& declared, NativeType& type) {
  const auto set = [&](Type logical, Kind carrier) {
    type.logical = logical;
    type.carrier = {carrier};
    return true;
  };
  const std::string& name = declared.name;
  if (is_one_of<2>(name, {"boolean", "bool"})) return set({Kind::boolean}, Kind::int64);
  if (name == "date") return set({Kind::date}, Kind::text);
  if (is_one_of<3>(name, {"datetime", "timestamp", "timestamp without time zone"}))
    return set({Kind::timestamp}, Kind::text);
  if (is_one_of<2>(name, {"timestamptz", "timestamp with time zone"})) return set({Kind::timestamptz}, Kind::text);
  if (is_one_of<2>(name, {"time", "time without time zone"})) return set({Kind::time}, Kind::text);
  if (is_one_of<2>(name, {"json", "jsonb"})) return set({Kind::json}, Kind::text);
  if (is_one_of<2>(name, {"uuid", "guid"})) return set({Kind::uuid}, Kind::text);
  if (is_one_of<3>(name, {"binary", "varbinary", "bytea"})) return set({Kind::binary}, Kind::binary);
  if (name == "floating point") return set({Kind::float64}, Kind::float64);
  if (name == "interval") return set({Kind::text}, Kind::text);
  if (is_one_of<3>(name, {"decimal", "numeric", "dec"})) {
    const Type logical = decimal_type(declared);
    const bool is_exact = logical.kind == Kind::decimal && logical.precision <= kExactDigits;
    return set(logical, is_exact ? Kind::float64 : Kind::text);
  }
  return false;
}

void set_by_affinity(const Declared& declared, NativeType& type) {
  switch (type.affinity) {
    case Affinity::integer: type.logical = type.carrier = {Kind::int64}; break;
    case Affinity::real: type.logical = type.carrier = {Kind::float64}; break;
    case Affinity::blob: type.logical = type.carrier = {declared.name.empty() ? Kind::text : Kind::binary}; break;
    default:
      type.logical = {Kind::text, 0, 0, type.affinity == Affinity::text ? std::max(declared.first, 0) : 0};
      type.carrier = {Kind::text};
  }
}

HeldType held_decimal(const Type& logical) {
  const std::string size = std::to_string(logical.precision) + "," + std::to_string(logical.scale);
  if (logical.precision <= kExactDigits) return {"NUMERIC(" + size + ")", {Kind::float64}, ""};
  return {"TEXT", {Kind::text}, "decimal(" + size + ") is held as text: a double keeps 15 digits only"};
}

}  // namespace

NativeType native_type_from_text(const std::string& text) {
  const Declared declared = declared_from_text(text);
  NativeType type;
  type.affinity = affinity_of(lower(text));
  if (!find_known_name(declared, type)) set_by_affinity(declared, type);
  return type;
}

HeldType held_type(const Type& logical) {
  switch (logical.kind) {
    case Kind::boolean: return {"BOOLEAN", {Kind::int64}, ""};
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
    case Kind::uint8:
    case Kind::uint16:
    case Kind::uint32: return {"INTEGER", {Kind::int64}, ""};
    case Kind::uint64: return {"TEXT", {Kind::text}, "uint64 is held as text: an INTEGER ends at 9223372036854775807"};
    case Kind::float32:
    case Kind::float64: return {"REAL", {Kind::float64}, ""};
    case Kind::decimal: return held_decimal(logical);
    case Kind::date: return {"DATE", {Kind::text}, ""};
    case Kind::timestamp: return {"DATETIME", {Kind::text}, ""};
    case Kind::binary: return {"BLOB", {Kind::binary}, ""};
    case Kind::text:
      if (logical.length > 0) return {"VARCHAR(" + std::to_string(logical.length) + ")", {Kind::text}, ""};
      return {"TEXT", {Kind::text}, ""};
    default: return {"TEXT", {Kind::text}, ""};
  }
}

}  // namespace sluice::sqlite
