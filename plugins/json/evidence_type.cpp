#include <algorithm>
#include <nlohmann/json.hpp>

#include "evidence.hpp"

namespace sluice::json {

bool ColumnEvidence::is_mixed() const {
  const auto kinds = {booleans, integers + numbers, strings, objects, arrays};
  return std::count_if(kinds.begin(), kinds.end(), [](int64_t count) { return count > 0; }) > 1;
}

Form ColumnEvidence::form() const {
  if (is_mixed() || objects > 0 || arrays > 0) return Form::json;
  if (booleans > 0) return Form::boolean;
  if (numbers > 0) return Form::number;
  if (strings > 0 && hexes_ == strings) return Form::hex;
  return integers > 0 ? Form::integer : Form::text;
}

std::string ColumnEvidence::native() const {
  if (is_mixed()) return "mixed";
  if (values() == 0) return "null";
  if (objects > 0) return "object";
  if (arrays > 0) return "array";
  if (booleans > 0) return "boolean";
  return strings > 0 ? "string" : "number";
}

arrow::Type ColumnEvidence::type() const {
  switch (form()) {
    case Form::json: return {arrow::Kind::json};
    case Form::boolean: return {arrow::Kind::boolean};
    case Form::number: return {arrow::Kind::number};
    case Form::integer: return {arrow::Kind::int64};
    case Form::hex: return {arrow::Kind::binary};
    default: break;
  }
  if (strings == 0) return {arrow::Kind::text};
  if (dates_ == strings) return {arrow::Kind::date};
  if (timestamps_ == strings) return {arrow::Kind::timestamp};
  if (zoned_ == strings) return {arrow::Kind::timestamptz};
  if (plain_uuids_ == strings) return {arrow::Kind::uuid};
  return {arrow::Kind::text};
}

arrow::Type ColumnEvidence::carrier() const {
  switch (form()) {
    case Form::boolean: return {arrow::Kind::boolean};
    case Form::integer: return {arrow::Kind::int64};
    case Form::hex: return {arrow::Kind::binary};
    default: return {arrow::Kind::text};
  }
}

nlohmann::json ColumnEvidence::to_json(int64_t rows) const {
  nlohmann::json seen = {{"rows", rows}, {"nulls", rows - values()}};
  const Form held = form();
  if (held == Form::boolean) {
    seen["true_false"] = booleans;
  } else if (held == Form::integer) {
    seen.update({{"integers", integers}, {"min_integer", min_integer_}, {"max_integer", max_integer_}});
  } else if (held == Form::number) {
    seen.update({{"texts", values()},
                 {"numbers", values()},
                 {"max_scale", max_scale_},
                 {"max_digits", max_digits_},
                 {"max_bytes", max_raw_bytes_}});
  } else if (held == Form::hex) {
    seen.update({{"blobs", strings}, {"max_bytes", max_bytes_ / 2 - 1}});
  } else if (held == Form::json) {
    seen.update({{"texts", values()}, {"jsons", values()}, {"max_bytes", max_raw_bytes_}});
  } else {
    seen.update({{"texts", strings},
                 {"max_bytes", max_bytes_},
                 {"dates", dates_},
                 {"timestamps", timestamps_},
                 {"zoned", zoned_},
                 {"numbers", number_texts_},
                 {"uuids", uuids_},
                 {"jsons", jsons_},
                 {"true_false", true_false_},
                 {"nul_bytes", nul_bytes_},
                 {"max_scale", max_scale_},
                 {"max_digits", max_digits_}});
  }
  return seen;
}

std::string ColumnEvidence::describe() const {
  std::string text;
  const auto add = [&](int64_t count, const char* what) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  add(strings, "string");
  add(integers + numbers, "number");
  add(booleans, "boolean");
  add(objects, "object");
  add(arrays, "array");
  return text;
}

}  // namespace sluice::json
