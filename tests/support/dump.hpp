#pragma once

#include <string>

namespace sluice::test {

/// A store's whole content as text that is equal exactly when the content is: tables with columns, keys, indexes,
/// foreign keys, sequences, then the rows of each table in a canonical order, so that keyless tables compare as
/// multisets. Tables of more than 1,000 rows appear as their count and a digest. The engine's own objects are left out.
std::string dump_sqlite(const std::string& path);
std::string dump_postgres(const std::string& url, const std::string& schema);

}  // namespace sluice::test
