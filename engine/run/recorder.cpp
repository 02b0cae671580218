#include "run/recorder.hpp"

#include <nlohmann/json.hpp>

namespace sluice::run {

Recorder::Recorder(journal::Journal& journal, RunState& state, Listen listen)
    : journal_(journal), state_(state), listen_(std::move(listen)) {}

void Recorder::add(const char* kind, const std::string& node, const std::string& task, uint32_t generation, std::string data) {
  journal::Event event;
  event.kind = kind;
  event.node = node;
  event.task = task;
  event.generation = generation;
  event.data = std::move(data);
  batch_.push_back(std::move(event));
}

void Recorder::flush() {
  if (batch_.empty()) return;
  std::vector<journal::Event> batch = std::move(batch_);
  batch_.clear();
  journal_.append(batch);
  for (const journal::Event& event : batch) {
    apply(state_, event);
    if (listen_) listen_(event);
  }
}

std::string error_to_json(const Error& error) {
  nlohmann::json json = {{"code", to_text(error.code())}, {"message", error.message()}};
  if (!error.hint().empty()) json["hint"] = error.hint();
  if (!error.where().empty()) json["where"] = error.where();
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace sluice::run
