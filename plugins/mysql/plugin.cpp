#include <memory>

#include "abi/plugin_sdk.hpp"
#include "catalog.hpp"
#include "chunks.hpp"
#include "options.hpp"
#include "read.hpp"
#include "session.hpp"
#include "snapshot.hpp"

/// The plugin's table: each function is a border around the part that does the work.
struct sluice_store {
  sluice::mysql::StoreOptions options;
};

struct sluice_session : sluice::mysql::Session {
  using Session::Session;
};

namespace sluice::mysql {
namespace {

/// A function's border on a session: earlier cancels are forgotten, exceptions become a status.
template <typename Work>
sluice_status call(sluice_session* session, sluice_error* error, Work&& work) noexcept {
  return sdk::guard(error, [&] {
    session->raw_data().forget_cancel();
    work();
  });
}

void export_rows(sluice_session* session, std::unique_ptr<arrow::BatchReader> reader, ArrowArrayStream* out) {
  session->stream_error.clear();
  arrow::export_stream(std::move(reader), out, session->stream_error.sink());
}

sluice_status store_open(const sluice_host*, const sluice_option* options, int64_t count, sluice_store** out, sluice_error* error) {
  return sdk::guard(error, [&] { *out = new sluice_store{StoreOptions(options, count)}; });
}

void store_close(sluice_store* store) { delete store; }

sluice_status session_open(sluice_store* store, sluice_session** out, sluice_error* error) {
  return sdk::guard(error, [&] { *out = std::make_unique<sluice_session>(store->options).release(); });
}

void session_close(sluice_session* session) { delete session; }

void cancel(sluice_session* session) { session->raw_data().cancel(); }

sluice_status capabilities(sluice_session*, sluice_capabilities* out, sluice_error* error) {
  return sdk::guard(error, [&] {
    sluice_capabilities answer{};
    answer.flags = SLUICE_CAN_SNAPSHOT | SLUICE_HAS_LANGUAGE;
    sdk::answer(out, answer);
  });
}

sluice_status identity(sluice_session* session, sluice_buffer* out, sluice_error* error) {
  return call(session, error, [&] { sdk::fill(out, read_identity(*session)); });
}

sluice_status catalog(sluice_session* session, const char* filter, sluice_buffer* out, sluice_error* error) {
  return call(session, error, [&] { sdk::fill(out, read_catalog(*session, sdk::text(filter))); });
}

sluice_status query(sluice_session* session, const char* text, const char* const* params, int64_t count, ArrowArrayStream* out,
                    sluice_error* error) {
  return call(session, error, [&] { export_rows(session, query_rows(*session, sdk::text(text), sdk::parameters(params, count)), out); });
}

sluice_status execute(sluice_session* session, const char* text, const char* const* params, int64_t count, int64_t* rows,
                      sluice_error* error) {
  return call(session, error, [&] {
    if (session->snapshot != SnapshotPart::none) throw Error(Code::invalid_argument, "execute: this session reads a snapshot");
    const Rows done = session->data().run(sdk::text(text), sdk::parameters(params, count), "SQL");
    // Some statements end early without an error when they are interrupted.
    if (session->raw_data().was_cancelled()) throw Error(Code::cancelled, "SQL: cancelled");
    *rows = done.affected;
  });
}

sluice_status snapshot_export(sluice_session* session, sluice_buffer* token, sluice_error* error) {
  return call(session, error, [&] { sdk::fill(token, export_snapshot(*session)); });
}

sluice_status snapshot_join(sluice_session* session, const char* token, sluice_error* error) {
  return call(session, error, [&] { join_snapshot(*session, sdk::text(token)); });
}

sluice_status snapshot_confirm(sluice_session* session, const char* token, sluice_error* error) {
  return call(session, error, [&] { confirm_snapshot(*session, sdk::text(token)); });
}

sluice_status state(sluice_session* session, const char* filter, sluice_buffer* out, sluice_error* error) {
  return call(session, error, [&] { sdk::fill(out, source_state(*session, sdk::text(filter))); });
}

sluice_status chunks(sluice_session* session, const sluice_read_spec* spec, int64_t wanted, sluice_buffer* out, sluice_error* error) {
  return call(session, error, [&] { sdk::fill(out, plan_chunks(*session, sdk::read_spec(spec), wanted)); });
}

sluice_status read(sluice_session* session, const sluice_read_spec* spec, ArrowArrayStream* out, sluice_error* error) {
  return call(session, error, [&] { export_rows(session, read_table(*session, sdk::read_spec(spec)), out); });
}

void stream_error(sluice_session* session, sluice_error* out) { session->stream_error.copy_to(out); }

const void* get_extension(const char*) { return nullptr; }

sluice_plugin make_table() {
  sluice_plugin table{};
  table.struct_size = sizeof table;
  table.abi_major = 1;
  table.abi_minor = 0;
  table.roles = SLUICE_ROLE_SOURCE;
  table.name = "mysql";
  table.version = "0.1.0";
  table.store_open = store_open;
  table.store_close = store_close;
  table.session_open = session_open;
  table.session_close = session_close;
  table.cancel = cancel;
  table.capabilities = capabilities;
  table.identity = identity;
  table.catalog = catalog;
  table.query = query;
  table.execute = execute;
  table.snapshot_export = snapshot_export;
  table.snapshot_join = snapshot_join;
  table.snapshot_confirm = snapshot_confirm;
  table.source_state = state;
  table.plan_chunks = chunks;
  table.read = read;
  table.stream_error = stream_error;
  table.get_extension = get_extension;
  return table;
}

const sluice_plugin kPlugin = make_table();

}  // namespace
}  // namespace sluice::mysql

extern "C" SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1(void) { return &sluice::mysql::kPlugin; }
