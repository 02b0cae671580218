#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "arrow/type.hpp"
#include "base/error.hpp"

/// Fields to ArrowSchema and back, with the metadata that tells the logical types apart.
namespace sluice::arrow {

namespace {

using Metadata = std::map<std::string, std::string>;

constexpr const char* kExtensionName = "ARROW:extension:name";
constexpr const char* kExtensionData = "ARROW:extension:metadata";
constexpr const char* kNativeType = "sluice.native_type";
constexpr const char* kLength = "sluice.length";

/// What a schema's release frees. Children are owned through `children`, the strings are kept here.
struct SchemaHolder {
  std::string format;
  std::string name;
  std::string metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};

void release_schema(ArrowSchema* schema) {
  auto* holder = static_cast<SchemaHolder*>(schema->private_data);
  for (ArrowSchema& child : holder->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete holder;
  schema->release = nullptr;
}

void append_int32(std::string& out, size_t value) {
  const int32_t number = static_cast<int32_t>(value);
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

/// The C data interface's encoding: counts and lengths as native int32, keys and values as they are.
std::string encode_metadata(const Metadata& metadata) {
  if (metadata.empty()) return {};
  std::string out;
  append_int32(out, metadata.size());
  for (const auto& [key, value] : metadata) {
    append_int32(out, key.size());
    out += key;
    append_int32(out, value.size());
    out += value;
  }
  return out;
}

int32_t read_int32(const char*& at) {
  int32_t number = 0;
  std::memcpy(&number, at, sizeof number);
  at += sizeof number;
  return number;
}

std::string read_text(const char*& at) {
  const int32_t size = read_int32(at);
  if (size < 0) throw Error(Code::unsupported, "a schema's metadata is broken (a length below zero)");
  std::string text(at, static_cast<size_t>(size));
  at += size;
  return text;
}

Metadata decode_metadata(const char* at) {
  Metadata metadata;
  if (at == nullptr) return metadata;
  for (int32_t left = read_int32(at); left > 0; --left) {
    std::string key = read_text(at);
    metadata[std::move(key)] = read_text(at);
  }
  return metadata;
}

Metadata metadata_of(const Field& field) {
  Metadata metadata;
  const auto extension = [&](const char* name) {
    metadata[kExtensionName] = name;
    metadata[kExtensionData] = "";
  };
  if (field.type.kind == Kind::number) extension("sluice.number");
  if (field.type.kind == Kind::uuid) extension("arrow.uuid");
  if (field.type.kind == Kind::json) extension("arrow.json");
  if (field.type.length > 0) metadata[kLength] = std::to_string(field.type.length);
  if (!field.native_type.empty()) metadata[kNativeType] = field.native_type;
  return metadata;
}

void fill_schema(std::unique_ptr<SchemaHolder> holder, int64_t flags, ArrowSchema* out) {
  *out = ArrowSchema{};
  out->format = holder->format.c_str();
  out->name = holder->name.c_str();
  out->metadata = holder->metadata.empty() ? nullptr : holder->metadata.data();
  out->flags = flags;
  out->n_children = static_cast<int64_t>(holder->children.size());
  out->children = holder->pointers.empty() ? nullptr : holder->pointers.data();
  out->release = release_schema;
  out->private_data = holder.release();
}

void export_field(const Field& field, ArrowSchema* out) {
  auto holder = std::make_unique<SchemaHolder>();
  holder->format = arrow_format(field.type);
  holder->name = field.name;
  holder->metadata = encode_metadata(metadata_of(field));
  fill_schema(std::move(holder), field.nullable ? ARROW_FLAG_NULLABLE : 0, out);
}

const std::map<std::string_view, Kind>& simple_formats() {
  static const std::map<std::string_view, Kind> formats = {
      {"b", Kind::boolean}, {"c", Kind::int8},    {"s", Kind::int16},        {"i", Kind::int32},
      {"l", Kind::int64},   {"C", Kind::uint8},   {"S", Kind::uint16},       {"I", Kind::uint32},
      {"L", Kind::uint64},  {"f", Kind::float32}, {"g", Kind::float64},      {"z", Kind::binary},
      {"tdD", Kind::date},  {"ttu", Kind::time},  {"tsu:", Kind::timestamp}, {"u", Kind::text},
  };
  return formats;
}

[[noreturn]] void refuse(const ArrowSchema& schema, const std::string& why) {
  throw Error(Code::unsupported, std::string("column ") + (schema.name == nullptr ? "" : schema.name) +
                                     ": Arrow format '" + schema.format + "' " + why);
}

Kind text_kind(const Metadata& metadata) {
  const auto extension = metadata.find(kExtensionName);
  if (extension == metadata.end()) return Kind::text;
  if (extension->second == "sluice.number") return Kind::number;
  if (extension->second == "arrow.json") return Kind::json;
  return Kind::text;
}

Type decimal_type(const ArrowSchema& schema) {
  try {
    return type_from_text("decimal(" + std::string(schema.format + 2) + ")");
  } catch (const Error&) {
    refuse(schema, "is not a decimal of 128 bits");
  }
}

Type import_type(const ArrowSchema& schema, const Metadata& metadata) {
  const std::string_view format = schema.format;
  if (format.substr(0, 2) == "d:") return decimal_type(schema);
  if (format == "w:16") return Type{Kind::uuid};
  if (format.size() > 4 && format.substr(0, 4) == "tsu:") return Type{Kind::timestamptz};
  const auto simple = simple_formats().find(format);
  if (simple == simple_formats().end()) refuse(schema, "is not one that is read here");
  if (simple->second != Kind::text) return Type{simple->second};
  Type type{text_kind(metadata)};
  const auto length = metadata.find(kLength);
  if (length != metadata.end()) type.length = std::atoi(length->second.c_str());
  return type;
}

Field import_field(const ArrowSchema& schema) {
  if (schema.format == nullptr) throw Error(Code::unsupported, "a column of a schema has no format");
  if (schema.dictionary != nullptr) refuse(schema, "with a dictionary is not read here");
  const Metadata metadata = decode_metadata(schema.metadata);
  Field field;
  field.name = schema.name == nullptr ? "" : schema.name;
  field.type = import_type(schema, metadata);
  field.nullable = (schema.flags & ARROW_FLAG_NULLABLE) != 0;
  const auto native = metadata.find(kNativeType);
  if (native != metadata.end()) field.native_type = native->second;
  return field;
}

}  // namespace

void export_schema(const std::vector<Field>& fields, ArrowSchema* out) {
  auto holder = std::make_unique<SchemaHolder>();
  holder->format = "+s";
  holder->children.resize(fields.size());
  for (ArrowSchema& child : holder->children) holder->pointers.push_back(&child);
  SchemaHolder& filled = *holder;
  ArrowSchema schema{};
  fill_schema(std::move(holder), 0, &schema);
  try {
    for (size_t i = 0; i < fields.size(); ++i) export_field(fields[i], &filled.children[i]);
  } catch (...) {
    schema.release(&schema);
    throw;
  }
  *out = schema;
}

std::vector<Field> import_schema(const ArrowSchema& schema) {
  if (schema.format == nullptr || std::string_view(schema.format) != "+s") {
    throw Error(Code::unsupported, std::string("rows: expected a struct schema (+s), found '") +
                                       (schema.format == nullptr ? "" : schema.format) + "'");
  }
  std::vector<Field> fields;
  for (int64_t i = 0; i < schema.n_children; ++i) fields.push_back(import_field(*schema.children[i]));
  return fields;
}

}  // namespace sluice::arrow
