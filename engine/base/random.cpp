#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <vector>

#include "base/system_error.hpp"

namespace sluice {

namespace {

std::vector<unsigned char> random_bytes(size_t count) {
  std::vector<unsigned char> bytes(count);
  for (size_t filled = 0; filled < count;) {
    const ssize_t more = getrandom(bytes.data() + filled, count - filled, 0);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) throw error_from_errno(errno, "asking the kernel for random bytes");
    filled += static_cast<size_t>(more);
  }
  return bytes;
}

std::string to_hex(const std::vector<unsigned char>& bytes) {
  std::string hex;
  for (const unsigned char byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace

std::string random_hex(size_t bytes) { return to_hex(random_bytes(bytes)); }

std::string uuid4_text() {
  std::vector<unsigned char> bytes = random_bytes(16);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string text = to_hex(bytes);
  for (const size_t place : {8, 13, 18, 23}) text.insert(place, "-");
  return text;
}

}  // namespace sluice
