#include "catalog/decide_type.hpp"
#include "csv_store.hpp"

namespace sluice::test {
namespace {

struct Inference {
  std::string name;
  std::vector<std::string> cells;  ///< as written in the file
  std::string type;                ///< what the engine decides
  std::string carrier = "text";
};

void PrintTo(const Inference& value, std::ostream* out) { *out << value.name; }

class CsvInference : public testing::TestWithParam<Inference> {};

TEST_P(CsvInference, LooksAtTheWholeFile) {
  const TempDirectory directory;
  std::string bytes = "x,y\n";
  for (const std::string& cell : GetParam().cells) bytes += cell + ",1\n";
  write_text(directory / "t.csv", bytes);
  const store::Store store = csv_store(directory.path());
  store::LookFilter filter;
  filter.evidence = true;
  const catalog::Column column = store::Session(store).catalog(filter).tables.at(0).columns.at(0);
  const catalog::Decision decision = catalog::decide_type(column);
  EXPECT_EQ(arrow::to_text(decision.compare), GetParam().type);
  EXPECT_EQ(arrow::to_text(decision.carrier), GetParam().carrier);
  EXPECT_EQ(decision.warning, "");
  EXPECT_EQ(column.evidence->rows, static_cast<int64_t>(GetParam().cells.size()));
}

const std::vector<Inference> kInferences = {
    {"Integers", {"1", "-20", "0", "", "9223372036854775807"}, "int64", "int64"},
    {"QuotedIntegers", {"\"1\"", "\"2\""}, "int64", "int64"},
    {"IntegersBeyond64Bits", {"1", "9223372036854775808"}, "number"},
    {"LeadingZeros", {"007", "008"}, "text"},
    {"OneLeadingZero", {"7", "8", "09"}, "text"},
    {"Signs", {"+49", "12"}, "text"},
    {"MinusZero", {"-0", "1"}, "text"},
    {"Spaces", {"1 ", "2"}, "text"},
    {"EmptyText", {"1", "\"\""}, "text"},
    {"Prices", {"1.50", "12.00", "-0.99"}, "number"},
    {"ShortestDecimals", {"1.5", "12", "0.25"}, "number"},
    {"Versions", {"1.10", "1.9"}, "text"},
    {"BarePoints", {".5", "5."}, "text"},
    {"Exponents", {"1e5", "2"}, "text"},
    {"Thousands", {"\"1,000\"", "\"2,000\""}, "text"},
    {"Dates", {"2026-01-31", "", "1999-12-01"}, "date"},
    {"NoDates", {"2026-02-30"}, "text"},
    {"Timestamps", {"2026-01-31 10:00:00", "2026-01-31T10:00:00.5"}, "timestamp"},
    {"Zoned", {"2026-01-31 10:00:00+02", "2026-01-31T10:00:00Z"}, "timestamptz"},
    {"DatesAndTimestamps", {"2026-01-31", "2026-01-31 10:00:00"}, "text"},
    {"Uuids", {"6f1c0c5e-7e0b-4d0b-9a55-1f4a3f0d9a11"}, "uuid"},
    {"UpperUuids", {"6F1C0C5E-7E0B-4D0B-9A55-1F4A3F0D9A11"}, "text"},
    {"Booleans", {"true", "false", ""}, "boolean"},
    {"BooleanWords", {"TRUE", "false"}, "text"},
    {"Bytes", {"\\x00ff", "\\x"}, "binary", "binary"},
    {"Json", {"\"{}\"", "[]"}, "text"},
    {"Formulas", {"=1+1", "=2"}, "text"},
    {"Mixed", {"1", "x"}, "text"},
    {"OnlyNull", {"", ""}, "text"},
};

INSTANTIATE_TEST_SUITE_P(Inferences, CsvInference, testing::ValuesIn(kInferences),
                         [](const auto& info) { return info.param.name; });

TEST(CsvEvidence, FollowsTheMapsWishes) {
  const TempDirectory directory;
  write_text(directory / "t.csv", "code,flag,at,size\n007,YES,2026-01-31,1.5\n12,no,2026-02-01 10:00:00,2\n");
  const store::Store store = csv_store(directory.path());
  store::LookFilter filter;
  filter.evidence = true;
  const auto columns = store::Session(store).catalog(filter).tables.at(0).columns;
  const auto wished = [&](size_t index, const char* type) {
    return catalog::decide_override(columns[index], arrow::type_from_text(type), "t").compare;
  };
  EXPECT_EQ(arrow::to_text(wished(0, "int32")), "int32");
  EXPECT_EQ(arrow::to_text(wished(1, "boolean")), "boolean");
  EXPECT_EQ(arrow::to_text(wished(2, "timestamp")), "timestamp");
  EXPECT_EQ(arrow::to_text(wished(3, "decimal(10,2)")), "decimal(10,2)");
  EXPECT_EQ(error_of([&] { wished(1, "int64"); }).code(), Code::data);
}

}  // namespace
}  // namespace sluice::test
