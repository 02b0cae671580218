#pragma once

/// The structs of the plugin contract as C++ values, copied by the prefix rule: what an older engine did not send is
/// zero. Part of plugin_sdk.hpp.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "abi/plugin_abi.h"
#include "arrow/type.hpp"
#include "base/error.hpp"

namespace sluice::sdk {

/// The text, "" for NULL.
inline std::string text(const char* given) { return given == nullptr ? std::string() : std::string(given); }

inline std::vector<std::string> texts(const char* const* given, int64_t count) {
  std::vector<std::string> all;
  for (int64_t i = 0; i < count; ++i) all.push_back(text(given[i]));
  return all;
}

/// Parameters of a query: NULL is SQL's NULL.
inline std::vector<std::optional<std::string>> parameters(const char* const* given, int64_t count) {
  std::vector<std::optional<std::string>> all;
  for (int64_t i = 0; i < count; ++i) all.push_back(given[i] == nullptr ? std::nullopt : std::optional(text(given[i])));
  return all;
}

/// A copy of as much of *given as both sides know, the rest zero.
template <typename Struct>
Struct read_struct(const Struct* given) {
  if (given == nullptr || given->struct_size < 2 * sizeof(uint32_t)) {
    throw Error(Code::invalid_argument, "plugin contract: a struct was given without its struct_size");
  }
  Struct copy{};
  std::memcpy(static_cast<void*>(&copy), given, std::min<size_t>(given->struct_size, sizeof(Struct)));
  copy.struct_size = sizeof(Struct);
  return copy;
}

struct KeyValue {
  int32_t type = 0;  ///< SLUICE_KEY_...
  int64_t integer = 0;
  std::string bytes;
};

struct ReadSpec {
  std::string schema;  ///< "": the store's default
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::string> key;
  std::vector<KeyValue> lower;  ///< inclusive; empty: open
  std::vector<KeyValue> upper;  ///< exclusive; empty: open
  std::string where;
  std::vector<arrow::Field> wanted;  ///< empty: the store's own types
  int64_t batch_rows = 0;
  int64_t batch_bytes = 0;
  const sluice_reject_sink* rejects = nullptr;  ///< rows that don't fit go there; nullptr: the stream fails
};

inline std::vector<KeyValue> bound_values(const sluice_bound& bound) {
  std::vector<KeyValue> values;
  for (int64_t i = 0; i < bound.count; ++i) {
    const sluice_key_value& value = bound.values[i];
    if (value.type < SLUICE_KEY_INTEGER || value.type > SLUICE_KEY_LOCAL) {
      throw Error(Code::invalid_argument, "plugin contract: unknown type of key value " + std::to_string(value.type));
    }
    const bool has_bytes = value.bytes != nullptr && value.size > 0;
    values.push_back({value.type, value.integer,
                      has_bytes ? std::string(static_cast<const char*>(value.bytes), static_cast<size_t>(value.size))
                                : std::string()});
  }
  return values;
}

/// Throws Error(invalid_argument) where the spec has no table, or wanted types that don't match its columns, or bounds
/// that don't match its key.
inline ReadSpec read_spec(const sluice_read_spec* given) {
  const sluice_read_spec raw = read_struct(given);
  ReadSpec spec{text(raw.schema),
                text(raw.table),
                texts(raw.columns, raw.column_count),
                texts(raw.key, raw.key_count),
                bound_values(raw.lower),
                bound_values(raw.upper),
                text(raw.where),
                {},
                raw.batch_rows,
                raw.batch_bytes,
                raw.mismatch == SLUICE_MISMATCH_REJECT ? raw.rejects : nullptr};
  if (spec.table.empty()) throw Error(Code::invalid_argument, "read: no table is named");
  if (raw.mismatch == SLUICE_MISMATCH_REJECT && raw.rejects == nullptr) {
    throw Error(Code::invalid_argument, spec.table + ": rows are to be rejected, but there is no sink for them");
  }
  if (raw.wanted != nullptr) spec.wanted = arrow::import_schema(*raw.wanted);
  if (raw.wanted != nullptr && spec.wanted.size() != spec.columns.size()) {
    throw Error(Code::invalid_argument, spec.table + ": " + std::to_string(spec.columns.size()) +
                                            " columns to read, but " + std::to_string(spec.wanted.size()) +
                                            " wanted types");
  }
  for (const std::vector<KeyValue>* bound : {&spec.lower, &spec.upper}) {
    const bool is_local = bound->size() == 1 && bound->front().type == SLUICE_KEY_LOCAL;
    if (!bound->empty() && !is_local && bound->size() != spec.key.size()) {
      throw Error(Code::invalid_argument, spec.table + ": a bound of " + std::to_string(bound->size()) +
                                              " values for a key of " + std::to_string(spec.key.size()) + " columns");
    }
  }
  return spec;
}

struct LoadSpec {
  int32_t mode = 0;  ///< SLUICE_LOAD_...
  std::string schema;
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::string> key;  ///< of the modes other than append
};

inline LoadSpec load_spec(const sluice_load_spec* given) {
  const sluice_load_spec raw = read_struct(given);
  LoadSpec spec{raw.mode, text(raw.schema), text(raw.table), texts(raw.columns, raw.column_count), texts(raw.key, raw.key_count)};
  if (spec.mode < SLUICE_LOAD_APPEND || spec.mode > SLUICE_LOAD_INSERT_MISSING) {
    throw Error(Code::unsupported, "load: unknown mode " + std::to_string(spec.mode));
  }
  if (spec.mode != SLUICE_LOAD_APPEND && spec.key.empty()) {
    throw Error(Code::invalid_argument, spec.table + ": looking for rows that are there needs a key");
  }
  if (spec.table.empty()) throw Error(Code::invalid_argument, "load: no table is named");
  return spec;
}

/// For stores that can't look whether a row is there. Throws Error(unsupported).
inline void require_append(const LoadSpec& spec) {
  if (spec.mode == SLUICE_LOAD_APPEND) return;
  throw Error(Code::unsupported, spec.table + ": this store only appends rows", "copy into an empty table");
}

struct WorkKey {
  std::string run, node, table;
  uint32_t generation = 0;
  int64_t chunk = -1;
};

inline WorkKey work_key(const sluice_work_key* given) {
  const sluice_work_key raw = read_struct(given);
  return {text(raw.run), text(raw.node), text(raw.table), raw.generation, raw.chunk};
}

struct Fence {
  std::string run;
  int64_t epoch = 0;
};

inline Fence fence(const sluice_fence* given) {
  const sluice_fence raw = read_struct(given);
  return {text(raw.run), raw.epoch};
}

}  // namespace sluice::sdk
