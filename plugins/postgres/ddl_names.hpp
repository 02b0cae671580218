#pragma once

#include <set>
#include <string>

namespace sluice::postgres {

/// Names of relations in one schema: tables and indexes share them. Cuts long ones and tells equal ones apart.
class RelationNames {
 public:
  void reserve(const std::string& name) { taken_.insert(name); }

  /// `wanted` where it is free and short enough, else a variant of it ("name_2"). Takes it.
  std::string take(const std::string& wanted);

 private:
  std::set<std::string> taken_;
};

/// "table_a_b_suffix", the server's own habit.
std::string composed_name(const std::string& table, const std::string& columns, const std::string& suffix);

}  // namespace sluice::postgres
