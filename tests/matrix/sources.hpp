#pragma once

#include <memory>
#include <string>
#include <vector>

#include "matrix/cases.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"
#include "support/environment.hpp"
#include "support/mysql_server.hpp"
#include "support/test_database.hpp"

namespace sluice::test::matrix {

/// The built plugin of a store.
std::shared_ptr<const store::Plugin> plugin(const std::string& name);

/// A database, or a folder of files, of a test's own. Empty at first.
class Place {
 public:
  explicit Place(const std::string& kind);

  const std::string& kind() const { return kind_; }
  /// What a store is opened with.
  store::Options options() const;
  /// Of a server.
  const std::string& url() const { return url_; }
  /// Of a file or folder.
  std::string path(const std::string& name) const { return directory_ / name; }

 private:
  std::string kind_;
  TempDirectory directory_;
  std::unique_ptr<TestDatabase> postgres_;
  std::unique_ptr<MySqlDatabase> mysql_;
  std::string url_;
};

/// Makes the tables of all cases that `place` can hold, in its own language and past Sluice: columns id (1, 2, ...) and v.
void fill(const Place& place, const std::vector<Case>& cases);

}  // namespace sluice::test::matrix
