#include <memory>

#include "abi/plugin_sdk.hpp"
#include "catalog.hpp"
#include "chunks.hpp"
#include "ddl.hpp"
#include "fence.hpp"
#include "guard.hpp"
#include "ledger.hpp"
#include "load.hpp"
#include "objects.hpp"
#include "home.hpp"
#include "options.hpp"
#include "rejects.hpp"
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
    answer.flags = SLUICE_CAN_SNAPSHOT | SLUICE_CAN_ATOMIC_LOAD | SLUICE_CAN_UPSERT | SLUICE_HAS_LANGUAGE;
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
  return call(session, error, [&] { *rows = execute_sql(*session, sdk::text(text), sdk::parameters(params, count)); });
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

sluice_status ddl(sluice_session* session, const char* wanted, const char* stage, sluice_buffer* out, sluice_error* error) {
  return call(session, error, [&] {
    sdk::fill(out, make_ddl(sdk::text(wanted), sdk::text(stage), session->raw_data().is_mariadb()));
  });
}

sluice_status fence_acquire(sluice_session* session, const sluice_fence_request* request, int64_t* epoch,
                            sluice_buffer* holder, sluice_error* error) {
  return call(session, error, [&] {
    const Acquired acquired = acquire_fence(*session, sdk::read_struct(request));
    if (acquired.epoch != 0) {
      *epoch = acquired.epoch;
      return;
    }
    const Holder now = acquired.holder.value_or(Holder{});
    if (holder != nullptr) sdk::fill(holder, to_json(now));
    throw Error(Code::conflict,
                "the target is held by run " + now.run + " (host " + now.host + ", pid " + std::to_string(now.pid) +
                    ", epoch " + std::to_string(now.epoch) + ")",
                "its lease ends in " + std::to_string((now.lease_left_ms + 999) / 1000) + " s");
  });
}

sluice_status fence_look(sluice_session* session, sluice_buffer* out, sluice_error* error) {
  return call(session, error, [&] {
    const auto holder = look_at_fence(*session);
    sdk::fill(out, holder ? to_json(*holder) : "{}");
  });
}

sluice_status fence_renew(sluice_session* session, const sluice_fence* fence, int64_t lease_ms, sluice_error* error) {
  return call(session, error, [&] { renew_fence(*session, sdk::fence(fence), lease_ms); });
}

sluice_status fence_release(sluice_session* session, const sluice_fence* fence, sluice_error* error) {
  return call(session, error, [&] { release_fence(*session, sdk::fence(fence)); });
}

sluice_status guard_begin(sluice_session* session, const sluice_fence* fence, const sluice_work_key* key,
                          int32_t* already_done, sluice_error* error) {
  return call(session, error,
              [&] { *already_done = begin_guard(*session, sdk::fence(fence), sdk::work_key(key)) ? 0 : 1; });
}

sluice_status guard_commit(sluice_session* session, const sluice_work_result* result, sluice_error* error) {
  return call(session, error, [&] { commit_guard(*session, sdk::read_struct(result)); });
}

void guard_abort(sluice_session* session) { abort_guard(*session); }

sluice_status guard_probe(sluice_session* session, const sluice_work_key* key, sluice_buffer* out,
                          sluice_error* error) {
  return call(session, error, [&] { sdk::fill(out, probe_guard(*session, sdk::work_key(key))); });
}

sluice_status ledger_read(sluice_session* session, const char* run, const char* node, ArrowArrayStream* out,
                          sluice_error* error) {
  return call(session, error,
              [&] { export_rows(session, read_ledger(*session, sdk::text(run), sdk::text(node)), out); });
}

sluice_status ledger_forget(sluice_session* session, const char* run, const char* node, uint32_t generation,
                            sluice_error* error) {
  return call(session, error, [&] { forget_ledger(*session, sdk::text(run), sdk::text(node), generation); });
}

sluice_status ledger_retire(sluice_session* session, const sluice_fence* fence, const char* run, sluice_error* error) {
  return call(session, error, [&] { retire_run(*session, sdk::fence(fence), sdk::text(run)); });
}

sluice_status objects_record(sluice_session* session, const char* objects, sluice_error* error) {
  return call(session, error, [&] { record_objects(*session, sdk::text(objects)); });
}

sluice_status objects_drop(sluice_session* session, const char* run, const char* node, sluice_buffer* out,
                           sluice_error* error) {
  return call(session, error, [&] { sdk::fill(out, drop_objects(*session, sdk::text(run), sdk::text(node))); });
}

sluice_status objects_list(sluice_session* session, const char* run, const char* node, sluice_buffer* out,
                           sluice_error* error) {
  return call(session, error, [&] { sdk::fill(out, list_objects(*session, sdk::text(run), sdk::text(node))); });
}

sluice_status load(sluice_session* session, const sluice_load_spec* spec, ArrowArrayStream* stream,
                   sluice_load_result* result, sluice_error* error) {
  arrow::Stream taken(stream);
  return call(session, error, [&] {
    arrow::StreamReader batches(std::move(taken));
    const LoadTotals totals = load_table(*session, sdk::load_spec(spec), batches);
    sluice_load_result answer{};
    answer.rows = totals.rows;
    answer.bytes = totals.bytes;
    answer.already_there = totals.already_there;
    sdk::answer(result, answer);
  });
}

sluice_status rejects_record(sluice_session* session, const char* const* rejects, int64_t count, sluice_error* error) {
  return call(session, error, [&] { record_rejects(*session, sdk::texts(rejects, count)); });
}

sluice_status rejects_read(sluice_session* session, const char* run, const char* node, uint32_t generation, ArrowArrayStream* out,
                           sluice_error* error) {
  return call(session, error, [&] {
    arrow::export_stream(read_rejects(*session, sdk::text(run), sdk::text(node), generation), out, session->stream_error.sink());
  });
}

sluice_status savepoint(sluice_session* session, int32_t action, sluice_error* error) {
  return call(session, error, [&] { use_savepoint(*session, action); });
}

constexpr const void* get_extension(const char*) { return nullptr; }

sluice_plugin make_table() {
  sluice_plugin table{};
  table.struct_size = sizeof table;
  table.abi_major = 1;
  table.abi_minor = 0;
  table.roles = SLUICE_ROLE_SOURCE | SLUICE_ROLE_TARGET;
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
  table.ddl = ddl;
  table.fence_acquire = fence_acquire;
  table.fence_look = fence_look;
  table.fence_renew = fence_renew;
  table.fence_release = fence_release;
  table.guard_begin = guard_begin;
  table.guard_commit = guard_commit;
  table.guard_abort = guard_abort;
  table.guard_probe = guard_probe;
  table.ledger_read = ledger_read;
  table.ledger_forget = ledger_forget;
  table.ledger_retire = ledger_retire;
  table.objects_record = objects_record;
  table.objects_drop = objects_drop;
  table.objects_list = objects_list;
  table.load = load;
  table.rejects_record = rejects_record;
  table.rejects_read = rejects_read;
  table.savepoint = savepoint;
  table.get_extension = get_extension;
  return table;
}

const sluice_plugin kPlugin = make_table();

}  // namespace
}  // namespace sluice::mysql

extern "C" SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1(void) { return &sluice::mysql::kPlugin; }
