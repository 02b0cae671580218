#include "row_walker.hpp"

#include "base/error.hpp"
#include "fault.hpp"
#include "names.hpp"
#include "strings.hpp"
#include "window.hpp"

namespace sluice::json {

bool RowWalker::walk(std::string_view text) {
  ++row_;
  touched_.clear();
  return walk_object(text, 0, 0);
}

bool RowWalker::walk_object(std::string_view text, int parent, size_t depth) {
  if (fields_.size() <= depth) fields_.emplace_back();
  std::vector<Field>& fields = fields_[depth];
  if (!parser_.parse_object(text, fields)) return false;
  size_t guess = 0;
  for (const Field& field : fields) {
    const int node = find_node(parent, field, guess);
    if (node < 0) continue;
    const Value value = set(node, field.value);
    const bool is_spread = value.kind == Kind::object && tree_->node(node).is_flattened;
    if (is_spread && !walk_object(value.raw, node, depth + 1)) return false;
  }
  return true;
}

int RowWalker::find_node(int parent, const Field& field, size_t& guess) {
  std::string_view key = field.key;
  if (field.has_escapes) {
    scratch_.clear();
    append_unescaped(key, scratch_);
    key = scratch_;
  }
  const int node = tree_->find(parent, key, guess);
  return node >= 0 || growing_ == nullptr ? node : growing_->add(parent, key, settings_);
}

const Value& RowWalker::set(int node, const Value& value) {
  const auto at = static_cast<size_t>(node);
  if (at >= rows_.size()) {
    rows_.resize(tree_->size(), 0);
    values_.resize(tree_->size());
  }
  if (rows_[at] == row_) {
    ++doubled_;
    forget_below(node);
  } else {
    touched_.push_back(node);
  }
  rows_[at] = row_;
  values_[at] = tree_->node(node).is_parsed && value.kind == Kind::string ? parsed(node, value) : value;
  return values_[at];
}

Value RowWalker::parsed(int node, const Value& value) {
  std::string& text = parsed_[node];
  text.clear();
  append_unescaped(value.content(), text);
  if (const auto fault = find_fault(text, settings_.max_depth)) {
    throw Error(Code::data,
                "the string of " + shown_key(tree_->node(node).key) +
                    ", which the option parse names, holds no JSON: " + "at its byte " + std::to_string(fault->at) +
                    ": " + fault->message,
                "leave it out of the option parse, or mend the value");
  }
  const size_t first = text.find_first_not_of(" \t\r\n");
  const size_t last = text.find_last_not_of(" \t\r\n");
  text.append(kPadding, '\0');
  const std::string_view whole = std::string_view(text).substr(first, last + 1 - first);
  return {kind_of(whole[0]), whole, whole[0] == '"' && has_escapes(whole)};
}

/// What an earlier object of the same key was spread over.
void RowWalker::forget_below(int node) {
  for (const int child : tree_->node(node).children) {
    const auto at = static_cast<size_t>(child);
    if (at < rows_.size() && rows_[at] == row_) {
      rows_[at] = 0;
      std::erase(touched_, child);
    }
    forget_below(child);
  }
}

}  // namespace sluice::json
