#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::files {

enum class Encoding { detect = 1, utf8, latin1, windows1252, utf16_little, utf16_big };

/// "utf-8", "latin1", "windows-1252", "utf-16": for messages.
const char* to_text(Encoding encoding);

/// What a byte order mark at a file's begin says.
struct ByteOrderMark {
  Encoding encoding = Encoding::utf8;
  int size = 0;  ///< bytes; 0: there is none
};
ByteOrderMark find_mark(std::string_view begin);

/// Bytes that were made UTF-8.
struct Decoded {
  size_t taken = 0;        ///< bytes of the input that are done with; the rest is the begin of a character
  bool is_broken = false;  ///< the bytes behind `taken` are no character
};

/// Appends what `bytes` say to `out`. UTF-8 is not copied: then only `taken` counts.
Decoded decode(Encoding encoding, std::string_view bytes, std::string& out);

/// How many bytes of the file a decoded text took.
int64_t encoded_size(Encoding encoding, std::string_view text);

}  // namespace sluice::files
