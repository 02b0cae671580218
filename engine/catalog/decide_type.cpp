#include "catalog/decide_type.hpp"

#include <utility>

#include "base/error.hpp"
#include "catalog/decide.hpp"
#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

constexpr Type kInt64{Kind::int64};
constexpr Type kFloat64{Kind::float64};
constexpr Type kText{Kind::text};
constexpr Type kBinary{Kind::binary};

Decision make_decision(const Type& carrier, const Type& compare) {
  const Cast cast = cast_between(carrier, compare);
  return {.compare = compare,
          .carrier = carrier,
          .cast = cast,
          .chain = {},
          .policy = policy_of(cast, compare),
          .reason = {},
          .warning = {}};
}

/// What a store of dynamic types is asked for where a column holds no value at all.
Type empty_carrier(const Type& type) {
  switch (type.kind) {
    case Kind::boolean: return kInt64;
    case Kind::float32:
    case Kind::float64:
    case Kind::number:
    case Kind::decimal: return kFloat64;
    case Kind::binary: return kBinary;
    default: return is_integer(type.kind) ? kInt64 : kText;
  }
}

std::optional<Decision> reach_integer(const EvidenceView& seen, const Type& wanted, Demand demand) {
  if (!seen.integers_fit(wanted.kind)) return std::nullopt;
  if (seen.all(seen->integers)) return make_decision(kInt64, wanted);
  if (demand == Demand::lenient && seen.all(seen->integers + seen->numbers)) return make_decision(kText, wanted);
  return std::nullopt;
}

std::optional<Decision> reach_boolean(const EvidenceView& seen, const Type& wanted) {
  if (!seen.all(seen->true_false)) return std::nullopt;
  return make_decision(seen.all(seen->integers) ? kInt64 : kText, wanted);
}

std::optional<Decision> reach_float(const EvidenceView& seen, const Type& wanted, Demand demand) {
  if (seen.all_doubles()) return make_decision(kFloat64, wanted);
  const bool may_round = demand == Demand::lenient && seen.integers_are_exact_doubles();
  if (may_round && seen.all_numbers()) return make_decision(kText, wanted);
  return std::nullopt;
}

std::optional<Decision> reach_decimal(const EvidenceView& seen, const Type& wanted, Demand demand) {
  if (seen.digits() > wanted.precision - wanted.scale) return std::nullopt;
  const bool reads_back = seen->max_scale >= 0 && seen->max_scale <= wanted.scale;
  if (seen.all_doubles() && (reads_back || demand == Demand::lenient)) {
    Decision decision = make_decision(kFloat64, wanted);
    if (!reads_back)
      decision.warning = "the map rounds values with more than " + std::to_string(wanted.scale) + " decimals";
    return decision;
  }
  if (seen.all(seen->integers)) return make_decision(kInt64, wanted);
  if (demand == Demand::lenient && seen.all_numbers()) return make_decision(kText, wanted);
  return std::nullopt;
}

std::optional<Decision> reach_number(const EvidenceView& seen, const Type& wanted) {
  if (seen.all(seen->integers)) return make_decision(kInt64, wanted);
  if (seen.all_doubles()) return make_decision(kFloat64, wanted);
  if (seen.all_numbers()) return make_decision(kText, wanted);
  return std::nullopt;
}

std::optional<Decision> reach_text(const EvidenceView& seen, const Type& wanted, Demand demand) {
  const int64_t most_bytes = static_cast<int64_t>(wanted.length) * (demand == Demand::strict ? 1 : 4);
  if (wanted.length > 0 && seen->max_bytes > most_bytes) return std::nullopt;
  if (seen.all(seen->texts) || (demand == Demand::lenient && seen->blobs == 0)) return make_decision(kText, wanted);
  return std::nullopt;
}

/// Texts without a zone count as UTC, which has to be said.
Decision make_zoned(const EvidenceView& seen, const Type& wanted) {
  Decision decision = make_decision(kText, wanted);
  if (seen.all(seen->zoned)) return decision;
  decision.policy = "times without a zone count as UTC";
  decision.warning = std::to_string(seen->dates + seen->timestamps) + " times have no zone and count as UTC";
  return decision;
}

