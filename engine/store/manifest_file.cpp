#include "store/manifest_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"
#include "catalog/json_reader.hpp"

namespace sluice::store {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(Code::invalid_argument, "manifest: " + what); }

bool is_digest(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void check(const Manifest& manifest) {
  if (manifest.file.find('/') != std::string::npos) {
    refuse("file '" + manifest.file + "': expected a file name, the library lies beside the manifest");
  }
  if (!is_digest(manifest.sha256)) refuse("sha256 '" + manifest.sha256 + "': expected 64 hex digits");
  if (manifest.roles.empty()) refuse("roles: expected \"source\", \"target\" or both, found none");
  for (const std::string& role : manifest.roles) {
    if (role != "source" && role != "target")
      refuse("roles: expected \"source\" or \"target\", found \"" + role + "\"");
  }
  if (manifest.schemes.empty()) refuse("schemes: expected the URL schemes that the plugin serves, found none");
}

}  // namespace

Manifest read_manifest(const std::string& path) {
  const nlohmann::json whole = catalog::parse_json(read_file(path), "manifest");
  const catalog::JsonReader object(whole, "manifest");
  Manifest manifest;
  manifest.name = object.required_text("name");
  manifest.version = object.text("version");
  manifest.file = object.required_text("file");
  manifest.sha256 = object.required_text("sha256");
  manifest.roles = object.texts("roles");
  manifest.schemes = object.texts("schemes");
  manifest.language = object.text("language");
  manifest.types = object.texts("types");
  object.each("options", [&](const catalog::JsonReader& option) {
    manifest.options.push_back({option.required_text("name"), option.text("help"), option.flag("required")});
  });
  manifest.path = path;
  check(manifest);
  return manifest;
}

}  // namespace sluice::store
