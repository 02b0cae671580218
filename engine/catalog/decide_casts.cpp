#include "catalog/decide_casts.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "catalog/cast_limits.hpp"
#include "catalog/decide.hpp"
#include "catalog/evidence_view.hpp"

namespace sluice::catalog {

namespace {

using arrow::Kind;

const CastWord& word_of(const CastCall& call) {
  if (const CastWord* word = find_cast_word(call.name)) return *word;
  std::vector<std::string> known;
  for (const CastWord& word : cast_words()) known.push_back(word.name);
  throw Error(Code::invalid_argument, "there is no cast." + call.name, did_you_mean(call.name, known));
}

/// Whether a store of dynamic types can deliver all the values so. Bytes are all values that are not numbers; where
/// texts are read as such they mean something else.
bool can_carry(const EvidenceView& seen, Kind kind, bool takes_text) {
  switch (kind) {
    case Kind::int64: return seen.all(seen->integers);
    case Kind::float64: return seen.all_doubles();
    case Kind::text: return seen->blobs == 0;
    case Kind::binary: return seen->integers + seen->reals == 0 && (!takes_text || seen->texts == 0);
    default: return false;
  }
}

std::optional<Type> scanned_carrier(const EvidenceView& seen, const CastWord& word) {
  static const std::vector<Kind> kAll = {Kind::int64, Kind::float64, Kind::text, Kind::binary};
  const bool takes_text = word.takes_kind(Kind::text) && !word.takes.empty();
  for (const Kind kind : word.takes.empty() ? kAll : word.takes) {
    const bool is_read = std::ranges::count(kAll, kind) > 0;
    if (is_read && (seen.is_empty() || can_carry(seen, kind, takes_text))) return Type{kind};
  }
  return std::nullopt;
}

std::string families(const CastWord& word) {
  std::string text;
  for (const Kind kind : word.takes) {
    const char* name = kind == Kind::int64     ? "integers"
                       : kind == Kind::float64 ? "floats"
                       : kind == Kind::number  ? "decimals"
                       : kind == Kind::binary  ? "bytes"
                                               : nullptr;
    text += (text.empty() ? "" : ", ") + (name != nullptr ? std::string(name) : arrow::to_text({kind}));
  }
  return text;
}

[[noreturn]] void refuse(const std::string& name, const CastCall& call, const std::string& found) {
  throw Error(Code::invalid_argument,
              name + ": cast." + call.name + " takes " + families(word_of(call)) + ", and here are " + found,
              "see `sluice words cast." + call.name + "`");
}

Type carrier_for(const Column& column, const CastCall& first, const std::string& name) {
  const CastWord& word = word_of(first);
  if (has_evidence(column)) {
    if (const auto carrier = scanned_carrier(EvidenceView(*column.evidence), word)) return *carrier;
    refuse(name, first, "other values: " + describe(*column.evidence));
  }
  return column.carrier;
}

/// Of the types that a cast can make, the one that the map sets, else the first that reaches it.
Type result_of(const CastWord& word, const Type& from, const std::optional<Type>& wanted) {
  const std::vector<Type> made = word.makes(from);
  if (!wanted) return made.front();
  const auto exact = std::ranges::find(made, wanted->kind, &Type::kind);
  if (exact != made.end()) return *exact;
  for (const Type& type : made) {
    try {
      cast_between(type, *wanted);
      return type;
    } catch (const Error&) {
    }
  }
  return made.front();
}

std::vector<CastStep> chain_of(const Type& carrier, const std::vector<CastCall>& casts,
                               const std::optional<Type>& wanted, const std::string& name) {
  std::vector<CastStep> chain;
  Type type = carrier;
  for (const CastCall& call : casts) {
    const CastWord& word = word_of(call);
    if (!word.takes_kind(type.kind))
      refuse(name, call, arrow::to_text(type) + (chain.empty() ? "" : " of cast." + chain.back().call.name));
    type = result_of(word, type, &call == &casts.back() ? wanted : std::nullopt);
    chain.push_back({.call = call, .to = type});
  }
  return chain;
}

/// What stays of a declaration when values are cleaned; nullopt where it tells nothing, or no cast reaches it.
std::optional<Type> declared_type(const Column& column, const Type& made) {
  if (has_evidence(column) && (column.native.empty() || column.type.kind == Kind::number)) return std::nullopt;
  Type declared = column.type;
  // Stores that scan hold every real in eight bytes, and texts of any length.
  if (has_evidence(column) && declared.kind == Kind::float32) declared.kind = Kind::float64;
  if (has_evidence(column) && column.evidence->max_bytes > declared.length) declared.length = 0;
  try {
    cast_between(made, declared);
    return declared;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string policy_of_chain(const Decision& decision) {
  const CastStep& last = decision.chain.back();
  const Type& from = decision.chain.size() > 1 ? decision.chain[decision.chain.size() - 2].to : decision.carrier;
  if (last.call.name == "iso_timestamp" && last.to.kind == Kind::timestamptz)
    return "times without a zone count as UTC";
  if (last.call.name == "julian_day") return "rounded to milliseconds";
  const bool is_rounded = last.call.name.rfind("unix_", 0) == 0 && from.kind == Kind::float64;
  return is_rounded ? "rounded to microseconds" : policy_of(decision.cast, decision.compare);
}

std::string reason_of(const Column& column, bool is_wanted) {
  const std::string declared = "declared " + (column.native.empty() ? "without a type" : column.native);
  return std::string(is_wanted ? "set by the map; " : "") + declared +
         (has_evidence(column) ? "; " + describe(*column.evidence) : "");
}

}  // namespace

bool makes_null(const std::vector<CastStep>& chain) {
  return std::ranges::any_of(chain, [](const CastStep& step) { return word_of(step.call).makes_null; });
}

bool keeps_defaults(const std::vector<CastStep>& chain) {
  return std::ranges::all_of(chain, [](const CastStep& step) { return word_of(step.call).keeps_defaults; });
}

Decision decide_casts(const Column& column, const std::vector<CastCall>& casts, const std::optional<Type>& wanted,
                      const std::string& name) {
  Decision decision;
  decision.carrier = carrier_for(column, casts.front(), name);
  decision.chain = chain_of(decision.carrier, casts, wanted, name);
  const Type& made = decision.chain.back().to;
  decision.compare = wanted ? *wanted : made;
  const bool only_cleans = std::ranges::all_of(casts, [](const CastCall& call) { return word_of(call).cleans; });
  if (!wanted && only_cleans) decision.compare = declared_type(column, made).value_or(made);
  try {
    decision.cast = cast_between(made, decision.compare);
  } catch (const Error&) {
    throw Error(Code::invalid_argument,
                name + ": the map says " + arrow::to_text(decision.compare) + ", and cast." + casts.back().name +
                    " makes " + arrow::to_text(made),
                "choose a type of the same meaning");
  }
  decision.policy = policy_of_chain(decision);
  decision.reason = reason_of(column, wanted.has_value());
  decision.warning = doubt_of(column, decision);
  decision.is_override = true;
  return decision;
}

}  // namespace sluice::catalog
