#pragma once

#include <exception>

#include "session.hpp"

namespace sluice::postgres {

/// Keeps a session busy while something is read from its data connection, and a snapshot's transaction alive when that
/// fails or is given up: what is read runs in a savepoint then.
class StreamScope {
 public:
  explicit StreamScope(Session& session) : session_(session) {}
  StreamScope(const StreamScope&) = delete;
  StreamScope& operator=(const StreamScope&) = delete;
  ~StreamScope() { give_up(); }

  bool is_open() const { return is_open_; }

  void open() {
    Connection& connection = session_.data();
    if (session_.has_snapshot) connection.run_script("SAVEPOINT sluice_read");
    session_.is_streaming = true;
    is_open_ = true;
  }

  /// After everything was read.
  void finish() {
    is_open_ = false;
    session_.is_streaming = false;
    if (session_.has_snapshot) session_.raw_data().run_script("RELEASE SAVEPOINT sluice_read");
  }

  /// Ends what the server may still be sending.
  void give_up() noexcept {
    if (!is_open_) return;
    is_open_ = false;
    session_.is_streaming = false;
    Connection& connection = session_.raw_data();
    if (connection.is_alive() && connection.transaction() == PQTRANS_ACTIVE) {
      // A cancelled statement would take a guard's transaction with it.
      session_.guard ? connection.drain() : connection.give_up();
    }
    if (!session_.has_snapshot || !connection.is_alive()) return;
    try {
      connection.run_script("ROLLBACK TO SAVEPOINT sluice_read; RELEASE SAVEPOINT sluice_read");
    } catch (const std::exception&) {
      connection.close();  // the snapshot is lost, and the next call says so
    }
  }

 private:
  Session& session_;
  bool is_open_ = false;
};

}  // namespace sluice::postgres
