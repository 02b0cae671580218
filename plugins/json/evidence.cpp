#include "evidence.hpp"

#include <algorithm>

#include "arrow/canonical.hpp"
#include "arrow/text.hpp"
#include "classes.hpp"
#include "strings.hpp"

namespace sluice::json {

namespace {

constexpr int kMostScale = 9;

}  // namespace

void ColumnEvidence::add(const Value& value, std::string& scratch) {
  ++present;
  if (value.kind != Kind::null) max_raw_bytes_ = std::max(max_raw_bytes_, static_cast<int64_t>(value.raw.size()));
  switch (value.kind) {
    case Kind::null: ++nulls; return;
    case Kind::boolean: ++booleans; return;
    case Kind::object: ++objects; return;
    case Kind::array: ++arrays; return;
    case Kind::number: return add_number(value.raw);
    case Kind::string: break;
  }
  if (!value.has_escapes) return add_text(value.content());
  scratch.clear();
  append_unescaped(value.content(), scratch);
  add_text(scratch);
}

void ColumnEvidence::add_integer(int64_t value) {
  if (integers++ == 0) min_integer_ = max_integer_ = value;
  min_integer_ = std::min(min_integer_, value);
  max_integer_ = std::max(max_integer_, value);
}

void ColumnEvidence::add_number(std::string_view token) {
  int64_t value = 0;
  const Size size = size_of_number(token);
  max_digits_ = std::max(max_digits_, size.digits);
  if (max_scale_ >= 0) max_scale_ = size.scale > kMostScale ? -1 : std::max(max_scale_, size.scale);
  if (integer_from_token(token, value)) return add_integer(value);
  ++numbers;
}

void ColumnEvidence::add_text(std::string_view text) {
  ++strings;
  max_bytes_ = std::max(max_bytes_, static_cast<int64_t>(text.size()));
  if (text.find('\0') != std::string_view::npos) ++nul_bytes_;
  classify(text);
}

void ColumnEvidence::classify(std::string_view text) {
  if (may_be_time_) {
    const bool may = text.size() >= 10 && text[0] >= '0' && text[0] <= '9';
    const auto parsed = may ? arrow::timestamp_from_text(text) : std::nullopt;
    may_be_time_ = parsed.has_value() && (parsed->has_time || text.size() == 10);
    if (may_be_time_) ++(!parsed->has_time ? dates_ : parsed->has_zone ? zoned_ : timestamps_);
  }
  if (may_be_number_) {
    may_be_number_ = is_plain_number(text);
    number_texts_ += may_be_number_ ? 1 : 0;
    if (may_be_number_) {
      const Size size = size_of_number(text);
      max_digits_ = std::max(max_digits_, size.digits);
      if (max_scale_ >= 0) max_scale_ = size.scale > kMostScale ? -1 : std::max(max_scale_, size.scale);
    }
  }
  if (may_be_uuid_) {
    may_be_uuid_ = text.size() >= 32 && text.size() <= 38 && arrow::uuid_from_text(text).has_value();
    uuids_ += may_be_uuid_ ? 1 : 0;
    plain_uuids_ += may_be_uuid_ && is_plain_uuid(text) ? 1 : 0;
  }
  if (may_be_json_) {
    may_be_json_ = !text.empty() && (text[0] == '{' || text[0] == '[') && arrow::is_json(text);
    jsons_ += may_be_json_ ? 1 : 0;
  }
  if (may_be_hex_) {
    may_be_hex_ = is_hex(text);
    hexes_ += may_be_hex_ ? 1 : 0;
  }
  if (may_be_boolean_) {
    may_be_boolean_ = is_boolean_word(text);
    true_false_ += may_be_boolean_ ? 1 : 0;
  }
}

ColumnEvidence ColumnEvidence::repeated(int64_t rows) const {
  ColumnEvidence all = *this;
  const int64_t whole = present;
  // A class that holds for every value holds for every copy; of the others nobody can tell.
  for (int64_t ColumnEvidence::*count :
       {&ColumnEvidence::present, &ColumnEvidence::nulls, &ColumnEvidence::booleans, &ColumnEvidence::integers,
        &ColumnEvidence::numbers, &ColumnEvidence::strings, &ColumnEvidence::dates_, &ColumnEvidence::timestamps_,
        &ColumnEvidence::zoned_, &ColumnEvidence::number_texts_, &ColumnEvidence::uuids_, &ColumnEvidence::plain_uuids_,
        &ColumnEvidence::jsons_, &ColumnEvidence::hexes_, &ColumnEvidence::true_false_}) {
    all.*count = this->*count == whole ? rows : 0;
  }
  return all;
}

}  // namespace sluice::json
