#include "verify/sample_keys.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "arrow/text.hpp"
#include "verify/dialect.hpp"

namespace sluice::verify {

namespace {

/// Integers drawn per row wanted before giving up; also how thinly keys may lie to count as dense.
constexpr int64_t kDrawsPerRow = 4;

/// The table reduced to its key columns.
catalog::TableMapping keys_of(const catalog::TableMapping& table) {
  catalog::TableMapping keys = table.before_transforms();
  keys.columns.clear();
  const catalog::TableMapping before = table.before_transforms();
  for (const std::string& name : table.key) keys.columns.push_back(*before.find_target(name));
  return keys;
}

std::optional<KeyTexts> key_texts(const std::vector<arrow::ColumnView>& views, int64_t row) {
  KeyTexts texts;
  for (const arrow::ColumnView& view : views) {
    if (view.is_null(row)) return std::nullopt;
    texts.push_back(arrow::value_to_text(view, row));
  }
  return texts;
}

}  // namespace

SampleKeys::SampleKeys(const TableSide& source, int64_t rows, int64_t wanted, const CheckCancelled& check)
    : random_(std::random_device{}()), span_(find_dense_span(source, rows, wanted)) {
  if (span_) {
    draws_left_ = wanted * kDrawsPerRow * 2;
  } else {
    draw_from_rows(source, wanted, check);
  }
}

std::optional<SampleKeys::Span> SampleKeys::find_dense_span(const TableSide& source, int64_t rows, int64_t wanted) {
  // A sample of most of a table is better drawn from the rows themselves.
  if (!has_common_ranges(source.table) || !source.table.where.empty() || rows < wanted * kDrawsPerRow)
    return std::nullopt;
  const Dialect dialect = dialect_of(source);
  const std::string key = quoted_name(dialect, source.table.find_target(source.table.key[0])->source);
  const auto bound = [&](const char* which) {
    const auto text =
        source.session.scalar(std::string("SELECT ") + which + "(" + key + ") FROM " + quoted_table(dialect, source));
    return text ? arrow::int64_from_text(*text) : std::nullopt;
  };
  const auto least = bound("min");
  const auto greatest = bound("max");
  if (!least || !greatest) return std::nullopt;
  const auto width = static_cast<__int128>(*greatest) - *least + 1;
  if (width > static_cast<__int128>(rows) * kDrawsPerRow) return std::nullopt;
  return Span{*least, *greatest};
}

void SampleKeys::draw_from_rows(const TableSide& source, int64_t wanted, const CheckCancelled& check) {
  const catalog::TableMapping table = keys_of(source.table);
  store::ReadSpec spec;
  spec.schema = table.source_schema;
  spec.table = table.source_table;
  spec.columns = copy::column_names(table, copy::Side::source);
  spec.wanted = copy::carrier_fields(table, copy::Side::source);
  spec.where = table.where;
  if (source.copied.rejects > 0) spec.left_out = [](const store::LeftOut&) {};
  const auto reader = source.session.read(spec);
  int64_t seen = 0;
  for (arrow::Array batch = reader->next(); !batch.empty(); batch = reader->next()) {
    if (check) check();
    const auto views = arrow::view_batch(reader->fields(), *batch);
    for (int64_t row = 0; row < batch->length; ++row) {
      // Every row of those seen so far stays with the same chance.
      const auto place = std::uniform_int_distribution<int64_t>(0, seen++)(random_);
      const bool is_full = static_cast<int64_t>(keys_.size()) >= wanted;
      if (is_full && place >= wanted) continue;
      auto texts = key_texts(views, row);
      if (!texts) continue;
      if (is_full) {
        keys_[static_cast<size_t>(place)] = std::move(*texts);
      } else {
        keys_.push_back(std::move(*texts));
      }
    }
  }
}

std::vector<KeyTexts> SampleKeys::next(int64_t most) {
  most = std::min(most, kBatch);
  std::vector<KeyTexts> batch;
  if (span_) {
    std::set<int64_t> drawn;
    std::uniform_int_distribution<int64_t> any(span_->least, span_->greatest);
    for (; draws_left_ > 0 && static_cast<int64_t>(batch.size()) < most; --draws_left_) {
      const int64_t key = any(random_);
      if (drawn.insert(key).second) batch.push_back({std::to_string(key)});
    }
    return batch;
  }
  const auto size = std::min<size_t>(keys_.size(), static_cast<size_t>(most));
  batch.assign(std::make_move_iterator(keys_.end() - static_cast<int64_t>(size)), std::make_move_iterator(keys_.end()));
  keys_.resize(keys_.size() - size);
  return batch;
}

}  // namespace sluice::verify
