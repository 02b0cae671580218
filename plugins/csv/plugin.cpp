#include <sqlite3.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "ask.hpp"
#include "base/error.hpp"
#include "catalog.hpp"
#include "chunks.hpp"
#include "ddl.hpp"
#include "files/target_calls.hpp"
#include "read.hpp"
#include "session.hpp"
#include "settings.hpp"
#include "snapshot.hpp"
#include "writer.hpp"

/// The plugin's table: each function unpacks its arguments, calls the part that does the work, and packs the answer.

struct sluice_store {
  sluice::csv::Settings settings;
  sluice::files::ContentHashes hashes;
};

struct sluice_session {
  explicit sluice_session(sluice_store& store) : session(store.settings, store.hashes) {}
  sluice::csv::Session session;
};

namespace {

using namespace sluice;
using namespace sluice::csv;
using nlohmann::json;

Session& session_of(sluice_session* handle) { return handle->session; }

using Target = files::TargetCalls<Session, session_of>;

template <typename Work>
sluice_status call(sluice_session* handle, sluice_error* error, Work&& work) noexcept {
  return Target::call(handle, error, std::forward<Work>(work));
}

sluice_status store_open(const sluice_host*, const sluice_option* options, int64_t count, sluice_store** out,
                         sluice_error* error) {
  return sdk::guard(error, [&] {
    auto store = std::make_unique<sluice_store>();
    store->settings = settings_from_options(options, count);
    *out = store.release();
  });
}

void store_close(sluice_store* store) { delete store; }

sluice_status session_open(sluice_store* store, sluice_session** out, sluice_error* error) {
  return sdk::guard(error, [&] { *out = new sluice_session(*store); });
}

void session_close(sluice_session* session) { delete session; }

void cancel(sluice_session* session) { session->session.home().cancel(); }

sluice_status capabilities(sluice_session* handle, sluice_capabilities* out, sluice_error* error) {
  return call(handle, error, [&](Session&) {
    sluice_capabilities answer{};
    // Each writer has a part of its own; only the commits, which are small, wait for one another.
    answer.max_writers = 0;
    answer.flags = SLUICE_CAN_SNAPSHOT | SLUICE_CAN_ATOMIC_LOAD | SLUICE_CAN_TRANSACTIONAL_DDL;
    sdk::answer(out, answer);
  });
}

sluice_status identity(sluice_session* handle, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    const json answer = {{"id", session.id()},
                         {"version", "CSV, RFC 4180"},
                         {"name", session.path()},
                         {"pin", files::pin_of(session.home())}};
    sdk::fill(out, answer.dump(-1, ' ', false, json::error_handler_t::replace));
  });
}

sluice_status catalog(sluice_session* handle, const char* filter, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(out, describe_catalog(session, sdk::text(filter))); });
}

sluice_status ddl(sluice_session* handle, const char* catalog_json, const char* stage, sluice_buffer* out,
                  sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    sdk::fill(out, ddl_for_catalog(session.dialect(), sdk::text(catalog_json), sdk::text(stage)));
  });
}

std::string without_parameters(const char* text, int64_t count) {
  if (count == 0) return sdk::text(text);
  throw Error(Code::invalid_argument, "csv: statements take no parameters, " + std::to_string(count) + " are given");
}

sluice_status query(sluice_session* handle, const char* text, const char* const*, int64_t param_count,
                    ArrowArrayStream* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    Target::hand_out(session, run_query(session, without_parameters(text, param_count)), out);
  });
}

sluice_status execute_text(sluice_session* handle, const char* text, const char* const*, int64_t param_count,
                           int64_t* rows, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    const int64_t changed = run_statement(session, without_parameters(text, param_count));
    if (rows != nullptr) *rows = changed;
  });
}

sluice_status snapshot_export(sluice_session* handle, sluice_buffer* token, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(token, export_snapshot(session)); });
}

sluice_status snapshot_join(sluice_session* handle, const char* token, sluice_error* error) {
  return call(handle, error, [&](Session& session) { join_snapshot(session, sdk::text(token)); });
}

sluice_status snapshot_confirm(sluice_session* handle, const char* token, sluice_error* error) {
  return call(handle, error, [&](Session& session) { confirm_snapshot(session, sdk::text(token)); });
}

sluice_status source_state(sluice_session* handle, const char* filter, sluice_buffer* out, sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { sdk::fill(out, describe_source_state(session, sdk::text(filter))); });
}

sluice_status plan(sluice_session* handle, const sluice_read_spec* spec, int64_t wanted, sluice_buffer* out,
                   sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { sdk::fill(out, plan_chunks(session, sdk::read_spec(spec), wanted)); });
}

sluice_status read(sluice_session* handle, const sluice_read_spec* spec, ArrowArrayStream* out, sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { Target::hand_out(session, read_rows(session, sdk::read_spec(spec)), out); });
}

void stream_error(sluice_session* handle, sluice_error* out) { handle->session.stream_error.copy_to(out); }

sluice_status load(sluice_session* handle, const sluice_load_spec* spec, ArrowArrayStream* stream,
                   sluice_load_result* result, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    arrow::Stream taken(stream);
    arrow::StreamReader batches(std::move(taken));
    const files::Loaded loaded = load_rows(session, sdk::load_spec(spec), batches);
    sluice_load_result answer{};
    answer.rows = loaded.rows;
    answer.bytes = loaded.bytes;
    sdk::answer(result, answer);
  });
}

const void* get_extension(const char*) { return nullptr; }

const sluice_plugin kPlugin = Target::with_target({
    .struct_size = sizeof(sluice_plugin),
    .abi_major = 1,
    .abi_minor = 0,
    .roles = SLUICE_ROLE_SOURCE | SLUICE_ROLE_TARGET,
    .name = "csv",
    .version = "0.1.0",
    .store_open = store_open,
    .store_close = store_close,
    .session_open = session_open,
    .session_close = session_close,
    .cancel = cancel,
    .capabilities = capabilities,
    .identity = identity,
    .catalog = catalog,
    .ddl = ddl,
    .query = query,
    .execute = execute_text,
    .snapshot_export = snapshot_export,
    .snapshot_join = snapshot_join,
    .snapshot_confirm = snapshot_confirm,
    .source_state = source_state,
    .plan_chunks = plan,
    .read = read,
    .stream_error = stream_error,
    .load = load,
    .fingerprint = nullptr,
    .get_extension = get_extension,
    .savepoint = nullptr,
});

}  // namespace

extern "C" SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1(void) { return &kPlugin; }
