#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "arrow/builder.hpp"
#include "arrow/stream.hpp"
#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"

namespace {

using namespace sluice;
using namespace sluice::arrow;
using testing::HasSubstr;

std::vector<Field> every_kind() {
  std::vector<Field> fields;
  for (int kind = 1; kind <= static_cast<int>(Kind::json); ++kind) {
    Type type{static_cast<Kind>(kind)};
    if (type.kind == Kind::decimal) type.precision = 38, type.scale = 2;
    fields.push_back({to_text(type), type});
  }
  return fields;
}

/// A value for row i that differs from its neighbours and fits the kind.
void append(ColumnBuilder& column, int64_t i) {
  switch (column.field().type.kind) {
    case Kind::boolean: return column.append_int64(i % 3 == 0 ? 1 : 0);
    case Kind::int8: return column.append_int64(i % 100 - 50);
    case Kind::uint8: return column.append_int64(i % 256);
    case Kind::float32:
    case Kind::float64: return column.append_double(static_cast<double>(i) + 0.5);
    case Kind::decimal: return column.append_decimal(static_cast<Int128>(i) * -1'000'000'000'000'000'000);
    case Kind::uuid: return column.append_bytes(std::string(16, static_cast<char>(i)));
    case Kind::text:
    case Kind::number:
    case Kind::json:
    case Kind::binary: return column.append_bytes(std::string(static_cast<size_t>(i % 7), 'x') + std::to_string(i));
    default: return column.append_int64(i % 60'000);
  }
}

bool is_null_row(size_t column, int64_t row) { return row >= 100 && (row + static_cast<int64_t>(column)) % 5 == 0; }

Array build(BatchBuilder& builder, int64_t rows) {
  for (int64_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < builder.width(); ++column) {
      is_null_row(column, row) ? builder.column(column).append_null() : append(builder.column(column), row);
    }
  }
  return builder.finish();
}

/// A column of one row with the same value, to know how it must read.
std::string expected_text(const Field& field, int64_t row) {
  BatchBuilder one({field});
  append(one.column(0), row);
  const Array batch = one.finish();
  return value_to_text(view_batch({field}, *batch)[0], 0);
}

}  // namespace

TEST(Batches, KeepEveryKindAndEveryNull) {
  BatchBuilder builder(every_kind());
  const Array batch = build(builder, 1000);
  const std::vector<ColumnView> columns = view_batch(builder.fields(), *batch);
  for (size_t column = 0; column < columns.size(); ++column) {
    for (int64_t row = 0; row < 1000; ++row) {
      ASSERT_EQ(columns[column].is_null(row), is_null_row(column, row)) << builder.fields()[column].name << " " << row;
      if (columns[column].is_null(row)) continue;
      ASSERT_EQ(value_to_text(columns[column], row), expected_text(builder.fields()[column], row)) << row;
    }
    EXPECT_EQ(batch->children[column]->null_count, 180);
  }
}

TEST(Batches, StartAnewAfterFinish) {
  BatchBuilder builder(every_kind());
  build(builder, 300);
  EXPECT_EQ(builder.rows(), 0);
  for (size_t i = 0; i < builder.width(); ++i) append(builder.column(i), 1);
  const Array second = builder.finish();
  EXPECT_EQ(second->length, 1);
  for (int64_t i = 0; i < second->n_children; ++i) {
    EXPECT_EQ(second->children[i]->null_count, 0);
    EXPECT_EQ(second->children[i]->buffers[0], nullptr) << "a validity bitmap without a NULL";
  }
  const Array empty = builder.finish();
  EXPECT_EQ(empty->length, 0);
  EXPECT_EQ(view_batch(builder.fields(), *empty).size(), builder.width());
}

TEST(Batches, CountTheirBytes) {
  BatchBuilder builder({{"id", Type{Kind::int64}}, {"name", Type{Kind::text}}});
  for (int i = 0; i < 10; ++i) {
    builder.column(0).append_int64(i);
    builder.column(1).append_bytes("abc");
  }
  EXPECT_EQ(builder.bytes(), 80 + 44 + 30);
}

