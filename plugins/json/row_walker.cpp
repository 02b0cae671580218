#include "row_walker.hpp"

#include "strings.hpp"

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
    const int node = find_node(parent, field.key, guess);
    if (node < 0) continue;
    set(node, field.value);
    const bool is_spread = field.value.kind == Kind::object && tree_->node(node).is_flattened;
    if (is_spread && !walk_object(field.value.raw, node, depth + 1)) return false;
  }
  return true;
}

int RowWalker::find_node(int parent, std::string_view key, size_t& guess) {
  if (has_escapes(key)) {
    scratch_.clear();
    append_unescaped(key, scratch_);
    key = scratch_;
  }
  const int node = tree_->find(parent, key, guess);
  return node >= 0 || growing_ == nullptr ? node : growing_->add(parent, key, settings_);
}

void RowWalker::set(int node, const Value& value) {
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
  values_[at] = value;
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
