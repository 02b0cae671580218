#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "catalog/json_reader.hpp"
#include "store/session.hpp"

namespace sluice::store {

namespace {

using nlohmann::json;

std::vector<std::vector<std::string>> read_cuts(const json& object) {
  try {
    return object.value("cuts", std::vector<std::vector<std::string>>());
  } catch (const json::exception&) {
    throw Error(Code::internal, "cuts: expected lists of texts");
  }
}

std::optional<uint64_t> read_hex(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<sluice_fingerprint> read_fingerprint(std::string_view text) {
  const size_t first = text.find(':');
  if (first == std::string_view::npos || first == 0 || text.size() != first + 1 + 32 + 1 + 32 ||
      text[first + 33] != ':') {
    return std::nullopt;
  }
  sluice_fingerprint fingerprint{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + first, fingerprint.count);
  const auto part = [&](size_t at) { return read_hex(text.substr(first + at, 16)); };
  const auto sum_high = part(1), sum_low = part(17), xor_high = part(34), xor_low = part(50);
  if (error != std::errc() || end != text.data() + first || !sum_high || !sum_low || !xor_high || !xor_low) {
    return std::nullopt;
  }
  fingerprint.sum_high = *sum_high;
  fingerprint.sum_low = *sum_low;
  fingerprint.xor_high = *xor_high;
  fingerprint.xor_low = *xor_low;
  return fingerprint;
}

}  // namespace

std::string to_json(const Range& range) {
  return json{{"key", range.key}, {"type", range.type}, {"lower", range.lower}, {"upper", range.upper}}.dump();
}

Range range_from_json(const std::string& text) {
  const json whole = catalog::parse_json(text, "range");
  const catalog::JsonReader object(whole, "range");
  return {object.texts("key"), object.text("type"), object.texts("lower"), object.texts("upper")};
}

std::string to_json(const Cuts& cuts) {
  return json{{"key", cuts.key}, {"type", cuts.type}, {"cuts", cuts.cuts}, {"rows", cuts.rows}}.dump();
}

Cuts cuts_from_json(const std::string& text) {
  const json whole = catalog::parse_json(text, "cuts");
  const catalog::JsonReader object(whole, "cuts");
  return {object.texts("key"), object.text("type"), read_cuts(whole), object.integer("rows")};
}

Range chunk_range(const Cuts& cuts, size_t index) {
  Range range{cuts.key, cuts.type, {}, {}};
  if (index > 0) range.lower = cuts.cuts.at(index - 1);
  if (index < cuts.cuts.size()) range.upper = cuts.cuts[index];
  return range;
}

std::string to_text(const sluice_fingerprint& fingerprint) {
  return fmt::format("{}:{:016x}{:016x}:{:016x}{:016x}", fingerprint.count, fingerprint.sum_high, fingerprint.sum_low,
                     fingerprint.xor_high, fingerprint.xor_low);
}

sluice_fingerprint fingerprint_from_text(const std::string& text) {
  const std::optional<sluice_fingerprint> fingerprint = read_fingerprint(text);
  if (!fingerprint) {
    throw Error(Code::internal, "fingerprint: expected count:sum:xor with 32 hex digits each, found '" + text + "'");
  }
  return *fingerprint;
}

}  // namespace sluice::store
