#pragma once

#include <memory>
#include <string>
#include <utility>

#include "abi/plugin_sdk.hpp"
#include "arrow/stream.hpp"
#include "base/error.hpp"
#include "fence.hpp"
#include "guard.hpp"
#include "home.hpp"

namespace sluice::files {

/// The functions of a plugin's table that are the same for every target of files. `Session` has home(), path(),
/// require_target(doing) and the slot stream_error; `session_of` gives the one behind a handle.
template <typename Session, Session& (*session_of)(sluice_session*)>
struct TargetCalls {
  /// The border for a call on a session: earlier cancels are forgotten.
  template <typename Work>
  static sluice_status call(sluice_session* handle, sluice_error* error, Work&& work) noexcept {
    return sdk::guard(error, [&] {
      Session& session = session_of(handle);
      session.home().begin_work();
      work(session);
    });
  }

  static void hand_out(Session& session, std::unique_ptr<arrow::BatchReader> reader, ArrowArrayStream* out) {
    session.stream_error.clear();
    arrow::export_stream(std::move(reader), out, session.stream_error.sink());
  }

  static FenceRequest request_from(const sluice_fence_request* given) {
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

  static sluice_status fence_acquire(sluice_session* handle, const sluice_fence_request* request, int64_t* epoch,
                                     sluice_buffer* holder, sluice_error* error) {
    return call(handle, error, [&](Session& session) {
      session.require_target("acquiring the fence");
      std::string held_by;
      const auto acquired = files::acquire_fence(session.home(), request_from(request), held_by);
      if (acquired) {
        *epoch = *acquired;
        return;
      }
      if (holder != nullptr) sdk::fill(holder, held_by);
      throw Error(Code::conflict, session.path() + ": another run holds this target: " + held_by,
                  "wait for it, or `resume` that run");
    });
  }

  static sluice_status fence_look(sluice_session* handle, sluice_buffer* out, sluice_error* error) {
    return call(handle, error, [&](Session& session) { sdk::fill(out, files::look_at_fence(session.home())); });
  }

  static sluice_status fence_renew(sluice_session* handle, const sluice_fence* fence, int64_t lease_ms,
                                   sluice_error* error) {
    return call(handle, error,
                [&](Session& session) { files::renew_fence(session.home(), sdk::fence(fence), lease_ms); });
  }

  static sluice_status fence_release(sluice_session* handle, const sluice_fence* fence, sluice_error* error) {
    return call(handle, error, [&](Session& session) { files::release_fence(session.home(), sdk::fence(fence)); });
  }

  static sluice_status guard_begin(sluice_session* handle, const sluice_fence* fence, const sluice_work_key* key,
                                   int32_t* already_done, sluice_error* error) {
    return call(handle, error, [&](Session& session) {
      *already_done = files::begin_guard(session.home(), sdk::fence(fence), sdk::work_key(key)) ? 0 : 1;
    });
  }

  static sluice_status guard_commit(sluice_session* handle, const sluice_work_result* result, sluice_error* error) {
    return call(handle, error,
                [&](Session& session) { files::commit_guard(session.home(), sdk::read_struct(result)); });
  }

  static void guard_abort(sluice_session* handle) { files::abort_guard(session_of(handle).home()); }

  static sluice_status guard_probe(sluice_session* handle, const sluice_work_key* key, sluice_buffer* out,
                                   sluice_error* error) {
    return call(handle, error,
                [&](Session& session) { sdk::fill(out, files::probe_guard(session.home(), sdk::work_key(key))); });
  }

  static sluice_status ledger_read(sluice_session* handle, const char* run, const char* node, ArrowArrayStream* out,
                                   sluice_error* error) {
    return call(handle, error, [&](Session& session) {
      hand_out(session, files::read_ledger(session.home(), sdk::text(run), sdk::text(node)), out);
    });
  }

  static sluice_status ledger_forget(sluice_session* handle, const char* run, const char* node, uint32_t generation,
                                     sluice_error* error) {
    return call(handle, error, [&](Session& session) {
      files::forget_work(session.home(), sdk::text(run), sdk::text(node), generation);
    });
  }

  static sluice_status ledger_retire(sluice_session* handle, const sluice_fence* fence, const char* run,
                                     sluice_error* error) {
    return call(handle, error,
                [&](Session& session) { files::retire_run(session.home(), sdk::fence(fence), sdk::text(run)); });
  }

  static sluice_status rejects_record(sluice_session* handle, const char* const* rejects, int64_t count, sluice_error* error) {
    return call(handle, error, [&](Session& session) { files::record_rejects(session.home(), sdk::texts(rejects, count)); });
  }

  static sluice_status rejects_read(sluice_session* handle, const char* run, const char* node, uint32_t generation, ArrowArrayStream* out,
                                    sluice_error* error) {
    return call(handle, error, [&](Session& session) {
      hand_out(session, files::read_rejects(session.home(), sdk::text(run), sdk::text(node), generation), out);
    });
  }

  static sluice_status objects_record(sluice_session* handle, const char* objects, sluice_error* error) {
    return call(handle, error, [&](Session& session) { files::record_objects(session.home(), sdk::text(objects)); });
  }

  static sluice_status objects_drop(sluice_session* handle, const char* run, const char* node, sluice_buffer* out,
                                    sluice_error* error) {
    return call(handle, error, [&](Session& session) {
      sdk::fill(out, files::drop_objects(session.home(), sdk::text(run), sdk::text(node)));
    });
  }

  static sluice_status objects_list(sluice_session* handle, const char* run, const char* node, sluice_buffer* out,
                                    sluice_error* error) {
    return call(handle, error, [&](Session& session) {
      sdk::fill(out, files::list_objects(session.home(), sdk::text(run), sdk::text(node)));
    });
  }

  /// The table with these calls in it.
  static constexpr sluice_plugin with_target(sluice_plugin plugin) {
    plugin.fence_acquire = fence_acquire;
    plugin.fence_look = fence_look;
    plugin.fence_renew = fence_renew;
    plugin.fence_release = fence_release;
    plugin.guard_begin = guard_begin;
    plugin.guard_commit = guard_commit;
    plugin.guard_abort = guard_abort;
    plugin.guard_probe = guard_probe;
    plugin.ledger_read = ledger_read;
    plugin.ledger_forget = ledger_forget;
    plugin.ledger_retire = ledger_retire;
    plugin.objects_record = objects_record;
    plugin.objects_drop = objects_drop;
    plugin.objects_list = objects_list;
    plugin.rejects_record = rejects_record;
    plugin.rejects_read = rejects_read;
    return plugin;
  }
};

}  // namespace sluice::files
