#include <zlib.h>

#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string lines(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += "{\"x\": " + std::to_string(i) + "}\n";
  return text;
}

TEST(JsonGzip, ACompressedFileIsReadLikeItsText) {
  JsonFiles files;
  files.write("t.ndjson.gz", gzip(lines(0, 300000)));
  files.open("t.ndjson.gz");
  const std::vector<std::string> values = files.values("x");
  ASSERT_EQ(values.size(), 300000u);
  for (int i = 0; i < 300000; i += 999) EXPECT_EQ(values[static_cast<size_t>(i)], std::to_string(i));
}

TEST(JsonGzip, AllMembersOfAFileCount) {
  JsonFiles files;
  files.write("t.json.gz", gzip("{\"x\": 1}\n{\"x\"") + gzip(": 2}\n") + gzip("") + gzip("{\"x\": 3}"));
  files.open("t.json.gz");
  EXPECT_THAT(files.values("x"), ElementsAre("1", "2", "3"));
}

TEST(JsonGzip, ChunksBeginAtFilesOnly) {
  JsonFiles files;
  files.write("m-1.json.gz", gzip(lines(0, 500)));
  files.write("m-2.json", lines(500, 502));
  files.write("m-3.json.gz", gzip("[{\"x\": 502}, {\"x\": 503}]"));
  files.open("m-*");
  store::ReadSpec spec;
  spec.table = "m";
  const store::Cuts cuts = files.session().plan_chunks(spec, 100);
  Rows together;
  std::vector<size_t> sizes;
  for (size_t i = 0; i <= cuts.cuts.size(); ++i) {
    const Rows rows = files.rows({"x"}, {}, "m", store::chunk_range(cuts, i));
    sizes.push_back(rows.size());
    together.insert(together.end(), rows.begin(), rows.end());
  }
  EXPECT_THAT(sizes, ElementsAre(500, 1, 1, 2));
  EXPECT_EQ(together, files.rows({"x"}, {}, "m"));
}

TEST(JsonGzip, BrokenAndCutFilesAreErrors) {
  const std::string packed = gzip(lines(0, 100000));
  const auto refused = [](const std::string& bytes) {
    JsonFiles files;
    files.write("t.json.gz", bytes);
    files.open("t.json.gz");
    const Error error = error_of([&] { files.catalog(); });
    EXPECT_EQ(error.code(), Code::data);
    return std::string(error.what());
  };
  EXPECT_THAT(refused(packed.substr(0, packed.size() / 2)), HasSubstr("cut off"));
  EXPECT_THAT(refused(packed.substr(0, packed.size() - 4)), HasSubstr("cut off"));
  std::string broken = packed;
  broken[packed.size() - 6] = static_cast<char>(broken[packed.size() - 6] ^ 0x55);
  EXPECT_THAT(refused(broken), HasSubstr("incorrect data check"));
  EXPECT_THAT(refused(gzip("{\"x\": 1}\n{\"x\": NaN}")),
              HasSubstr("byte 15 of its decompressed text: JSON has no such number"));
}

}  // namespace
}  // namespace sluice::test