TEST(Batches, OutliveTheirBuilderAndLetColumnsBeMovedAway) {
  Array batch, column;
  {
    BatchBuilder builder({{"a", Type{Kind::text}}, {"b", Type{Kind::int32}}});
    builder.column(0).append_bytes("kept");
    builder.column(1).append_int64(1);
    batch = builder.finish();
  }
  *column.receive() = *batch->children[0];
  batch->children[0]->release = nullptr;
  batch.reset();
  EXPECT_EQ(ColumnView(Type{Kind::text}, *column).bytes(0), "kept");
}

TEST(Views, HonourOffsetsOfBatchAndColumn) {
  BatchBuilder builder({{"flag", Type{Kind::boolean}}, {"name", Type{Kind::text}}});
  for (int64_t i = 0; i < 40; ++i) {
    i % 4 == 3 ? builder.column(0).append_null() : builder.column(0).append_int64(i % 2);
    builder.column(1).append_bytes(std::to_string(i));
  }
  Array batch = builder.finish();
  batch->offset = 10;
  batch->length = 20;
  batch->children[0]->offset = 3;
  batch->children[0]->length -= 3;
  const auto columns = view_batch(builder.fields(), *batch);
  ASSERT_EQ(columns[0].length(), 20);
  for (int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(columns[0].is_null(i), (i + 13) % 4 == 3);
    EXPECT_EQ(columns[1].bytes(i), std::to_string(i + 10));
    if (columns[0].is_null(i)) continue;
    EXPECT_EQ(columns[0].int64(i), (i + 13) % 2);
  }
}

TEST(Views, RefuseABatchOfAnotherShape) {
  BatchBuilder builder({{"a", Type{Kind::int64}}});
  builder.column(0).append_int64(1);
  Array batch = builder.finish();
  EXPECT_THROW(view_batch({}, *batch), Error);
  EXPECT_THROW(view_batch({{"a", Type{Kind::text}}}, *batch), Error);
  batch->length = 2;
  EXPECT_THROW(view_batch(builder.fields(), *batch), Error);
}

namespace {

class Rows : public BatchReader {
 public:
  explicit Rows(int batches, bool fails = false)
      : left_(batches), fails_(fails), builder_({{"id", Type{Kind::int32}}}) {}
  const std::vector<Field>& fields() const override { return builder_.fields(); }
  Array next() override {
    if (left_-- == 0) {
      if (fails_) throw Error(Code::data, "orders.id: broken");
      return {};
    }
    builder_.column(0).append_int64(left_);
    return builder_.finish();
  }

 private:
  int left_;
  bool fails_;
  BatchBuilder builder_;
};

}  // namespace

TEST(Streams, GoOutAndComeBack) {
  Stream stream;
  export_stream(std::make_unique<Rows>(3), stream.receive());
  StreamReader reader(std::move(stream));
  EXPECT_EQ(reader.fields()[0].name, "id");
  int batches = 0;
  for (Array batch = reader.next(); !batch.empty(); batch = reader.next()) ++batches;
  EXPECT_EQ(batches, 3);
  EXPECT_TRUE(reader.next().empty());
}

TEST(Streams, CarryTheTextOfAnError) {
  Stream stream;
  std::string seen;
  export_stream(std::make_unique<Rows>(1, true), stream.receive(),
                [&](const std::exception& error) { seen = error.what(); });
  StreamReader reader(std::move(stream));
  reader.next();
  try {
    reader.next();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::internal);
    EXPECT_EQ(error.message(), "orders.id: broken");
  }
  EXPECT_EQ(seen, "orders.id: broken");
}

TEST(Streams, LetTheirOwnerExplainMore) {
  Stream stream;
  export_stream(std::make_unique<Rows>(0, true), stream.receive());
  StreamReader reader(std::move(stream), [](const std::string& text) { throw Error(Code::conflict, "more: " + text); });
  try {
    reader.next();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::conflict);
    EXPECT_EQ(error.message(), "more: orders.id: broken");
  }
}

TEST(Streams, StayFailed) {
  ArrowArrayStream raw{};
  export_stream(std::make_unique<Rows>(0, true), &raw);
  ArrowArray batch{};
  EXPECT_EQ(raw.get_next(&raw, &batch), EIO);
  EXPECT_EQ(raw.get_next(&raw, &batch), EIO);
  EXPECT_STREQ(raw.get_last_error(&raw), "orders.id: broken");
  raw.release(&raw);
  EXPECT_EQ(raw.release, nullptr);
}
