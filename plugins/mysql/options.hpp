#pragma once

#include <cstdint>
#include <string>

#include "abi/plugin_abi.h"
#include "zero_dates.hpp"

namespace sluice::mysql {

/// How the connection is encrypted.
enum class Tls { verify = 1, require, off };

/// A store as configured. Immutable after open. Holds the password: no part of it but name() is for messages.
class StoreOptions {
 public:
  /// Reads the manifest's options. No network. Throws Error(invalid_argument) naming the option; a url is never repeated in a
  /// message.
  StoreOptions(const sluice_option* options, int64_t count);

  const std::string& host() const { return host_; }
  unsigned port() const { return port_; }
  const std::string& socket() const { return socket_; }
  const std::string& user() const { return user_; }
  const std::string& password() const { return password_; }
  const std::string& database() const { return database_; }
  Tls tls() const { return tls_; }
  const std::string& tls_ca() const { return tls_ca_; }
  /// Seconds.
  unsigned connect_timeout() const { return connect_timeout_; }
  const ZeroDates& zero_dates() const { return zero_dates_; }
  /// "host:port/database", for messages.
  std::string name() const;

 private:
  void read_url(const std::string& url);
  void read_authority(const std::string& authority);
  void read_query(const std::string& query);
  void read_setting(const std::string& name, const std::string& value);

  std::string host_ = "127.0.0.1";
  unsigned port_ = 3306;
  std::string socket_;
  std::string user_;
  std::string password_;
  std::string database_;
  Tls tls_ = Tls::off;
  bool has_tls_ = false;
  std::string tls_ca_;
  unsigned connect_timeout_ = 10;
  ZeroDates zero_dates_;
};

}  // namespace sluice::mysql
