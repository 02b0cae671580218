#pragma once

#include <string>

namespace sluice::test {

/// The source tree and the build tree the test was made from.
std::string source_directory();
std::string build_directory();

/// The folder of the shared data sets: $SLUICE_DATA, else ../shared/data beside the source tree. Empty where there is
/// none.
std::string shared_data_directory();

/// A fresh directory under $TMPDIR that ends with this object. Others may enter it: servers run as another user.
class TempDirectory {
 public:
  TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  ~TempDirectory();

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// The whole file; fails the test where it can't be read.
std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

/// Makes (or opens) a SQLite file and runs the statements in one transaction.
void run_sqlite(const std::string& path, const std::string& statements);

}  // namespace sluice::test

/// Skips the test, and says so, where the shared data set NAME ("chinook/chinook.sqlite") is not there.
#define SLUICE_REQUIRE_DATA(NAME)                    \
  if (sluice::test::shared_data_directory().empty()) \
  GTEST_SKIP() << "no shared data: set SLUICE_DATA to the folder with " << (NAME)
