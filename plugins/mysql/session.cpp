#include "session.hpp"

namespace sluice::mysql {

Connection& Session::data() {
  if (is_streaming) {
    throw Error(Code::invalid_argument, "the session is busy: a stream is still being read from it",
                "read the stream to its end or release it first");
  }
  if (data_.is_alive()) return data_;
  if (guard) throw Error(Code::unavailable, "the connection of the open guard was lost: what it did not commit is undone");
  if (snapshot != SnapshotPart::none) {
    throw Error(Code::unavailable, "the connection that held the snapshot was lost, and the snapshot with it");
  }
  data_.open();
  return data_;
}

std::string Session::schema_or_default(const std::string& schema) const {
  return schema.empty() ? options_.database() : schema;
}

}  // namespace sluice::mysql
