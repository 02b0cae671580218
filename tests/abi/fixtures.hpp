#pragma once

#include <memory>
#include <string>

#include "store/manifest_file.hpp"
#include "store/plugin.hpp"

/// The manifest of one of the plugins that this folder builds.
inline sluice::store::Manifest fixture_manifest(const std::string& folder, const std::string& plugin = "numbers") {
  return sluice::store::read_manifest(std::string(SLUICE_BUILD_DIR) + "/fixtures/" + folder + "/" + plugin + ".json");
}

inline std::shared_ptr<const sluice::store::Plugin> load_fixture(const std::string& folder,
                                                                 const std::string& plugin = "numbers") {
  return sluice::store::Plugin::load(fixture_manifest(folder, plugin));
}
