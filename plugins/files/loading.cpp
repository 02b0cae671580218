#include "loading.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "part_writer.hpp"

namespace sluice::files {

Table table_to_load(Home& home, const std::string& name, const std::string& file_name) {
  auto table = find_table(home, name);
  if (table && !table->is_published()) return *std::move(table);
  const std::string path = home.directory() + "/" + file_name;
  if (table || !identity_of(path).empty()) {
    throw Error(Code::already_exists,
                path + ": there is a file already, and files are only written whole, never appended to",
                "move it away, or name another directory");
  }
  throw Error(Code::not_found, home.directory() + " has no table " + name + " to load into",
              "make it with schema.create");
}

std::vector<std::string> columns_to_load(const sdk::LoadSpec& spec, const arrow::BatchReader& batches) {
  std::vector<std::string> columns = spec.columns;
  if (columns.empty()) {
    for (const arrow::Field& field : batches.fields()) columns.push_back(field.name);
  }
  if (columns.size() == batches.fields().size()) return columns;
  throw Error(Code::invalid_argument, "load into " + spec.table + ": " + std::to_string(columns.size()) +
                                          " columns are named, but the rows have " +
                                          std::to_string(batches.fields().size()));
}

std::vector<int> places_of(const std::vector<arrow::Field>& columns, const std::vector<std::string>& given,
                           const std::string& table) {
  std::vector<int> places(columns.size(), -1);
  std::vector<std::string> known;
  for (const arrow::Field& column : columns) known.push_back(column.name);
  for (size_t i = 0; i < given.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), given[i]);
    if (found == known.end()) {
      throw Error(Code::not_found, "table " + table + " has no column " + given[i], did_you_mean(given[i], known));
    }
    places[static_cast<size_t>(found - known.begin())] = static_cast<int>(i);
  }
  return places;
}

}  // namespace sluice::files
