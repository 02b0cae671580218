#include "row_keys.hpp"

#include "classes.hpp"
#include "strings.hpp"

namespace sluice::json {

void RowKeys::begin(const Table& table, const Record& record) {
  has_begun_ = true;
  if (record.has_key) watches_.emplace_back(-1, KeyWatch());
  if (!watches_.empty()) return;
  std::vector<std::string> names(std::begin(kUsualKeys), std::end(kUsualKeys));
  if (table.is_written) names = {table.written_key};
  for (const std::string& name : names) {
    size_t guess = 0;
    const int node = table.tree.find(0, name, guess);
    if (node >= 0) watches_.emplace_back(node, KeyWatch());
  }
}

void RowKeys::add(Table& table, const RowWalker& walker, const Record& record, bool is_mark) {
  if (!has_begun_) begin(table, record);
  for (auto& [node, watch] : watches_) {
    if (node < 0) {
      record.has_key ? add_text(watch, record.key) : watch.add_other();
    } else {
      add_value(watch, walker.find_cell(node));
    }
  }
  if (!is_mark || watches_.empty()) return;
  const KeyWatch& first = watches_.front().second;
  if (first.is_ascending()) table.mark_keys.push_back(first.last());
}

void RowKeys::add_value(KeyWatch& watch, const Value* value) {
  int64_t integer = 0;
  if (value != nullptr && value->kind == Kind::number && integer_from_token(value->raw, integer)) {
    watch.add_integer(integer);
  } else if (value != nullptr && value->kind == Kind::string) {
    scratch_.clear();
    append_unescaped(value->content(), scratch_);
    watch.add_text(scratch_);
  } else {
    watch.add_other();
  }
}

/// Keys of members are integers where all are; else the watch has seen both, and they are told apart as texts.
void RowKeys::add_text(KeyWatch& watch, std::string_view text) {
  int64_t integer = 0;
  integer_from_token(text, integer) ? watch.add_integer(integer) : watch.add_text(text);
}

void RowKeys::finish(Table& table) {
  for (auto& [node, watch] : watches_) {
    const bool is_first = &watch == &watches_.front().second;
    const bool is_ascending = is_first && watch.is_ascending() && table.mark_keys.size() == table.marks.size();
    if (is_first && !is_ascending) table.mark_keys.clear();
    if (is_ascending) table.mark_key_node = node;
    if (table.key_node == Table::kNoKey && watch.prove()) table.key_node = node;
  }
}

}  // namespace sluice::json
