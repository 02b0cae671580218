#pragma once

#include <string>

namespace sluice::mysql {

/// What a statement begins with, in capitals.
struct SqlWords {
  std::string first, second;
};

/// Comments are passed over, but not what the server runs of them: /*!40000 ALTER TABLE ... */. What stands behind an @ is no word.
SqlWords words_of(const std::string& sql);

}  // namespace sluice::mysql
