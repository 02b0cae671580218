#pragma once

#include <string>
#include <string_view>

namespace sluice::sqlite {

/// A name as SQL, in double quotes. The only way a name gets into a statement.
std::string quote_name(std::string_view name);

/// A text as an SQL literal, in single quotes: for DDL, which takes no parameters. Throws Error(data) on a NUL byte.
std::string quote_text(std::string_view text);

/// Equal but for ASCII case, as SQLite compares names.
bool same_name(std::string_view a, std::string_view b);

/// ASCII letters in lower case.
std::string lower(std::string_view text);

/// Tables whose names begin so are the ledger's.
inline constexpr std::string_view kLedgerPrefix = "_sluice_";
bool is_ledger_name(std::string_view name);

}  // namespace sluice::sqlite
