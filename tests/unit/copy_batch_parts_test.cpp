#include "copy/batch_parts.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "arrow/builder.hpp"
#include "arrow/slice.hpp"

namespace sluice::copy {
namespace {

using arrow::Kind;

/// Three rows: an integer of 8 bytes, a truth, a text of 2, 0 and 5 bytes.
arrow::Array rows(const std::vector<arrow::Field>& fields) {
  arrow::BatchBuilder builder(fields);
  for (const char* text : {"ab", "", "cdefg"}) {
    builder.column(0).append_int64(1);
    builder.column(1).append_int64(1);
    builder.column(2).append_bytes(text);
  }
  return builder.finish();
}

TEST(ValueBytes, AreThoseOfTheValuesWhateverTheirKind) {
  const std::vector<arrow::Field> fields = {{"n", {Kind::int64}}, {"b", {Kind::boolean}}, {"s", {Kind::text}}};
  const auto batch = std::make_shared<const arrow::Array>(rows(fields));
  EXPECT_EQ(value_bytes(fields, **batch), 3 * 8 + 3 + 7);
  EXPECT_EQ(value_bytes(fields, *arrow::slice(batch, 1, 2)), 2 * 8 + 2 + 5) << "of a slice its own rows count";
  EXPECT_EQ(value_bytes(fields, *arrow::slice(batch, 1, 0)), 0);
}

}  // namespace
}  // namespace sluice::copy
