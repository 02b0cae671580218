#include "store.hpp"

#include <xxhash.h>

#include <cstdio>
#include <new>

#include "window.hpp"

namespace sluice::json {

namespace {

struct FreeState {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

std::string hash_file(const SourceFile& file, const CheckCancelled& check) {
  const std::unique_ptr<XXH3_state_t, FreeState> state(XXH3_createState());
  if (!state) throw std::bad_alloc();
  XXH3_64bits_reset(state.get());
  Window window(file, 0, check);
  while (window.refill()) {
    XXH3_64bits_update(state.get(), window.view().data(), window.view().size());
    window.skip(window.view().size());
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(XXH3_64bits_digest(state.get())));
  return text;
}

}  // namespace

std::shared_ptr<const Scan> Store::scan(const std::vector<SourceFile>& files, const std::vector<WrittenTable>& written,
                                        const CheckCancelled& check) {
  const std::lock_guard lock(scanning_);
  if (!scan_ || scan_->files != files || scan_->written != written) {
    scan_.reset();
    scan_ = std::make_shared<const Scan>(scan_files(files, written, settings_, check));
  }
  return scan_;
}

std::string Store::content_hash(const SourceFile& file, const CheckCancelled& check) {
  const std::lock_guard lock(hashing_);
  auto& [state, hash] = hashes_[file.path];
  if (hash.empty() || state != file.state) {
    hash = hash_file(file, check);
    state = file.state;
  }
  return hash;
}

}  // namespace sluice::json
