#pragma once

#include <optional>
#include <string>

#include "abi/plugin_sdk.hpp"
#include "connection.hpp"
#include "options.hpp"

namespace sluice::mysql {

/// Where a session stands with the one snapshot that it may take part in.
enum class SnapshotPart {
  none = 1,
  holding,   ///< exported: our lock keeps writers out until all readers have joined
  reading,   ///< joined: a consistent read transaction is open
  released,  ///< exported and confirmed: nobody may join any more
};

/// The guard that a session has open.
struct OpenGuard {
  sdk::WorkKey key;
  sdk::Fence fence;
  bool is_begun_before = false;  ///< a guard of this key was cut off behind a statement that commits by itself
  bool has_savepoint = false;    ///< one that is gone once a statement has ended the transaction from within
};

/// What one sluice_session holds. The parts (catalog.hpp, read.hpp, ...) are functions over it.
class Session {
 public:
  /// Connects. Throws Error(unavailable, permission, not_found).
  explicit Session(const StoreOptions& options) : options_(options), data_(options) { data_.open(); }

  const StoreOptions& options() const { return options_; }
  /// The connection. Reconnects where it died and no guard or snapshot was on it; throws Error(unavailable) where one was,
  /// Error(invalid_argument) while a stream is being read from it.
  Connection& data();
  /// The connection as it is, for cleaning up.
  Connection& raw_data() { return data_; }
  /// `schema`, or the url's database where it is "".
  std::string schema_or_default(const std::string& schema) const;

  std::optional<OpenGuard> guard;
  /// The epoch as whose writer the connection is registered.
  int64_t registered_epoch = 0;
  unsigned long registered_connection = 0;
  SnapshotPart snapshot = SnapshotPart::none;
  std::string snapshot_token;
  bool is_streaming = false;
  /// Why the last stream failed.
  sdk::StreamErrorSlot stream_error;

 private:
  const StoreOptions& options_;
  Connection data_;
};

}  // namespace sluice::mysql
