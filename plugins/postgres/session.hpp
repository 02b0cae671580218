#pragma once

#include <optional>
#include <string>

#include "abi/plugin_abi.h"
#include "abi/plugin_sdk.hpp"
#include "base/error.hpp"
#include "connection.hpp"
#include "control.hpp"
#include "options.hpp"

namespace sluice::postgres {

/// The guard that a session has open.
struct OpenGuard {
  sdk::WorkKey key;
  int64_t epoch = 0;
};

/// What one sluice_session holds. The parts (catalog.hpp, guard.hpp, copy_in.hpp, ...) are functions over it.
class Session {
 public:
  /// Connects. Throws Error(unavailable, permission, not_found).
  Session(const StoreOptions& options, const sluice_host* host);

  const StoreOptions& options() const { return options_; }
  /// The connection of guards, snapshots, queries and COPY. Reconnects where it died and no guard or snapshot was on
  /// it; throws Error(unavailable) where one was, Error(invalid_argument) while a stream is being read from it.
  Connection& data();
  Control& control() { return control_; }
  /// The data connection as it is, for cleaning up.
  Connection& raw_data() { return data_; }

  /// `schema`, or the store's default where it is "".
  std::string schema_or_default(const std::string& schema) const;

  std::optional<OpenGuard> guard;
  /// A snapshot transaction is open on data(); it stays to the end of the session.
  bool has_snapshot = false;
  std::string snapshot_token;
  /// A stream reads from data().
  bool is_streaming = false;
  /// The epoch as whose writer the backend of data() is registered, and that connection's incarnation.
  int64_t registered_epoch = 0;
  int64_t registered_incarnation = 0;
  /// Why the last stream failed.
  sdk::StreamErrorSlot stream_error;

  void cancel() noexcept;
  void forget_cancel();

 private:
  const StoreOptions& options_;
  Connection data_;
  Control control_;
};

}  // namespace sluice::postgres
