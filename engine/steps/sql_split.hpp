#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Scripts cut into their statements: just enough of each store's lexer to know where one ends.
namespace sluice::steps {

enum class SqlDialect { postgres = 1, mysql, sqlite };

/// By what the store's plugin is called.
SqlDialect dialect_of_plugin(const std::string& plugin);

struct SqlStatement {
  std::string text;   ///< without what ends it
  int line = 0;       ///< of its first word, from 1
  std::string words;  ///< its first words, at most four, in capitals: "CREATE UNIQUE INDEX ORDERS", "SET @ID 1"
};

/// The statements of a script in their order. Quotes, comments, dollar quotes, bodies of triggers and functions stay whole; MySQL's
/// client command DELIMITER is understood. Throws Error(invalid_argument) that begins with "NAME:LINE" for a quote or a comment that
/// does not end, for commands of a client (\c, .read), for COPY ... FROM stdin, and for statements that begin or end a transaction.
std::vector<SqlStatement> split_sql(const std::string& script, SqlDialect dialect, const std::string& name);

/// MySQL: the statement commits whatever is open before it does anything, or may do so from within.
bool commits_by_itself(const SqlStatement& statement);

/// One line of at most `most` bytes, for people.
std::string shorten_sql(const std::string& text, size_t most = 60);

}  // namespace sluice::steps
