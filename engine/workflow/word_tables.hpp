#pragma once

#include <vector>

#include "workflow/words.hpp"

/// The parts that words() is put together from; use words.hpp.
namespace sluice::workflow {

std::vector<Word> builtin_words();
std::vector<Word> node_words();
std::vector<Word> action_words();

}  // namespace sluice::workflow
