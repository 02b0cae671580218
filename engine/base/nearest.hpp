#pragma once

#include <string>
#include <vector>

namespace sluice {

/// The known word that `word` was probably meant to be, regardless of case; "" when nothing is close (more than a third
/// of its letters would have to change). Of equally near ones the first.
std::string nearest(const std::string& word, const std::vector<std::string>& known);

/// "did you mean PHASE?" for a hint, or "" when nothing is close.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& known);

}  // namespace sluice
