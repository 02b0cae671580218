#include <cstdlib>

#include "abi/plugin_sdk.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "store/calls.hpp"

/// Our values as the contract's structs.
namespace sluice::store {

namespace {

struct TypeName {
  const char* name;
  int32_t type;
};

constexpr TypeName kTypeNames[] = {
    {"integer", SLUICE_KEY_INTEGER}, {"decimal", SLUICE_KEY_DECIMAL}, {"uuid", SLUICE_KEY_UUID},
    {"bytes", SLUICE_KEY_BYTES},     {"date", SLUICE_KEY_DATE},       {"timestamp", SLUICE_KEY_TIMESTAMP},
    {"local", SLUICE_KEY_LOCAL},
};

int32_t key_type(const std::string& name) {
  for (const TypeName& known : kTypeNames) {
    if (name == known.name) return known.type;
  }
  throw Error(Code::internal, "range: unknown key type '" + name + "'");
}

[[noreturn]] void refuse(const std::string& type, const std::string& text) {
  throw Error(Code::internal, "range: expected a key value of type " + type + ", found '" + text + "'");
}

/// Digits, or a date or time written out.
std::optional<int64_t> read_integer(int32_t type, const std::string& text) {
  if (const std::optional<int64_t> integer = arrow::int64_from_text(text)) return integer;
  if (type == SLUICE_KEY_DATE) return arrow::date_from_text(text);
  if (type != SLUICE_KEY_TIMESTAMP) return std::nullopt;
  const std::optional<arrow::ParsedTimestamp> timestamp = arrow::timestamp_from_text(text);
  return timestamp ? std::optional(timestamp->micros) : std::nullopt;
}

/// The bytes of a value that has any: digits of a decimal, what the hex digits of the others say.
std::optional<std::string> read_bytes(int32_t type, const std::string& text) {
  if (type == SLUICE_KEY_DECIMAL) return text;
  return type == SLUICE_KEY_UUID ? arrow::uuid_from_text(text) : arrow::bytes_from_hex(text);
}

bool has_bytes(int32_t type) {
  return type == SLUICE_KEY_DECIMAL || type == SLUICE_KEY_UUID || type == SLUICE_KEY_BYTES;
}

}  // namespace

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> all;
  for (const std::string& text : texts) all.push_back(text.c_str());
  return all;
}

void ReadSpecStruct::fill_bound(const std::string& type_name, const std::vector<std::string>& texts, Bound& kept,
                                sluice_bound& out) {
  if (texts.empty()) return;
  const int32_t type = key_type(type_name);
  kept.bytes.reserve(texts.size());
  for (const std::string& text : texts) {
    sluice_key_value value{};
    value.type = type;
    if (has_bytes(type)) {
      std::optional<std::string> bytes = read_bytes(type, text);
      if (!bytes) refuse(type_name, text);
      kept.bytes.push_back(std::move(*bytes));
      value.bytes = kept.bytes.back().data();
      value.size = static_cast<int64_t>(kept.bytes.back().size());
    } else {
      const std::optional<int64_t> integer = read_integer(type, text);
      if (!integer) refuse(type_name, text);
      value.integer = *integer;
    }
    kept.values.push_back(value);
  }
  out.values = kept.values.data();
  out.count = static_cast<int64_t>(kept.values.size());
}

ReadSpecStruct::ReadSpecStruct(const ReadSpec& spec)
    : spec_(spec), columns_(pointers(spec_.columns)), key_(pointers(spec_.range.key)) {
  raw_.struct_size = sizeof raw_;
  raw_.mismatch = SLUICE_MISMATCH_STOP;
  raw_.schema = given_or_null(spec_.schema);
  raw_.table = spec_.table.c_str();
  raw_.columns = columns_.data();
  raw_.column_count = static_cast<int64_t>(columns_.size());
  raw_.key = key_.data();
  raw_.key_count = static_cast<int64_t>(key_.size());
  fill_bound(spec_.range.type, spec_.range.lower, lower_, raw_.lower);
  fill_bound(spec_.range.type, spec_.range.upper, upper_, raw_.upper);
  raw_.where = given_or_null(spec_.where);
  if (!spec_.wanted.empty()) {
    arrow::export_schema(spec_.wanted, wanted_.receive());
    raw_.wanted = wanted_.get();
  }
  raw_.batch_rows = spec_.batch_rows;
  raw_.batch_bytes = spec_.batch_bytes;
}

sluice_status LeftOutSink::call(void* context, const sluice_reject* reject, sluice_error* error) {
  return sdk::guard(error, [&] {
    const sluice_reject given = sdk::read_struct(reject);
    static_cast<LeftOutSink*>(context)->take_({static_cast<Code>(given.code), sdk::text(given.key), sdk::text(given.column),
                                               sdk::text(given.reason), sdk::text(given.row)});
  });
}

sluice_work_key work_key_struct(const WorkKey& key) {
  sluice_work_key raw{};
  raw.struct_size = sizeof raw;
  raw.generation = key.generation;
  raw.run = key.run.c_str();
  raw.node = key.node.c_str();
  raw.table = key.table.c_str();
  raw.chunk = key.chunk;
  return raw;
}

sluice_fence fence_struct(const Fence& fence) {
  sluice_fence raw{};
  raw.struct_size = sizeof raw;
  raw.run = fence.run.c_str();
  raw.epoch = fence.epoch;
  return raw;
}

sluice_work_result work_result_struct(const WorkResult& result) {
  sluice_work_result raw{};
  raw.struct_size = sizeof raw;
  raw.read = result.read;
  raw.kept = result.kept;
  raw.filtered = result.filtered;
  raw.rejected = result.rejected;
  raw.emitted = result.emitted;
  raw.written = result.written;
  raw.already_there = result.already_there;
  raw.refused = result.refused;
  raw.f_src = result.f_src;
  raw.f_out = result.f_out;
  raw.bounds = given_or_null(result.bounds);
  return raw;
}

}  // namespace sluice::store
