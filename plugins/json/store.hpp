#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "files.hpp"
#include "scan.hpp"
#include "settings.hpp"

namespace sluice::json {

/// What all sessions of a store share. Settings never change; what was learned of files is kept until they change. From
/// any thread.
class Store {
 public:
  explicit Store(Settings settings) : settings_(std::move(settings)) {}

  const Settings& settings() const { return settings_; }
  /// The scan of exactly these files and tables: made by who asks first, while others wait.
  std::shared_ptr<const Scan> scan(const std::vector<SourceFile>& files, const std::vector<WrittenTable>& written,
                                   const CheckCancelled& check);
  /// Of a file's bytes, in hex.
  std::string content_hash(const SourceFile& file, const CheckCancelled& check);

 private:
  const Settings settings_;
  std::mutex scanning_;
  std::shared_ptr<const Scan> scan_;
  std::mutex hashing_;
  std::map<std::string, std::pair<FileState, std::string>> hashes_;
};

}  // namespace sluice::json