std::optional<Decision> reach_time(const EvidenceView& seen, const Type& wanted, Demand demand) {
  const bool is_lenient = demand == Demand::lenient;
  const int64_t naive = seen->dates + seen->timestamps;
  switch (wanted.kind) {
    case Kind::date:
      if (seen.all(seen->dates) || (is_lenient && seen.all(naive))) return make_decision(kText, wanted);
      return std::nullopt;
    case Kind::timestamp:
      if (seen.all(naive)) return make_decision(kText, wanted);
      return std::nullopt;
    case Kind::timestamptz:
      if (seen.all(seen->zoned) || seen.all(naive) || (is_lenient && seen.all(naive + seen->zoned))) {
        return make_zoned(seen, wanted);
      }
      return std::nullopt;
    default:
      if (is_lenient && seen.all(seen->texts)) return make_decision(kText, wanted);
      return std::nullopt;
  }
}

std::optional<Decision> reach_by_evidence(const EvidenceView& seen, const Type& wanted, Demand demand) {
  if (seen.is_empty()) return make_decision(empty_carrier(wanted), wanted);
  const bool is_lenient = demand == Demand::lenient;
  if (is_integer(wanted.kind)) return reach_integer(seen, wanted, demand);
  switch (wanted.kind) {
    case Kind::boolean: return reach_boolean(seen, wanted);
    case Kind::float32:
    case Kind::float64: return reach_float(seen, wanted, demand);
    case Kind::decimal: return reach_decimal(seen, wanted, demand);
    case Kind::number: return reach_number(seen, wanted);
    case Kind::text: return reach_text(seen, wanted, demand);
    case Kind::binary:
      if (is_lenient || seen.all(seen->blobs)) return make_decision(kBinary, wanted);
      return std::nullopt;
    case Kind::uuid:
      if (seen.all(seen->uuids)) return make_decision(kText, wanted);
      return std::nullopt;
    case Kind::json:
      if (seen.all(is_lenient ? seen->texts : seen->jsons)) return make_decision(kText, wanted);
      return std::nullopt;
    default: return reach_time(seen, wanted, demand);
  }
}

/// What the stored values are, whatever was declared.
Decision decide_by_storage(const EvidenceView& seen) {
  if (seen->blobs > 0) return make_decision(kBinary, kBinary);
  if (seen->texts > 0) return make_decision(kText, kText);
  if (seen.all(seen->integers)) return make_decision(kInt64, kInt64);
  if (seen.all_doubles()) return make_decision(kFloat64, kFloat64);
  return make_decision(kText, Type{Kind::number});
}

/// The nearest type of the same meaning where the declared one itself doesn't hold.
std::optional<Decision> decide_by_kinship(const EvidenceView& seen, const Type& declared) {
  if (declared.kind == Kind::date || declared.kind == Kind::timestamp) {
    if (seen.all(seen->zoned)) return make_decision(kText, Type{Kind::timestamptz});
    if (seen.all(seen->dates + seen->timestamps)) return make_decision(kText, Type{Kind::timestamp});
  }
  const bool is_exact = declared.kind == Kind::decimal || declared.kind == Kind::number;
  if (is_exact && seen.all(seen->numbers)) return make_decision(kText, Type{Kind::number});
  return std::nullopt;
}

/// Declared types whose decision is left to the values: without a size there is nothing to confirm.
bool is_open(const Column& column) { return column.native.empty() || column.type.kind == Kind::number; }

Type widest_declared(Type declared) {
  // Stores that scan hold every real in eight bytes, whatever it is called.
  if (declared.kind == Kind::float32) declared.kind = Kind::float64;
  return declared;
}

std::string spelled(const Column& column) { return column.native.empty() ? "without a type" : column.native; }

