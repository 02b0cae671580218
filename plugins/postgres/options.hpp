#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "abi/plugin_abi.h"

namespace sluice::postgres {

/// A store as configured: where the server is and how every connection to it is set up. Immutable after open. Holds the
/// password: no part of it but `name()` is for messages.
class StoreOptions {
 public:
  /// Reads the manifest's options (url, schema, connect_timeout, infinite). No network. Throws Error(invalid_argument) naming the
  /// option that is unknown, missing or malformed; a url is never repeated in a message.
  StoreOptions(const sluice_option* options, int64_t count);

  /// The schema where a name without one is looked for and created.
  const std::string& schema() const { return schema_; }
  /// libpq's keywords and values.
  const std::vector<std::pair<std::string, std::string>>& keywords() const { return keywords_; }
  /// The same as one connection string.
  std::string conninfo() const;
  /// Seconds.
  int connect_timeout() const { return connect_timeout_; }
  /// Infinite dates and timestamps are read as such instead of refused.
  bool keeps_infinite() const { return keeps_infinite_; }
  /// "host:port/database" as configured, for messages.
  std::string name() const;
  /// What every connection runs first: fixes zone, formats, search path and timeouts.
  std::string setup_sql() const;

 private:
  void read_timeout(const std::string& text);
  void read_infinite(const std::string& text);
  void read_url(const std::string& url);
  void fill_defaults();
  std::string keyword(const std::string& name) const;
  void set_default(const std::string& name, const std::string& value);

  std::string schema_ = "public";
  int connect_timeout_ = 10;
  bool keeps_infinite_ = false;
  std::vector<std::pair<std::string, std::string>> keywords_;
};

}  // namespace sluice::postgres
