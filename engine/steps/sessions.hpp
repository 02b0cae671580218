#pragma once

#include <map>
#include <memory>
#include <string>

#include "plan/stores.hpp"
#include "store/session.hpp"

namespace sluice::steps {

/// A worker's own sessions, one per store, opened when first asked for. Belongs to that worker's thread.
class Sessions {
 public:
  explicit Sessions(const plan::Stores& stores) : stores_(stores) {}

  store::Session& of(const std::string& store);
  /// Closes what is open, so that the next use connects anew: after an error the state of a connection is not to be trusted.
  void close_all() { sessions_.clear(); }

 private:
  const plan::Stores& stores_;
  std::map<std::string, std::unique_ptr<store::Session>> sessions_;
};

}  // namespace sluice::steps
