#include "journal/chain.hpp"

#include "base/error.hpp"
#include "base/sha256.hpp"

namespace sluice::journal {
namespace {

void add_number(std::string& bytes, int64_t number) {
  bytes += std::to_string(number);
  bytes += '\n';
}

void add_text(std::string& bytes, const std::string& text) {
  bytes += std::to_string(text.size());
  bytes += ':';
  bytes += text;
}

[[noreturn]] void throw_broken(const Event& event, const std::string& why) {
  throw Error(Code::data, "event " + std::to_string(event.seq) + " (" + event.kind + "): " + why,
              "the journal was changed after it was written: do not resume this run from it");
}

}  // namespace

std::string chain_hash(const std::string& previous_hash, const Event& event) {
  std::string bytes;
  bytes.reserve(previous_hash.size() + event.kind.size() + event.node.size() + event.task.size() + event.data.size() +
                96);
  add_text(bytes, previous_hash);
  add_number(bytes, event.seq);
  add_number(bytes, event.time_us);
  add_number(bytes, event.generation);
  add_text(bytes, event.kind);
  add_text(bytes, event.node);
  add_text(bytes, event.task);
  add_text(bytes, event.data);
  return sha256_hex(bytes);
}

void verify_chain(Journal& journal) {
  std::string previous_hash;
  int64_t expected_seq = 1;
  for (const Event& event : journal.events(1)) {
    if (event.seq != expected_seq) {
      throw_broken(event, "expected event " + std::to_string(expected_seq) + " here; events are missing");
    }
    if (chain_hash(previous_hash, event) != event.hash)
      throw_broken(event, "its hash does not fit the events up to it");
    previous_hash = event.hash;
    ++expected_seq;
  }
}

}  // namespace sluice::journal
