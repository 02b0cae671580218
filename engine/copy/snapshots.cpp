#include "copy/snapshots.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace sluice::copy {
namespace {

/// A writer that commits between two joins is rare; one that does so this often never stops.
constexpr int kAttempts = 50;

}  // namespace

Snapshot::Snapshot(const store::Store& store, const store::LookFilter& filter, size_t readers) : store_(store) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (try_open(filter, readers)) return;
  }
  throw Error(Code::conflict, "\"" + store.name() + "\" is being written too fast to take one snapshot for all readers",
              "stop its writers for a moment, or use workers = 1");
}

bool Snapshot::try_open(const store::LookFilter& filter, size_t readers) {
  readers_.clear();
  coordinator_ = store_.open_session();
  if (!coordinator_->capabilities().has(SLUICE_CAN_SNAPSHOT)) {
    throw Error(Code::unsupported, "\"" + store_.name() + "\" has no snapshots", "copy it while nothing writes to it");
  }
  state_ = coordinator_->source_state(filter);
  token_ = coordinator_->snapshot_export();
  for (size_t i = 0; i < readers; ++i) {
    readers_.push_back(store_.open_session());
    readers_.back()->snapshot_join(token_);
  }
  return coordinator_->snapshot_confirm(token_) && state_ == store_.open_session()->source_state(filter);
}

store::Session& Snapshot::reader(size_t worker) {
  std::lock_guard lock(mutex_);
  return *readers_.at(worker);
}

void Snapshot::reopen(size_t worker) {
  std::lock_guard lock(mutex_);
  readers_.at(worker).reset();
  auto session = store_.open_session();
  session->snapshot_join(token_);
  if (!coordinator_->snapshot_confirm(token_)) {
    throw Error(Code::conflict, "the snapshot of \"" + store_.name() + "\" is lost: it was written to in the meantime");
  }
  readers_[worker] = std::move(session);
}

std::vector<std::string> state_changes(const std::string& before, const std::string& now) {
  using nlohmann::json;
  json was = json::parse(before);
  json is = json::parse(now);
  std::vector<std::string> changes;
  for (const auto& [key, value] : is.items()) {
    json old = was.value(key, json());
    if (old != value) changes.push_back(key + ": " + (value.is_string() ? value.get<std::string>() : value.dump()) + ", was " +
                                        (old.is_string() ? old.get<std::string>() : old.is_null() ? "not there" : old.dump()));
  }
  for (const auto& [key, value] : was.items()) {
    if (!is.contains(key)) changes.push_back(key + ": gone");
  }
  return changes;
}

}  // namespace sluice::copy
