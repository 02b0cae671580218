#pragma once

#include <optional>
#include <string>

#include "disposable/private_directory.hpp"

namespace sluice::disposable {

/// A throw-away SQLite file in a private, marked directory. The file doesn't exist until someone writes it. Ends like
/// PostgresServer: removed by the destructor unless kept or owned by a run.
class SqliteFile {
 public:
  static SqliteFile create(const std::string& parent = {}, std::optional<RunOwner> run = std::nullopt);
  static SqliteFile attach(const std::string& directory);

  SqliteFile(SqliteFile&&) noexcept = default;
  SqliteFile& operator=(SqliteFile&&) noexcept = delete;
  ~SqliteFile();

  /// sqlite:PATH
  std::string url() const { return "sqlite:" + path(); }
  std::string path() const { return directory_.path() + "/disposable.sqlite"; }
  const std::string& directory() const { return directory_.path(); }

  void own_by(RunOwner run);
  void set_keep(bool keep);
  void remove() { directory_.remove(); }

 private:
  explicit SqliteFile(PrivateDirectory directory);

  PrivateDirectory directory_;
};

}  // namespace sluice::disposable
