#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/process.hpp"

namespace sluice::disposable {

/// The run that a disposable belongs to.
struct RunOwner {
  std::string state;  ///< the state directory or URL that holds the run's journal
  std::string run;    ///< the run's id
};

/// What the mark file in a disposable's directory says: whose it is, and how to end it. Written with one rename, so a
/// reader sees a whole one.
struct Mark {
  std::string kind;                       ///< "postgres" or "sqlite"
  std::string created;                    ///< UTC, ISO 8601
  ProcessIdentity owner;                  ///< the engine process that holds it
  std::optional<RunOwner> run;            ///< a resumable run that owns it beyond its process
  bool keep = false;                      ///< never removed by a sweep
  std::optional<ProcessIdentity> server;  ///< the server process, where the kind has one
  int port = 0;                           ///< of TCP and in the unix socket's name
  bool tcp = true;                        ///< the server listens on 127.0.0.1
  bool durable = false;                   ///< the server syncs its files
  bool ready = false;                     ///< completely made once
};

inline constexpr const char* kMarkFile = "sluice-disposable.json";

/// Throws Error(unavailable) where it can't be written (full disk).
void write_mark(const std::string& directory, const Mark& mark);
/// Nothing where the directory has no mark; throws Error(data) where the mark isn't one.
std::optional<Mark> read_mark(const std::string& directory);

void to_json(nlohmann::json& json, const Mark& mark);
void from_json(const nlohmann::json& json, Mark& mark);

}  // namespace sluice::disposable
