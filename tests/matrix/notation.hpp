#pragma once

#include <string>
#include <string_view>

/// How the data files write bytes that an editor would lose: `<00>` or `<EF BB BF>` are bytes in hex, `<x*1048576>` is a text so many
/// times, `<3C>` is the sign itself, `<>` is nothing. Everything else stands for itself.
namespace sluice::test::matrix {

/// Throws std::runtime_error where a `<` has no such meaning.
std::string decode(std::string_view written);
/// A text that decodes to `bytes` and fits a line.
std::string encode(std::string_view bytes);

}  // namespace sluice::test::matrix
