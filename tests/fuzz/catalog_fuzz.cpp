#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "catalog/catalog.hpp"
#include "catalog/ddl.hpp"
#include "catalog/mapping.hpp"
#include "scratch_file.hpp"

/// What plugins and state files hand to the engine as JSON, as any bytes. What must hold: a text is refused with a
/// message, or becomes a value that is written and read again as itself.

namespace {

using namespace sluice;

template <typename Read, typename Write>
void check(const std::string& text, Read read, Write write) {
  std::string written;
  try {
    written = write(read(text));
  } catch (const Error& error) {
    fuzz::require(!error.message().empty(), "a refusal says why");
    return;
  }
  fuzz::require(write(read(written)) == written, "what was written reads back as itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(text, catalog::catalog_from_json, catalog::catalog_to_json);
  check(text, catalog::ddl_from_json, catalog::ddl_to_json);
  check(text, catalog::mapping_from_json, catalog::mapping_to_json);
  return 0;
}
