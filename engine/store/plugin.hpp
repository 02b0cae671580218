#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "abi/plugin_abi.h"

namespace sluice::store {

struct ManifestOption {
  std::string name;
  std::string help;
  bool required = false;
};

/// What a plugin's manifest says; read without opening the library.
struct Manifest {
  std::string name;
  std::string version;
  std::string file;                  ///< library file name, beside the manifest
  std::string sha256;                ///< of the library
  std::vector<std::string> roles;    ///< "source", "target"
  std::vector<std::string> schemes;  ///< URL schemes: "sqlite", "postgresql"
  std::string language;              ///< of its queries: "sql", "mysql" (names in backticks, ? for parameters), or empty
  std::vector<ManifestOption> options;
  std::vector<std::string> types;    ///< the store's own names of column types, one for each that is held differently; may be empty
  std::string path;  ///< where the manifest was found
};

/// A loaded plugin: its library is opened RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE and never closed. `table` is our copy
/// of min(struct_size, sizeof) bytes of the plugin's table, the rest zero. Immutable, shared by its stores.
class Plugin {
 public:
  /// Checks owner, mode, parents, symlinks and sha256 on the open file descriptor before dlopen, then version, roles
  /// and functions. Throws Error naming what is wrong (wrong ABI version, missing function, digest).
  static std::shared_ptr<const Plugin> load(const Manifest& manifest);

  const Manifest& manifest() const { return manifest_; }
  const sluice_plugin& table() const { return table_; }

 private:
  Manifest manifest_;
  sluice_plugin table_{};
};

/// Finds plugins: explicit directories, SLUICE_PLUGIN_PATH, the user's directory, the install directory, and the one
/// beside the running binary. Earlier ones win.
class PluginSearch {
 public:
  /// `directories` are those of --plugin-dir.
  explicit PluginSearch(std::vector<std::string> directories);

  /// All manifests found, by name; broken ones are left out (see tried()).
  std::vector<Manifest> manifests() const;
  /// By plugin name. Throws Error(not_found) listing every path tried and why it did not count, and the nearest name.
  Manifest find(const std::string& name) const;
  /// By URL scheme ("postgresql"). Throws likewise.
  Manifest find_scheme(const std::string& scheme) const;
  /// A line per path tried: "PATH: no such directory", "PATH/x.json: not a manifest: ...".
  std::vector<std::string> tried() const;

 private:
  std::vector<std::string> directories_;
};

/// Splits "sqlite:PATH" or "postgresql://..." into scheme and the whole URL; a plain path ending in .db, .sqlite or
/// .sqlite3 counts as sqlite; "env:VARIABLE" is replaced by the variable's value first (Error(not_found) where it isn't
/// set).
struct StoreUrl {
  std::string scheme;
  std::string url;
};
StoreUrl store_url_from_text(const std::string& text);

/// The URL without its password, for people.
std::string without_password(const std::string& url);

}  // namespace sluice::store
