#pragma once

#include <optional>
#include <string>

#include "catalog/mapping.hpp"

/// The type decision of one column, from its declared type and what a scan of its values showed. Part of decide.hpp's
/// work.
namespace sluice::catalog {

/// How one side of a column is read, and what it becomes.
struct Decision {
  Type compare;
  Type carrier;
  Cast cast = Cast::none;
  std::vector<CastStep> chain;  ///< before `cast`
  std::string policy;
  std::string reason;
  std::string warning;  ///< without the column's name; empty where the declaration holds
  bool is_override = false;
  TransformRef transform = {};     ///< what makes the values
  std::optional<Type> input = {};  ///< what the transform takes, where that is another type than `compare`
};

/// Does a column of these values hold the wanted type? strict: only where every value shows it and nothing is lost;
/// lenient: also where a named policy rounds, or where a value may still turn out wrong while copying.
enum class Demand { strict = 1, lenient };
std::optional<Decision> reach_type(const Column& column, const Type& wanted, Demand demand);

/// The type for a column that the map says nothing about: declared type confirmed by evidence, else by what is stored.
Decision decide_type(const Column& column);

/// What becomes of values that contradict the type that a map demands.
enum class Misfits { refuse = 1, reject };

/// The type that the map demands. Throws Error(data) where the values contradict it and Misfits say refuse, naming `name` ("table.column") and
/// what was seen; Error(invalid_argument) where no cast reaches it.
Decision decide_override(const Column& column, const Type& wanted, const std::string& name, Misfits misfits = Misfits::refuse);

/// What equality means under a cast that cannot be exact; empty for the others.
std::string policy_of(Cast cast, const Type& compare);
/// A scan of values is there (stores with static types need none).
bool has_evidence(const Column& column);
/// "412 rows scanned: 3 NULL, 409 reals, at most 2 decimals".
std::string describe(const Evidence& evidence);

}  // namespace sluice::catalog
