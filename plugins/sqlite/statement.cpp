#include "statement.hpp"

#include <utility>

#include "failure.hpp"
#include "session.hpp"

namespace sluice::sqlite {

Statement::Statement(Session& session, std::string_view sql, std::string doing, std::string_view* tail)
    : session_(session), doing_(std::move(doing)) {
  const char* rest = nullptr;
  const int size = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(session.handle(), sql.data(), size, 0, &statement_, &rest) != SQLITE_OK) fail();
  if (tail != nullptr) *tail = sql.substr(static_cast<size_t>(rest - sql.data()));
}

Statement::Statement(Statement&& other) noexcept
    : session_(other.session_), statement_(std::exchange(other.statement_, nullptr)), doing_(std::move(other.doing_)) {}

bool Statement::step() {
  session_.check_cancelled();
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail();
}

void Statement::fail() {
  session_.check_cancelled();
  throw failure(session_.handle(), doing_);
}

}  // namespace sluice::sqlite
