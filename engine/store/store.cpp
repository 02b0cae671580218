#include <utility>

#include "base/error.hpp"
#include "store/calls.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"

namespace sluice::store {

namespace {

void write_log(void* context, int32_t level, const char* message) {
  const auto& log = *static_cast<const LogSink*>(context);
  if (!log || message == nullptr) return;
  try {
    log(level, message);
  } catch (...) {  // called from C: a log line is not worth the process
  }
}

}  // namespace

Store::Store(std::shared_ptr<const Plugin> plugin, std::string name, const Options& options, LogSink log)
    : plugin_(std::move(plugin)), name_(std::move(name)), log_(std::move(log)) {
  host_.struct_size = sizeof host_;
  host_.context = &log_;
  host_.log = write_log;
  std::vector<sluice_option> raw;
  for (const auto& [key, value] : options) raw.push_back({key.c_str(), value.c_str()});
  sluice_error error{};
  const sluice_status status =
      plugin_->table().store_open(&host_, raw.data(), static_cast<int64_t>(raw.size()), &handle_, &error);
  if (status != SLUICE_OK) throw error_from_plugin(status, error, name_);
}

Store::~Store() {
  if (handle_ != nullptr) plugin_->table().store_close(handle_);
}

std::unique_ptr<Session> Store::open_session() const { return std::make_unique<Session>(*this); }

}  // namespace sluice::store
