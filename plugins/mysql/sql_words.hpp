#pragma once

#include <string>

namespace sluice::mysql {

/// What a statement begins with, in capitals.
struct SqlWords {
  std::string first, second;
};

/// Comments are passed over, but not what the server runs of them: /*!40000 ALTER TABLE ... */. What stands behind an @
/// is no word.
SqlWords words_of(const std::string& sql);

/// It commits whatever is open before it does anything.
bool commits_by_itself(const SqlWords& words);
/// It may do so somewhere inside.
bool may_commit(const SqlWords& words);
bool ends_the_transaction(const SqlWords& words);

}  // namespace sluice::mysql
