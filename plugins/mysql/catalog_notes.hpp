#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "evidence.hpp"
#include "native.hpp"

/// What other stores have no counterpart for, named so that a plan can say it.
namespace sluice::mysql {

void note_table(const NativeTable& table, nlohmann::json& notes);
/// `seen` may be nullptr: nothing was scanned.
void note_column(const NativeTable& table, const NativeColumn& column, const Seen* seen, const ZeroDates& zero_dates,
                 nlohmann::json& notes);

/// Rows [first, end) of the index query are one index. False: it is left out, and said so.
bool note_index(const NativeTable& table, const Rows& rows, size_t first, size_t end, nlohmann::json& notes);

/// Views but those that are copied, triggers, procedures, functions, events.
void note_other_objects(Connection& connection, const std::string& schema, const std::vector<std::string>& copied_views,
                        nlohmann::json& notes);

}  // namespace sluice::mysql