Decision decide_against_declaration(const Column& column, const EvidenceView& seen) {
  const auto kin = decide_by_kinship(seen, column.type);
  Decision decision = kin ? *kin : decide_by_storage(seen);
  const bool is_mixed = !seen.all(seen->integers + seen->reals) && !seen.all(seen->texts) && !seen.all(seen->blobs);
  if (!is_open(column) || is_mixed) {
    decision.warning =
        "declared " + spelled(column) + ", but " + describe(*seen) + ": becomes " + arrow::to_text(decision.compare);
  }
  return decision;
}

void add_text_warning(Decision& decision, const EvidenceView& seen) {
  if (decision.compare.kind != Kind::text && decision.compare.kind != Kind::json) return;
  if (seen->nul_bytes == 0 && seen->invalid_utf8 == 0) return;
  if (!decision.warning.empty()) decision.warning += "; ";
  decision.warning += std::to_string(seen->nul_bytes) + " texts hold NUL bytes and " +
                      std::to_string(seen->invalid_utf8) +
                      " are not UTF-8: a target that cannot hold them refuses these rows and the copy stops there; "
                      "map the column to binary to keep them";
}

}  // namespace

std::string policy_of(Cast cast, const Type& compare) {
  switch (cast) {
    case Cast::rounded_decimal: return "rounded to " + std::to_string(compare.scale) + " decimals";
    case Cast::float_number: return "reals by their shortest decimal text";
    case Cast::decimal_float: return "nearest double";
    case Cast::utc_timestamp: return "times without a zone count as UTC";
    case Cast::text_number:
      return compare.kind == Kind::float32 || compare.kind == Kind::float64 ? "nearest double" : "";
    default: return {};
  }
}

std::optional<Decision> reach_type(const Column& column, const Type& wanted, Demand demand) {
  if (has_evidence(column)) {
    const EvidenceView seen(*column.evidence);
    auto decision = reach_by_evidence(seen, wanted, demand);
    if (decision) decision->reason = describe(*seen);
    return decision;
  }
  try {
    return make_decision(column.carrier, wanted);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Decision decide_type(const Column& column) {
  if (!has_evidence(column)) {
    Decision decision = make_decision(column.carrier, column.type);
    decision.reason = "declared " + spelled(column);
    return decision;
  }
  const EvidenceView seen(*column.evidence);
  const Type declared = widest_declared(column.type);
  const bool ask_values = is_open(column) && !seen.is_empty();
  auto reached = ask_values ? std::nullopt : reach_by_evidence(seen, declared, Demand::strict);
  Decision decision = reached ? *reached : decide_against_declaration(column, seen);
  decision.reason = "declared " + spelled(column) + "; " + describe(*seen);
  add_text_warning(decision, seen);
  return decision;
}

namespace {

/// As text every value but bytes can be looked at, row by row.
std::optional<Decision> reach_with_rejects(const Column& column, const Type& wanted) {
  try {
    Decision decision = make_decision(wanted.kind == Kind::binary ? kBinary : kText, wanted);
    decision.reason = describe(*column.evidence);
    decision.warning = "rows whose value is no " + arrow::to_text(wanted) + " will be rejected: " + decision.reason;
    return decision;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

Decision decide_override(const Column& column, const Type& wanted, const std::string& name, Misfits misfits) {
  auto decision = reach_type(column, wanted, Demand::lenient);
  if (!decision && has_evidence(column) && misfits == Misfits::reject) decision = reach_with_rejects(column, wanted);
  if (!decision && has_evidence(column)) {
    throw Error(Code::data,
                name + ": the map says " + arrow::to_text(wanted) +
                    ", but the column holds other values: " + describe(*column.evidence),
                "choose a type that holds these values, clean the source, or keep such rows aside: copy.tables { rejects = { ... } }");
  }
  if (!decision) {
    throw Error(Code::invalid_argument,
                name + ": the map says " + arrow::to_text(wanted) + ", which no cast reaches from " +
                    arrow::to_text(column.carrier) + " (" + column.native + ")",
                "choose a type of the same meaning");
  }
  decision->reason = "set by the map" + (decision->reason.empty() ? "" : "; " + decision->reason);
  decision->is_override = true;
  return *decision;
}

}  // namespace sluice::catalog
