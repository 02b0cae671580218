#include "verify/stored_times.hpp"

#include <optional>
#include <string_view>

#include "arrow/infinite.hpp"
#include "catalog/decide.hpp"

namespace sluice::verify {

namespace {

using arrow::Kind;

std::optional<int64_t> infinite_from_text(std::string_view text, Kind kind) {
  const bool is_date = kind == Kind::date;
  if (text == "infinity") return is_date ? arrow::kInfiniteDay : arrow::kInfiniteMicros;
  if (text == "-infinity") return is_date ? arrow::kMinusInfiniteDay : arrow::kMinusInfiniteMicros;
  return std::nullopt;
}

/// The same texts, NULL for infinite ones.
arrow::Array finite_texts(const arrow::ColumnView& in, Kind kind) {
  arrow::ColumnBuilder texts({.name = "", .type = in.type()});
  for (int64_t row = 0; row < in.length(); ++row) {
    const bool is_left_out = in.is_null(row) || infinite_from_text(in.bytes(row), kind);
    is_left_out ? texts.append_null() : texts.append_bytes(in.bytes(row));
  }
  arrow::Array built;
  texts.finish(built.receive());
  return built;
}

}  // namespace

bool are_stored_times(const arrow::Type& found, const arrow::Type& carrier) {
  const bool is_time = carrier.kind == Kind::date || carrier.kind == Kind::timestamp || carrier.kind == Kind::timestamptz;
  return found.kind == Kind::text && is_time;
}

void append_stored_times(const copy::RowPlace& place, const std::string& name, const arrow::ColumnView& in, arrow::ColumnBuilder& out) {
  const arrow::Type type = out.field().type;
  const arrow::Array texts = finite_texts(in, type.kind);
  const arrow::ColumnView text_view(in.type(), *texts);
  arrow::ColumnBuilder builder({.name = name, .type = type});
  copy::find_cast_function(catalog::cast_between(in.type(), type), in.type(), type)({place, name, text_view, builder});
  arrow::Array times;
  builder.finish(times.receive());
  const arrow::ColumnView finite(type, *times);
  for (int64_t row = 0; row < in.length(); ++row) {
    if (in.is_null(row)) {
      out.append_null();
    } else {
      const auto infinite = infinite_from_text(in.bytes(row), type.kind);
      out.append_int64(infinite ? *infinite : finite.int64(row));
    }
  }
}

}  // namespace sluice::verify
