#pragma once

#include <string>

#include "session.hpp"

/// The ledger's home in a target: schema `sluice` with the tables fence, lease, writers, ledger and objects. Hidden
/// from the catalog, never touched by undo.
namespace sluice::postgres {

inline constexpr const char* kHomeSchema = "sluice";

/// Whether the home is there.
bool has_home(Session& session);

/// Makes it where it is missing; many may try at once.
void create_home(Session& session);

/// Runs `ask` and answers `otherwise` where the home is missing or is being removed meanwhile.
Rows ask_home(Session& session, const std::string& sql, const Values& params, const std::string& where);

/// The random uuid that names this target, "" without a home.
std::string read_pin(Session& session);

/// Removes the run's rows from the ledger, and the whole home where no other run has any. Throws Error(conflict) with
/// sqlstate SL001 where the fence is not (run, epoch)'s any more.
void retire_run(Session& session, const sdk::Fence& fence, const std::string& run);

}  // namespace sluice::postgres
