#include "catalog/existing_risk.hpp"

#include "catalog/decide_casts.hpp"
#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

constexpr int kDoubleDigits = 15;

bool is_exact(Kind kind) { return kind == Kind::decimal || kind == Kind::number; }

bool rounds(const ColumnMapping& column) {
  switch (column.source_cast) {
    case Cast::rounded_decimal: return true;
    case Cast::decimal_float: return column.source_carrier.kind != Kind::decimal || column.source_carrier.precision > kDoubleDigits;
    case Cast::text_number: return column.compare.kind == Kind::float32 || column.compare.kind == Kind::float64;
    default: return false;
  }
}

/// Casts that take some values only.
bool may_refuse(Cast cast, const Type& from, const Type& to) {
  switch (cast) {
    case Cast::checked:
    case Cast::integer_boolean:
    case Cast::text_boolean:
    case Cast::text_date:
    case Cast::text_time:
    case Cast::text_timestamp:
    case Cast::text_timestamptz:
    case Cast::text_uuid:
    case Cast::text_json:
    case Cast::text_number:
    case Cast::exact_decimal: return true;
    case Cast::integer_number:
      return to.kind == Kind::decimal || to.kind == Kind::float32 ||
             (to.kind == Kind::float64 && (from.kind == Kind::int64 || from.kind == Kind::uint64));
    case Cast::date_timestamp: return to.kind == Kind::date;
    default: return false;
  }
}

std::string too_long(const Column& source, const Column& target) {
  if (target.type.kind != Kind::text || target.type.length <= 0) return {};
  const std::string limit = " characters at most";
  if (has_evidence(source)) {
    if (source.evidence->max_bytes <= target.type.length) return {};
    return "holds texts of up to " + std::to_string(source.evidence->max_bytes) + " bytes, and " + spelled_type(target) + " takes " +
           std::to_string(target.type.length) + limit;
  }
  if (source.type.kind != Kind::text || (source.type.length > 0 && source.type.length <= target.type.length)) return {};
  return spelled_type(source) + " into " + spelled_type(target) + ": longer texts are refused";
}

/// Blanks that a store adds, or takes away, are not the source's.
bool is_padded(const Column& source, const Column& target) {
  const auto is_fixed = [](const Column& column) { return column.native.rfind("character(", 0) == 0; };
  return target.type.kind == Kind::text && is_fixed(target) && !is_fixed(source);
}

std::string null_risk(const Column& source, const Column& target, const ColumnMapping& column) {
  if (target.nullable || column.transform) return {};
  if (makes_null(column.chain)) return "its casts make NULLs, and the target's column is NOT NULL";
  if (!source.nullable) return {};
  if (has_evidence(source)) {
    return source.evidence->nulls == 0 ? ""
                                       : "holds " + std::to_string(source.evidence->nulls) + " NULLs, and the target's column is NOT NULL";
  }
  return "may hold NULL, and the target's column is NOT NULL";
}

}  // namespace

std::string spelled_type(const Column& column) { return column.native.empty() ? arrow::to_text(column.type) : column.native; }

std::string risk_of(const Column& source, const Column& target, const ColumnMapping& column) {
  if (const std::string nulls = null_risk(source, target, column); !nulls.empty()) return nulls;
  if (const std::string text = too_long(source, target); !text.empty()) return text;
  if (is_padded(source, target)) return spelled_type(target) + " fills shorter texts up with blanks, which come back";
  if (column.transform || !column.chain.empty()) return {};
  const bool is_seen = has_evidence(source) && source.evidence->max_scale >= 0;
  if (rounds(column) && !(is_seen && column.source_cast == Cast::rounded_decimal && source.evidence->max_scale <= column.compare.scale)) {
    return spelled_type(source) + " into " + spelled_type(target) + ": equal under: " + column.policy;
  }
  if (!has_evidence(source) && may_refuse(column.source_cast, column.source_carrier, column.compare)) {
    return spelled_type(source) + " into " + spelled_type(target) + ": values that do not fit are refused";
  }
  const bool is_double = column.target_carrier.kind == Kind::float64 && is_exact(column.compare.kind);
  if (is_double && column.source_carrier.kind != Kind::float64 &&
      (column.compare.kind == Kind::number || column.compare.precision > kDoubleDigits)) {
    return spelled_type(target) + " holds doubles: numbers of more than " + std::to_string(kDoubleDigits) + " digits change";
  }
  return {};
}

}  // namespace sluice::catalog
