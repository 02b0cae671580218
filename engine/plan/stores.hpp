#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/secret.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"
#include "workflow/workflow.hpp"

namespace sluice::plan {

/// Looks a secret up by name; nullopt where it isn't set.
using FindSecret = std::function<std::optional<std::string>(const std::string& name)>;
/// The environment's variables.
FindSecret secrets_from_environment();

/// A store with its options resolved and its plugin loaded. Not connected.
struct BoundStore {
  const workflow::StoreSpec* spec = nullptr;
  std::shared_ptr<const store::Store> store;
  std::string url;     ///< without password
  std::string schema;  ///< "" where the store has none
  bool read_only = false;
  bool disposable = false;
};

/// The workflow's stores by name. Immutable after bind; sessions may be opened from any thread.
class Stores {
 public:
  /// `urls` replaces the url of stores (disposable ones). Secret values go to `redactor`. Throws Error with the store's place
  /// for a missing plugin, an unknown option, a secret that is not set.
  Stores(const workflow::Workflow& workflow, const store::PluginSearch& search, const FindSecret& find_secret,
         const std::map<std::string, std::string>& urls, Redactor& redactor);

  const BoundStore& at(const std::string& name) const;
  const std::map<std::string, BoundStore>& all() const { return stores_; }

 private:
  std::map<std::string, BoundStore> stores_;
};

}  // namespace sluice::plan
