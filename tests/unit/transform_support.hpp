#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/mapping.hpp"
#include "copy/transform_stage.hpp"
#include "script/load.hpp"

/// A map's functions over rows that are written as texts, through the stage of the copy.
namespace sluice::script {

/// A row, or what came of it: a text per column, nullopt for NULL.
using Row = std::vector<std::optional<std::string>>;

struct SourceColumn {
  std::string name;
  std::string type;  ///< "numeric(12,2)"
  bool nullable = true;
};

/// Table `orders` with the key `id` (int64) and more columns, under a map.
class TransformedTable {
 public:
  /// `fields`: Lua, the fields of the map beside from and to.
  TransformedTable(std::vector<SourceColumn> columns, const std::string& fields, TransformLimits limits = {});

  /// All rows that come of these, the id first; `id` counts from 1 by itself.
  std::vector<Row> run(const std::vector<Row>& rows, copy::OnRowError on_error = {});
  const catalog::TableMapping& mapping() const { return mapping_.tables.at(0); }
  const catalog::Mapping& whole_mapping() const { return mapping_; }
  const copy::TransformCounts& counts() const { return counts_; }
  workflow::TableTransform& transform() { return *transforms_->find(0, mapping()); }

 private:
  arrow::Array make_batch(const std::vector<Row>& rows) const;

  catalog::Mapping mapping_;
  std::unique_ptr<workflow::Transforms> transforms_;
  copy::TransformCounts counts_;
};

/// The only value that a function makes of one column `v`: `function` is Lua, `from` and `to` its types.
std::string made(const std::string& from, const std::string& to, const std::optional<std::string>& value,
                 const std::string& function);

/// What went wrong when those were run; fails the test where nothing did.
Error fault_of(TransformedTable& table, const std::vector<Row>& rows);

}  // namespace sluice::script
