#pragma once

#include <mutex>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// A value that is passed on but never shown: only reveal() gives it away, streaming it does not compile.
class Secret {
 public:
  Secret(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}
  /// What it is called (an environment variable's name), for people.
  const std::string& name() const { return name_; }
  const std::string& reveal() const { return value_; }

 private:
  std::string name_;
  std::string value_;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

/// Takes secret values out of texts that people and logs will see. Any thread may use it.
class Redactor {
 public:
  /// From now on `value`, as it is and percent-encoded as in a URL, is replaced. Empty values are ignored.
  void add(const std::string& value);
  /// `text` with "***" in place of every secret value.
  std::string redact(std::string text) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> values_;  // longest first, so that no rest of a longer one stays visible
};

}  // namespace sluice
