#include "verify/reread.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "arrow/builder.hpp"
#include "arrow/text.hpp"
#include "catalog/decide.hpp"
#include "copy/transform_stage.hpp"
#include "verify/dialect.hpp"
#include "verify/stored_times.hpp"

namespace sluice::verify {

namespace {

using arrow::Kind;
using catalog::Cast;
using catalog::ColumnMapping;
using Params = std::vector<std::optional<std::string>>;

std::string select_list(Dialect dialect, const TableSide& side) {
  std::string list;
  for (const ColumnMapping& column : side.table.columns) {
    list += (list.empty() ? "" : ", ") + selected(dialect, column, side.side);
  }
  return list;
}

std::string select_by_keys(const TableSide& side, const std::vector<KeyTexts>& keys, Params& params) {
  const Dialect dialect = dialect_of(side);
  std::string condition;
  for (const KeyTexts& key : keys) {
    condition += condition.empty() ? "(" : " OR (";
    for (size_t i = 0; i < key.size(); ++i) {
      params.emplace_back(key[i]);
      const ColumnMapping& column = *side.table.find_target(side.table.key[i]);
      condition += (i > 0 ? " AND " : "") + equals_param(dialect, column, side.side, params.size());
    }
    condition += ")";
  }
  return "SELECT " + select_list(dialect, side) + " FROM " + quoted_table(dialect, side) + " WHERE " + condition;
}

/// Queries deliver what their texts say. Three forms have to be made what the reader delivers: bytes that come as "\x"
/// and hex digits, floats that come as the double nearest to their text, and times (stored_times.hpp).
bool needs_adapting(const arrow::Type& found, const arrow::Type& wanted) {
  return (found.kind == Kind::text && wanted.kind == Kind::binary) ||
         (found.kind == Kind::float64 && wanted.kind == Kind::float32);
}

/// What a side's values are read as: before casts that the map names, else the comparison type.
const arrow::Type& wanted_type(const ColumnMapping& column, copy::Side side) {
  return side == copy::Side::source && !column.chain.empty() ? column.source_carrier : column.compare;
}

const arrow::Type& carrier_of(const ColumnMapping& column, copy::Side side) {
  return side == copy::Side::source ? column.source_carrier : column.target_carrier;
}

/// Lets the map's casts begin from what a query delivers.
void begin_chain_from(ColumnMapping& column, const arrow::Type& found) {
  if (!(found == column.source_carrier)) column.chain.insert(column.chain.begin(), {.call = {}, .to = column.source_carrier});
  column.source_carrier = found;
}

std::string bytes_of_hex(std::string_view text) {
  if (text.substr(0, 2) != "\\x") return std::string(text);
  const auto bytes = arrow::bytes_from_hex(text.substr(2));
  return bytes ? *bytes : std::string(text);
}

void adapt_column(const arrow::ColumnView& in, arrow::ColumnBuilder& out) {
  for (int64_t row = 0; row < in.length(); ++row) {
    if (in.is_null(row)) {
      out.append_null();
    } else if (out.field().type.kind == Kind::binary) {
      out.append_bytes(bytes_of_hex(in.bytes(row)));
    } else {
      out.append_double(in.float64(row));
    }
  }
}

/// What a query delivered, as columns of the comparison types' way in.
class Adapter {
 public:
  Adapter(const TableSide& side, const std::vector<arrow::Field>& found) : found_(found), side_(side.side), mapping_(side.table) {
    for (size_t i = 0; i < found.size(); ++i) {
      ColumnMapping& column = mapping_.columns[i];
      const bool is_time = are_stored_times(found[i].type, carrier_of(column, side.side));
      const arrow::Type wanted = is_time ? carrier_of(column, side.side) : wanted_type(column, side.side);
      const bool is_adapted = is_time || needs_adapting(found[i].type, wanted);
      wanted_.push_back(wanted);
      adapted_.push_back(is_adapted);
      bind(column, side.side, is_adapted ? wanted : found[i].type);
    }
  }

  const catalog::TableMapping& mapping() const { return mapping_; }

  void adapt(arrow::Array& batch) const {
    for (size_t i = 0; i < adapted_.size(); ++i) {
      if (!adapted_[i]) continue;
      const auto views = arrow::view_batch(fields_before(i), *batch);
      arrow::ColumnBuilder builder({.name = found_[i].name, .type = wanted_[i]});
      if (are_stored_times(found_[i].type, wanted_[i])) {
        append_stored_times(copy::RowPlace(mapping_, side_, views), found_[i].name, views[i], builder);
      } else {
        adapt_column(views[i], builder);
      }
      ArrowArray* child = batch->children[i];
      child->release(child);
      builder.finish(child);
    }
  }

