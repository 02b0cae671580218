#pragma once

#include <string>
#include <string_view>

namespace sluice::fuzz {

/// Stops the process, which libFuzzer reports as a crash, where `holds` is false.
void require(bool holds, const char* what);

/// Writes `text` into a file of this process in TMPDIR, always the same one, and answers its path.
std::string scratch_file(std::string_view text, const std::string& extension);

}  // namespace sluice::fuzz
