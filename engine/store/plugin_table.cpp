#include <algorithm>
#include <cstddef>
#include <cstring>

#include "base/error.hpp"
#include "store/library.hpp"

namespace sluice::store {

namespace {

constexpr uint32_t kMajor = 1;

struct Needed {
  const char* name;
  bool is_there;
};

std::string name_missing(const std::vector<Needed>& functions) {
  std::string names;
  for (const Needed& function : functions) {
    if (!function.is_there) names += (names.empty() ? "" : ", ") + std::string(function.name);
  }
  return names;
}

#define SLUICE_NEEDED(name) \
  { #name, table.name != nullptr }

std::vector<Needed> needed_always(const sluice_plugin& table) {
  return {SLUICE_NEEDED(store_open),    SLUICE_NEEDED(store_close), SLUICE_NEEDED(session_open),
          SLUICE_NEEDED(session_close), SLUICE_NEEDED(cancel),      SLUICE_NEEDED(capabilities),
          SLUICE_NEEDED(identity),      SLUICE_NEEDED(catalog),     SLUICE_NEEDED(stream_error)};
}

std::vector<Needed> needed_by_source(const sluice_plugin& table) {
  return {SLUICE_NEEDED(source_state), SLUICE_NEEDED(plan_chunks), SLUICE_NEEDED(read)};
}

std::vector<Needed> needed_by_target(const sluice_plugin& table) {
  return {SLUICE_NEEDED(ddl),
          SLUICE_NEEDED(fence_acquire),
          SLUICE_NEEDED(fence_look),
          SLUICE_NEEDED(fence_renew),
          SLUICE_NEEDED(fence_release),
          SLUICE_NEEDED(guard_begin),
          SLUICE_NEEDED(guard_commit),
          SLUICE_NEEDED(guard_abort),
          SLUICE_NEEDED(guard_probe),
          SLUICE_NEEDED(ledger_read),
          SLUICE_NEEDED(ledger_forget),
          SLUICE_NEEDED(ledger_retire),
          SLUICE_NEEDED(objects_record),
          SLUICE_NEEDED(objects_drop),
          SLUICE_NEEDED(objects_list),
          SLUICE_NEEDED(load)};
}

std::vector<Needed> needed_by_language(const sluice_plugin& table) {
  return {SLUICE_NEEDED(query), SLUICE_NEEDED(execute)};
}

#undef SLUICE_NEEDED

[[noreturn]] void refuse(const Manifest& manifest, const std::string& why) {
  throw Error(Code::unsupported, "plugin " + manifest.name + " (" + manifest.path + "): " + why,
              "install the plugin that belongs to this version");
}

void check_functions(const Manifest& manifest, const std::string& reason, const std::vector<Needed>& functions) {
  const std::string missing = name_missing(functions);
  if (!missing.empty()) refuse(manifest, reason + " needs functions that it lacks: " + missing);
}

uint32_t role_bits(const Manifest& manifest) {
  uint32_t bits = 0;
  for (const std::string& role : manifest.roles) bits |= role == "source" ? SLUICE_ROLE_SOURCE : SLUICE_ROLE_TARGET;
  return bits;
}

void check_head(const sluice_plugin& table, const Manifest& manifest) {
  const std::string name = table.name == nullptr ? "" : table.name;
  if (name != manifest.name) refuse(manifest, "its library is plugin '" + name + "'");
  if (table.roles != role_bits(manifest)) refuse(manifest, "its library has other roles than its manifest says");
}

}  // namespace

sluice_plugin check_table(const sluice_plugin& given, const Manifest& manifest) {
  if (given.abi_major != kMajor) {
    refuse(manifest, "is made for plugin ABI " + std::to_string(given.abi_major) + ", this program speaks " +
                         std::to_string(kMajor));
  }
  if (given.struct_size < offsetof(sluice_plugin, store_open)) {
    refuse(manifest, "its table of " + std::to_string(given.struct_size) + " bytes is shorter than its head");
  }
  sluice_plugin table{};
  std::memcpy(&table, &given, std::min<size_t>(given.struct_size, sizeof table));
  check_head(table, manifest);
  check_functions(manifest, "every plugin", needed_always(table));
  if ((table.roles & SLUICE_ROLE_SOURCE) != 0) check_functions(manifest, "role source", needed_by_source(table));
  if ((table.roles & SLUICE_ROLE_TARGET) != 0) check_functions(manifest, "role target", needed_by_target(table));
  if (!manifest.language.empty()) check_functions(manifest, "language " + manifest.language, needed_by_language(table));
  return table;
}

}  // namespace sluice::store
