#include "trial.hpp"

#include <SQLiteCpp/Exception.h>

#include "base/error.hpp"

namespace sluice::sqlite {

std::string Trial::refusal_of(const std::string& sql) {
  database_.exec("SAVEPOINT trial");
  std::string refusal;
  try {
    database_.exec(sql);
  } catch (const SQLite::Exception& exception) {
    refusal = exception.what();
  }
  database_.exec("ROLLBACK TO trial; RELEASE trial");
  return refusal;
}

void Trial::keep(const std::string& sql) {
  try {
    database_.exec(sql);
  } catch (const SQLite::Exception& exception) {
    throw Error(Code::internal,
                std::string("ddl: SQLite refuses what was made for it: ") + exception.what() + ": " + sql);
  }
}

}  // namespace sluice::sqlite
