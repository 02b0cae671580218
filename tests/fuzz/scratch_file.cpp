#include "scratch_file.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace sluice::fuzz {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

std::string scratch_file(std::string_view text, const std::string& extension) {
  const char* directory = std::getenv("TMPDIR");
  const std::string path = (directory == nullptr ? std::string("/tmp") : std::string(directory)) + "/fuzz_" +
                           std::to_string(::getpid()) + extension;
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
  return path;
}

}  // namespace sluice::fuzz
