#pragma once

#include <string>

#include "arrow/builder.hpp"
#include "arrow/view.hpp"
#include "copy/convert_cast.hpp"

namespace sluice::verify {

/// Whether a query's texts of a column are dates or timestamps that the store delivers as such when it is read.
bool are_stored_times(const arrow::Type& found, const arrow::Type& carrier);

/// Makes them what reading delivers: also the infinite ones (arrow/infinite.hpp), which a text that is cast must not be. Throws Error(data)
/// with table, key and column.
void append_stored_times(const copy::RowPlace& place, const std::string& name, const arrow::ColumnView& in, arrow::ColumnBuilder& out);

}  // namespace sluice::verify
