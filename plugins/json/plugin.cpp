#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "describe.hpp"
#include "files.hpp"
#include "read.hpp"
#include "session.hpp"
#include "settings.hpp"
#include "store.hpp"

/// The plugin's table: each function unpacks its arguments, calls the part that does the work, and packs the answer.

struct sluice_store {
  explicit sluice_store(sluice::json::Settings settings) : store(std::move(settings)) {}
  sluice::json::Store store;
};

struct sluice_session {
  explicit sluice_session(sluice::json::Store& store) : session(store) {}
  sluice::json::Session session;
};

namespace {

using namespace sluice;
using sluice::json::Session;

/// The border for a call on a session: earlier cancels are forgotten.
template <typename Work>
sluice_status call(sluice_session* handle, sluice_error* error, Work&& work) noexcept {
  return sdk::guard(error, [&] {
    handle->session.begin_work();
    work(handle->session);
  });
}

sluice_status store_open(const sluice_host*, const sluice_option* options, int64_t count, sluice_store** out,
                         sluice_error* error) {
  return sdk::guard(error, [&] { *out = new sluice_store(json::settings_from_options(options, count)); });
}

void store_close(sluice_store* store) { delete store; }

sluice_status session_open(sluice_store* store, sluice_session** out, sluice_error* error) {
  return sdk::guard(error, [&] { *out = new sluice_session(store->store); });
}

void session_close(sluice_session* session) { delete session; }

void cancel(sluice_session* session) { session->session.cancel(); }

sluice_status capabilities(sluice_session* handle, sluice_capabilities* out, sluice_error* error) {
  return call(handle, error, [&](Session&) {
    sluice_capabilities answer{};
    answer.flags = SLUICE_CAN_SNAPSHOT;
    sdk::answer(out, answer);
  });
}

sluice_status identity(sluice_session* handle, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    const std::string& path = session.settings().path;
    const nlohmann::json answer = {
        {"id", json::id_of_path(path)}, {"version", "JSON (RFC 8259)"}, {"name", path}, {"pin", ""}};
    sdk::fill(out, answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  });
}

sluice_status catalog(sluice_session* handle, const char* filter, sluice_buffer* out, sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { sdk::fill(out, json::describe_catalog(session, sdk::text(filter))); });
}

sluice_status snapshot_export(sluice_session* handle, sluice_buffer* token, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(token, session.export_snapshot()); });
}

sluice_status snapshot_join(sluice_session* handle, const char* token, sluice_error* error) {
  return call(handle, error, [&](Session& session) { session.join_snapshot(sdk::text(token)); });
}

sluice_status snapshot_confirm(sluice_session* handle, const char* token, sluice_error* error) {
  return call(handle, error, [&](Session& session) { session.confirm_snapshot(sdk::text(token)); });
}

sluice_status source_state(sluice_session* handle, const char*, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(out, session.describe_state()); });
}

sluice_status plan(sluice_session* handle, const sluice_read_spec* spec, int64_t wanted, sluice_buffer* out,
                   sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { sdk::fill(out, json::plan_chunks(session, sdk::read_spec(spec), wanted)); });
}

sluice_status read(sluice_session* handle, const sluice_read_spec* spec, ArrowArrayStream* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    auto reader = json::read_rows(session, sdk::read_spec(spec));
    session.stream_error.clear();
    arrow::export_stream(std::move(reader), out, session.stream_error.sink());
  });
}

void stream_error(sluice_session* handle, sluice_error* out) { handle->session.stream_error.copy_to(out); }

const void* get_extension(const char*) { return nullptr; }

const sluice_plugin kPlugin = {
    .struct_size = sizeof(sluice_plugin),
    .abi_major = 1,
    .abi_minor = 0,
    .roles = SLUICE_ROLE_SOURCE,
    .name = "json",
    .version = "0.1.0",
    .store_open = store_open,
    .store_close = store_close,
    .session_open = session_open,
    .session_close = session_close,
    .cancel = cancel,
    .capabilities = capabilities,
    .identity = identity,
    .catalog = catalog,
    .snapshot_export = snapshot_export,
    .snapshot_join = snapshot_join,
    .snapshot_confirm = snapshot_confirm,
    .source_state = source_state,
    .plan_chunks = plan,
    .read = read,
    .stream_error = stream_error,
    .get_extension = get_extension,
};

}  // namespace

extern "C" SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1(void) { return &kPlugin; }