 private:
  static void bind(ColumnMapping& column, copy::Side side, const arrow::Type& carrier) {
    const bool is_source = side == copy::Side::source;
    if (is_source && !column.chain.empty()) return begin_chain_from(column, carrier);
    arrow::Type& known = is_source ? column.source_carrier : column.target_carrier;
    Cast& cast = is_source ? column.source_cast : column.target_cast;
    if (!(carrier == known)) cast = catalog::cast_between(carrier, column.compare);
    known = carrier;
  }

  /// The types while columns from `next` on are still as found.
  std::vector<arrow::Field> fields_before(size_t next) const {
    std::vector<arrow::Field> fields = found_;
    for (size_t i = 0; i < next; ++i) {
      if (adapted_[i]) fields[i].type = wanted_[i];
    }
    return fields;
  }

  std::vector<arrow::Field> found_;
  copy::Side side_;
  catalog::TableMapping mapping_;
  std::vector<arrow::Type> wanted_;
  std::vector<bool> adapted_;
};

/// A query's batches, adapted.
class AdaptedReader : public arrow::BatchReader {
 public:
  AdaptedReader(std::unique_ptr<arrow::BatchReader> inner, const Adapter& adapter) : inner_(std::move(inner)), adapter_(adapter) {}
  const std::vector<arrow::Field>& fields() const override { return inner_->fields(); }
  arrow::Array next() override {
    arrow::Array batch = inner_->next();
    if (!batch.empty()) adapter_.adapt(batch);
    return batch;
  }

 private:
  std::unique_ptr<arrow::BatchReader> inner_;
  const Adapter& adapter_;
};

void add_rows(const catalog::TableMapping& table, const ArrowArray& batch, RereadRows& rows) {
  const std::vector<arrow::Field> fields = copy::compare_fields(table);
  const auto views = arrow::view_batch(fields, batch);
  RowKeys keys(table);
  std::vector<RereadRow> read(static_cast<size_t>(batch.length));
  arrow::RowHasher hasher(fields);
  std::vector<arrow::RowHash> hashes;
  for (size_t column = 0; column < views.size(); ++column) {
    hasher.hash_columns(batch, {column}, hashes);
    for (size_t row = 0; row < read.size(); ++row) {
      const auto at = static_cast<int64_t>(row);
      read[row].columns.push_back(hashes[row]);
      const bool is_null = views[column].is_null(at);
      read[row].texts.push_back(is_null ? std::nullopt : std::optional(arrow::value_to_text(views[column], at)));
    }
  }
  const std::vector<KeyedRow>& keyed = keys.compute(batch);
  for (size_t row = 0; row < read.size(); ++row) {
    read[row].row = keyed[row].row;
    rows.insert_or_assign(keyed[row].key, std::move(read[row]));
  }
}

}  // namespace

RereadRows reread_rows(const TableSide& whole, const std::vector<KeyTexts>& keys) {
  RereadRows rows;
  if (keys.empty()) return rows;
  const bool is_transformed = whole.side == copy::Side::source && whole.copied.transform != nullptr;
  const catalog::TableMapping read = is_transformed ? whole.table.before_transforms() : whole.table;
  const TableSide side{whole.session, read, whole.side};
  Params params;
  const std::string sql = select_by_keys(side, keys, params);
  auto queried = side.session.query(sql, params);
  const Adapter adapter(side, queried->fields());
  const bool passes_over = whole.side == copy::Side::source && whole.copied.rejects > 0;
  auto reader = copy::converted(std::make_unique<AdaptedReader>(std::move(queried), adapter), adapter.mapping(), side.side,
                                passes_over ? copy::Unfit::passed_over : copy::Unfit::refused);
  if (is_transformed) {
    copy::OnRowError on_error;
    if (passes_over) on_error = [](int64_t, const Error&) {};
    reader = copy::transformed(std::move(reader), whole.table, *whole.copied.transform, on_error);
  }
  for (arrow::Array batch = reader->next(); !batch.empty(); batch = reader->next()) add_rows(whole.table, *batch, rows);
  return rows;
}

}  // namespace sluice::verify
