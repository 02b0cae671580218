#include "base/sha256.hpp"

#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/error.hpp"
#include "base/system_error.hpp"

namespace sluice {

namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) {
    check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void update(std::string_view data) { check(EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1); }
  std::string finish_hex() {
    std::array<unsigned char, 32> digest;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    std::string hex;
    for (const unsigned char byte : digest) {
      hex += "0123456789abcdef"[byte >> 4];
      hex += "0123456789abcdef"[byte & 15];
    }
    return hex;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  static void check(bool worked) {
    if (!worked) throw Error(Code::internal, "SHA-256: the cryptographic library failed");
  }
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace

std::string sha256_hex(std::string_view data) {
  Sha256 hash;
  hash.update(data);
  return hash.finish_hex();
}

std::string sha256_hex_of_file(int descriptor) {
  Sha256 hash;
  std::array<char, 65536> buffer;
  off_t at = 0;
  while (true) {
    const ssize_t size = pread(descriptor, buffer.data(), buffer.size(), at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) throw error_from_errno(errno, "reading a file for its SHA-256");
    if (size == 0) return hash.finish_hex();
    hash.update({buffer.data(), static_cast<size_t>(size)});
    at += size;
  }
}

}  // namespace sluice
