#include "matrix/notation.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace sluice::test::matrix {
namespace {

TEST(MatrixNotation, EveryByteComesBack) {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  for (const std::string& text : {bytes, bytes + bytes, std::string(), std::string(" a  b "), std::string("é\xff\xc3"),
                                  std::string(100, '*'), std::string(1 << 20, 'x') + "<>", std::string(50, '\n')}) {
    EXPECT_EQ(decode(encode(text)), text);
    EXPECT_EQ(encode(text).find('\n'), std::string::npos);
  }
}

TEST(MatrixNotation, BracketsThatMeanNothingAreRefused) {
  for (const char* written : {"<", "<zz>", "a<0>", "<x*y>"}) EXPECT_THROW(decode(written), std::runtime_error) << written;
}

}  // namespace
}  // namespace sluice::test::matrix
