#include "session.hpp"

namespace sluice::postgres {

Session::Session(const StoreOptions& options, const sluice_host* host)
    : options_(options), data_(options, host), control_(options) {
  data_.open();
}

Connection& Session::data() {
  if (is_streaming) {
    throw Error(Code::invalid_argument, "the session is busy: a stream is still being read from it",
                "read the stream to its end or release it first");
  }
  if (data_.is_alive()) return data_;
  if (guard) throw Error(Code::unavailable, "the connection of the open guard was lost: nothing of it was committed");
  if (has_snapshot)
    throw Error(Code::unavailable, "the connection that held the snapshot was lost, and the snapshot with it");
  data_.open();
  return data_;
}

std::string Session::schema_or_default(const std::string& schema) const {
  return schema.empty() ? options_.schema() : schema;
}

void Session::cancel() noexcept {
  data_.cancel();
  control_.cancel();
}

void Session::forget_cancel() {
  data_.forget_cancel();
  control_.forget_cancel();
}

}  // namespace sluice::postgres
