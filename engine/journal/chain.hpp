#pragma once

#include <string>

#include "journal/journal.hpp"

namespace sluice::journal {

/// The hash of an event whose other fields are filled: sha256 (64 hex digits) over the hash before it ("" for the
/// first), seq, time_us, generation, then kind, node, task and data, each led by its length so that nothing is
/// ambiguous.
std::string chain_hash(const std::string& previous_hash, const Event& event);

}  // namespace sluice::journal
