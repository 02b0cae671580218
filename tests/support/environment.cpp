#include "support/environment.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/file.hpp"
#include "disposable/private_directory.hpp"

namespace sluice::test {

namespace fs = std::filesystem;

std::string source_directory() { return SLUICE_SOURCE_DIR; }

std::string build_directory() { return SLUICE_BUILD_DIR; }

std::string shared_data_directory() {
  const char* given = std::getenv("SLUICE_DATA");
  const fs::path folder = given != nullptr ? fs::path(given) : fs::path(SLUICE_SOURCE_DIR) / "../shared/data";
  std::error_code missing;
  return fs::is_directory(folder, missing) ? fs::canonical(folder).string() : std::string();
}

TempDirectory::TempDirectory() : path_(disposable::default_parent() + "/sluice-test-XXXXXX") {
  if (::mkdtemp(path_.data()) == nullptr || ::chmod(path_.c_str(), 0755) != 0) {
    throw std::runtime_error(path_ + ": can't be made");
  }
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string read_text(const std::string& path) { return read_file(path); }

void write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  if (!file.flush()) throw std::runtime_error(path + ": can't be written");
}

void run_sqlite(const std::string& path, const std::string& statements) {
  SQLite::Database database(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.setBusyTimeout(5000);
  SQLite::Transaction transaction(database);
  database.exec(statements);
  transaction.commit();
}

}  // namespace sluice::test
