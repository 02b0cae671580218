#include "transform_support.hpp"

#include <gtest/gtest.h>

#include "arrow/text.hpp"
#include "catalog/decide.hpp"
#include "copy/convert.hpp"

namespace sluice::script {
namespace {

using arrow::Kind;

catalog::Column make_column(const SourceColumn& from) {
  catalog::Column column;
  column.name = from.name;
  column.type = column.carrier = arrow::type_from_text(from.type);
  column.native = from.type;
  column.nullable = from.nullable;
  return column;
}

catalog::Catalog make_source(const std::vector<SourceColumn>& columns) {
  catalog::Table table;
  table.name = "orders";
  table.columns.push_back(make_column({"id", "bigint", false}));
  for (const SourceColumn& column : columns) table.columns.push_back(make_column(column));
  table.primary_key = catalog::Key{"", {"id"}};
  catalog::Catalog source;
  source.tables.push_back(std::move(table));
  return source;
}

/// A target that holds every type as it is.
catalog::Ddl take_all(const catalog::Catalog& wanted) {
  catalog::Ddl answer;
  for (const catalog::Table& table : wanted.tables) {
    for (const catalog::Column& column : table.columns) {
      answer.columns.push_back({table.name, column.name, arrow::to_text(column.type), column.type});
    }
  }
  return answer;
}

std::map<std::string, std::string> bundle_of(const std::string& fields) {
  return {{"w.lua", "local m = map { from = 'old', to = 'new',\n" + fields +
                        "\n}\nreturn workflow 'w' { stores = { old = store 'sqlite' { path = 'a' }, new = store "
                        "'sqlite' { path = 'b' } },"
                        " phase 'p' { step 'rows' { copy.tables { map = m } } } }\n"}};
}

void append_text(arrow::ColumnBuilder& out, const std::string& text) {
  const arrow::Type& type = out.field().type;
  switch (type.kind) {
    case Kind::boolean: return out.append_int64(text == "true" ? 1 : 0);
    case Kind::float32:
    case Kind::float64: return out.append_double(*arrow::double_from_text(text));
    case Kind::decimal: return out.append_decimal(*arrow::decimal_from_text(text, type.precision, type.scale));
    case Kind::uuid: return out.append_bytes(*arrow::uuid_from_text(text));
    case Kind::text:
    case Kind::number:
    case Kind::json:
    case Kind::binary: return out.append_bytes(text);
    case Kind::date: return out.append_int64(*arrow::date_from_text(text));
    case Kind::time: return out.append_int64(*arrow::time_from_text(text));
    case Kind::timestamp:
    case Kind::timestamptz: return out.append_int64(arrow::timestamp_from_text(text)->micros);
    case Kind::uint64: return out.append_int64(static_cast<int64_t>(std::stoull(text)));
    default: return out.append_int64(*arrow::int64_from_text(text));
  }
}

std::string text_at(const arrow::ColumnView& view, int64_t row) {
  return view.type().kind == Kind::boolean ? (view.int64(row) != 0 ? "true" : "false")
                                           : arrow::value_to_text(view, row);
}

}  // namespace

TransformedTable::TransformedTable(std::vector<SourceColumn> columns, const std::string& fields,
                                   TransformLimits limits) {
  const auto files = bundle_of(fields);
  const workflow::Workflow workflow = load_bundle(files, "w.lua", {});
  mapping_ = catalog::decide_mapping(make_source(columns), workflow.maps.at(0), "", take_all);
  transforms_ = make_script_calls(files, "w.lua", {}, limits)->make_transforms();
}

arrow::Array TransformedTable::make_batch(const std::vector<Row>& rows) const {
  arrow::BatchBuilder builder(copy::compare_fields(mapping().before_transforms()));
  int64_t id = 0;
  for (const Row& row : rows) {
    builder.column(0).append_int64(++id);
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i]) {
        append_text(builder.column(i + 1), *row[i]);
      } else {
        builder.column(i + 1).append_null();
      }
    }
  }
  return builder.finish();
}

std::vector<Row> TransformedTable::run(const std::vector<Row>& rows, copy::OnRowError on_error) {
  copy::TransformStage stage(mapping(), transform(), std::move(on_error));
  stage.take(make_batch(rows));
  std::vector<Row> out;
  for (arrow::Array batch = stage.next(); !batch.empty(); batch = stage.next()) {
    const auto views = arrow::view_batch(copy::compare_fields(mapping()), *batch);
    for (int64_t i = 0; i < batch->length; ++i) {
      Row& row = out.emplace_back();
      for (const auto& view : views) row.push_back(view.is_null(i) ? std::nullopt : std::optional(text_at(view, i)));
    }
  }
  counts_ = stage.counts();
  return out;
}

std::string made(const std::string& from, const std::string& to, const std::optional<std::string>& value,
                 const std::string& function) {
  TransformedTable table({{"v", from}},
                         "types = { ['orders.v'] = '" + to + "' }, columns = { ['orders.v'] = " + function + " }");
  try {
    const auto rows = table.run({{value}});
    return rows.at(0).at(1).value_or("NULL");
  } catch (const Error& error) {
    return "error: " + error.message();
  }
}

Error fault_of(TransformedTable& table, const std::vector<Row>& rows) {
  try {
    table.run(rows);
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(Code::internal, "");
}

}  // namespace sluice::script
