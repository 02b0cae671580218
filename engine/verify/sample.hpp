#pragma once

#include <cstdint>

#include "verify/diff.hpp"

/// Proof against the reader's own errors: random rows of the source are read again by another path (the store's query
/// instead of its reader), brought to the comparison types again, and compared with the target's rows of the same keys.
namespace sluice::verify {

/// Compares up to `wanted` random source rows and answers how many were compared. What differs is counted and kept in
/// `difference`, whose verdict becomes MISMATCH; a key that the source doesn't find again makes it INCOMPLETE. A note
/// says what was sampled and what that bounds. 0, with a note, where the table has no key or a store has no query.
int64_t check_sample(store::Session& source, store::Session& target, const catalog::TableMapping& table, int64_t wanted,
                     TableDifference& difference, const CheckCancelled& check, const CopiedBy& copied = {});

/// The rate of differing rows that none among `sampled` random ones leaves possible at this confidence: 1 - (1 - c)^(1
/// / n).
double largest_unseen_rate(int64_t sampled, double confidence);

}  // namespace sluice::verify
