#include <SQLiteCpp/Exception.h>
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
#include "failure.hpp"
#include "fence.hpp"
#include "guard.hpp"
#include "ledger.hpp"
#include "load.hpp"
#include "objects.hpp"
#include "read.hpp"
#include "rejects.hpp"
#include "session.hpp"
#include "settings.hpp"
#include "snapshot.hpp"

/// The plugin's table: each function unpacks its arguments, calls the part that does the work, and packs the answer.

struct sluice_store {
  sluice::sqlite::Settings settings;
};

struct sluice_session {
  explicit sluice_session(const sluice::sqlite::Settings& settings) : session(settings) {}
  sluice::sqlite::Session session;
};

namespace {

using namespace sluice;
using namespace sluice::sqlite;
using nlohmann::json;

/// The border for a call on a session: earlier cancels are forgotten, SQLiteCpp's exceptions become ours.
template <typename Work>
sluice_status call(sluice_session* handle, sluice_error* error, Work&& work) noexcept {
  return sdk::guard(error, [&] {
    Session& session = handle->session;
    session.begin_work();
    try {
      work(session);
    } catch (const SQLite::Exception& exception) {
      throw failure(exception, session.path());
    }
  });
}

void hand_out(Session& session, std::unique_ptr<arrow::BatchReader> reader, ArrowArrayStream* out) {
  session.stream_error.clear();
  arrow::export_stream(std::move(reader), out, session.stream_error.sink());
}

sluice_status store_open(const sluice_host*, const sluice_option* options, int64_t count, sluice_store** out,
                         sluice_error* error) {
  return sdk::guard(error, [&] { *out = new sluice_store{settings_from_options(options, count)}; });
}

void store_close(sluice_store* store) { delete store; }

sluice_status session_open(sluice_store* store, sluice_session** out, sluice_error* error) {
  return sdk::guard(error, [&] { *out = new sluice_session(store->settings); });
}

void session_close(sluice_session* session) { delete session; }

void cancel(sluice_session* session) { session->session.cancel(); }

sluice_status capabilities(sluice_session* handle, sluice_capabilities* out, sluice_error* error) {
  return call(handle, error, [&](Session&) {
    sluice_capabilities answer{};
    answer.max_writers = 1;
    answer.flags = SLUICE_CAN_SNAPSHOT | SLUICE_CAN_ATOMIC_LOAD | SLUICE_CAN_TRANSACTIONAL_DDL | SLUICE_CAN_UPSERT | SLUICE_HAS_LANGUAGE;
    sdk::answer(out, answer);
  });
}

sluice_status identity(sluice_session* handle, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    const json answer = {{"id", session.id()},
                         {"version", std::string("SQLite ") + sqlite3_libversion()},
                         {"name", session.path()},
                         {"pin", pin_of(session)}};
    sdk::fill(out, answer.dump(-1, ' ', false, json::error_handler_t::replace));
  });
}

sluice_status catalog(sluice_session* handle, const char* filter, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(out, describe_catalog(session, sdk::text(filter))); });
}

sluice_status ddl(sluice_session* handle, const char* catalog_json, const char* stage, sluice_buffer* out,
                  sluice_error* error) {
  return call(handle, error,
              [&](Session&) { sdk::fill(out, ddl_for_catalog(sdk::text(catalog_json), sdk::text(stage))); });
}

sluice_status query(sluice_session* handle, const char* text, const char* const* params, int64_t param_count,
                    ArrowArrayStream* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    hand_out(session, run_query(session, sdk::text(text), sdk::parameters(params, param_count)), out);
  });
}

sluice_status execute_text(sluice_session* handle, const char* text, const char* const* params, int64_t param_count,
                           int64_t* rows, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    const int64_t changed = execute(session, sdk::text(text), sdk::parameters(params, param_count));
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

sluice_status source_state(sluice_session* handle, const char*, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(out, describe_state(session)); });
}

sluice_status plan(sluice_session* handle, const sluice_read_spec* spec, int64_t wanted, sluice_buffer* out,
                   sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { sdk::fill(out, plan_chunks(session, sdk::read_spec(spec), wanted)); });
}

sluice_status read(sluice_session* handle, const sluice_read_spec* spec, ArrowArrayStream* out, sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { hand_out(session, read_rows(session, sdk::read_spec(spec)), out); });
}

void stream_error(sluice_session* handle, sluice_error* out) { handle->session.stream_error.copy_to(out); }

FenceRequest request_from(const sluice_fence_request* given) {
  const sluice_fence_request raw = sdk::read_struct(given);
  if (raw.mode != SLUICE_FENCE_IF_FREE && raw.mode != SLUICE_FENCE_TAKE_OVER) {
    throw Error(Code::invalid_argument, "fence: unknown mode " + std::to_string(raw.mode));
  }
  return {raw.mode == SLUICE_FENCE_TAKE_OVER,
          sdk::text(raw.run),
          sdk::text(raw.host),
          sdk::text(raw.boot_id),
          sdk::text(raw.journal),
          raw.pid,
          raw.pid_start,
          raw.lease_ms};
}

