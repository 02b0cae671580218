#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <type_traits>

#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

/// The ledger's home: tables _sluice_fence, _sluice_ledger and _sluice_objects in the same file, so that they commit
/// with the data.

/// A writing transaction outside of any guard; rolls back unless committed.
class WriteTransaction {
 public:
  /// Takes the file's write lock at once. Throws Error(unavailable) where another connection keeps it too long.
  WriteTransaction(Session& session, const char* doing);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;

  void commit();

 private:
  Session& session_;
  bool is_open_ = true;
};

bool has_home(Session& session);
/// Inside a transaction; does nothing where it is there already.
void make_home(Session& session);
void drop_home(Session& session);

/// Milliseconds since 1970 by the clock of SQLite's process, as an SQL expression: leases are compared in the file.
extern const char* const kNowMs;

/// Runs one statement with texts and integers bound in order, for the home's small writes. Answers the rows changed.
template <typename... Values>
int64_t change(Session& session, const std::string& sql, const char* doing, const Values&... values) {
  Statement statement(session, sql, doing);
  int index = 0;
  [[maybe_unused]] const auto bind = [&](const auto& value) {
    ++index;
    if constexpr (std::is_integral_v<std::decay_t<decltype(value)>>) {
      statement.bind(index, static_cast<int64_t>(value));
    } else {
      statement.bind_text(index, value);
    }
  };
  (bind(values), ...);
  statement.step();
  return sqlite3_changes64(session.handle());
}

/// Throws Error(conflict) with sqlstate SL001 where the fence is not (run, epoch)'s.
void require_fence(Session& session, const sdk::Fence& fence);

}  // namespace sluice::sqlite
