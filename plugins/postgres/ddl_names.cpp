#include "ddl_names.hpp"

#include "quote.hpp"

namespace sluice::postgres {

std::string RelationNames::take(const std::string& wanted) {
  std::string name = cut_utf8(wanted, kMaxNameBytes);
  for (int i = 2; !taken_.insert(name).second; ++i) {
    const std::string suffix = "_" + std::to_string(i);
    name = cut_utf8(wanted, kMaxNameBytes - suffix.size()) + suffix;
  }
  return name;
}

std::string composed_name(const std::string& table, const std::string& columns, const std::string& suffix) {
  return table + (columns.empty() ? "" : "_" + columns) + "_" + suffix;
}

}  // namespace sluice::postgres