sluice_status fence_acquire(sluice_session* handle, const sluice_fence_request* request, int64_t* epoch,
                            sluice_buffer* holder, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    std::string held_by;
    const auto acquired = acquire_fence(session, request_from(request), held_by);
    if (acquired) {
      *epoch = *acquired;
      return;
    }
    if (holder != nullptr) sdk::fill(holder, held_by);
    throw Error(Code::conflict, session.path() + ": another run holds this target: " + held_by,
                "wait for it, or `resume` that run");
  });
}

sluice_status fence_look(sluice_session* handle, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(out, look_at_fence(session)); });
}

sluice_status fence_renew(sluice_session* handle, const sluice_fence* fence, int64_t lease_ms, sluice_error* error) {
  return call(handle, error, [&](Session& session) { renew_fence(session, sdk::fence(fence), lease_ms); });
}

sluice_status fence_release(sluice_session* handle, const sluice_fence* fence, sluice_error* error) {
  return call(handle, error, [&](Session& session) { release_fence(session, sdk::fence(fence)); });
}

sluice_status guard_begin(sluice_session* handle, const sluice_fence* fence, const sluice_work_key* key,
                          int32_t* already_done, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    *already_done = begin_guard(session, sdk::fence(fence), sdk::work_key(key)) ? 0 : 1;
  });
}

sluice_status guard_commit(sluice_session* handle, const sluice_work_result* result, sluice_error* error) {
  return call(handle, error, [&](Session& session) { commit_guard(session, sdk::read_struct(result)); });
}

void guard_abort(sluice_session* handle) { abort_guard(handle->session); }

sluice_status guard_probe(sluice_session* handle, const sluice_work_key* key, sluice_buffer* out, sluice_error* error) {
  return call(handle, error, [&](Session& session) { sdk::fill(out, probe_guard(session, sdk::work_key(key))); });
}

sluice_status ledger_read(sluice_session* handle, const char* run, const char* node, ArrowArrayStream* out,
                          sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    hand_out(session, sluice::sqlite::read_ledger(session, sdk::text(run), sdk::text(node)), out);
  });
}

sluice_status ledger_forget(sluice_session* handle, const char* run, const char* node, uint32_t generation,
                            sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { forget_work(session, sdk::text(run), sdk::text(node), generation); });
}

sluice_status ledger_retire(sluice_session* handle, const sluice_fence* fence, const char* run, sluice_error* error) {
  return call(handle, error, [&](Session& session) { retire_run(session, sdk::fence(fence), sdk::text(run)); });
}

sluice_status objects_record(sluice_session* handle, const char* objects, sluice_error* error) {
  return call(handle, error, [&](Session& session) { record_objects(session, sdk::text(objects)); });
}

sluice_status objects_drop(sluice_session* handle, const char* run, const char* node, sluice_buffer* out,
                           sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { sdk::fill(out, drop_objects(session, sdk::text(run), sdk::text(node))); });
}

sluice_status objects_list(sluice_session* handle, const char* run, const char* node, sluice_buffer* out,
                           sluice_error* error) {
  return call(handle, error,
              [&](Session& session) { sdk::fill(out, list_objects(session, sdk::text(run), sdk::text(node))); });
}

sluice_status load(sluice_session* handle, const sluice_load_spec* spec, ArrowArrayStream* stream,
                   sluice_load_result* result, sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    arrow::Stream taken(stream);
    arrow::StreamReader batches(std::move(taken));
    const Loaded loaded = load_rows(session, sdk::load_spec(spec), batches);
    sluice_load_result answer{};
    answer.rows = loaded.rows;
    answer.bytes = loaded.bytes;
    answer.already_there = loaded.already_there;
    sdk::answer(result, answer);
  });
}

sluice_status rejects_record(sluice_session* handle, const char* const* rejects, int64_t count, sluice_error* error) {
  return call(handle, error, [&](Session& session) { record_rejects(session, sdk::texts(rejects, count)); });
}

sluice_status rejects_read(sluice_session* handle, const char* run, const char* node, uint32_t generation, ArrowArrayStream* out,
                           sluice_error* error) {
  return call(handle, error, [&](Session& session) {
    hand_out(session, read_rejects(session, sdk::text(run), sdk::text(node), generation), out);
  });
}

sluice_status savepoint(sluice_session* handle, int32_t action, sluice_error* error) {
  return call(handle, error, [&](Session& session) { use_savepoint(session, action); });
}

const void* get_extension(const char*) { return nullptr; }

const sluice_plugin kPlugin = {
    .struct_size = sizeof(sluice_plugin),
    .abi_major = 1,
    .abi_minor = 0,
    .roles = SLUICE_ROLE_SOURCE | SLUICE_ROLE_TARGET,
    .name = "sqlite",
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
    .fence_acquire = fence_acquire,
    .fence_look = fence_look,
    .fence_renew = fence_renew,
    .fence_release = fence_release,
    .guard_begin = guard_begin,
    .guard_commit = guard_commit,
    .guard_abort = guard_abort,
    .guard_probe = guard_probe,
    .ledger_read = ledger_read,
    .ledger_forget = ledger_forget,
    .ledger_retire = ledger_retire,
    .objects_record = objects_record,
    .objects_drop = objects_drop,
    .objects_list = objects_list,
    .load = load,
    .fingerprint = nullptr,
    .get_extension = get_extension,
    .rejects_record = rejects_record,
    .rejects_read = rejects_read,
    .savepoint = savepoint,
};

}  // namespace

extern "C" SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1(void) { return &kPlugin; }
