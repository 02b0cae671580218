#include "store/plugin.hpp"

#include "store/library.hpp"

namespace sluice::store {

std::shared_ptr<const Plugin> Plugin::load(const Manifest& manifest) {
  auto plugin = std::make_shared<Plugin>();
  plugin->manifest_ = manifest;
  plugin->table_ = check_table(*open_library(manifest), manifest);
  return plugin;
}

}  // namespace sluice::store
