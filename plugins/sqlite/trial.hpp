#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

namespace sluice::sqlite {

/// A database in memory on which statements are tried out, so that what SQLite doesn't take is known before anything
/// runs.
class Trial {
 public:
  Trial() : database_(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {}

  /// Why SQLite refuses the statements, or "". Nothing of them stays.
  std::string refusal_of(const std::string& sql);
  /// Runs them for good. Throws Error(internal) with the statement where SQLite refuses it: then our DDL is wrong.
  void keep(const std::string& sql);

 private:
  SQLite::Database database_;
};

}  // namespace sluice::sqlite
