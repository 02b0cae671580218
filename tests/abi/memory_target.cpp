// A target plugin in C++ on the SDK that keeps everything in memory, so that the owners of the store module can be
// tested against a whole contract. Option `break` makes one call fail: open, identity, load, commit, read.

#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "abi/plugin_sdk.hpp"
#include "arrow/builder.hpp"
#include "arrow/view.hpp"

namespace sdk = sluice::sdk;
using sluice::Code;
using sluice::Error;
using sluice::arrow::BatchBuilder;
using sluice::arrow::Field;
using sluice::arrow::Kind;
using sluice::arrow::Type;

using LedgerKey = std::tuple<std::string, std::string, std::string, uint32_t, int64_t>;

struct LedgerEntry {
  sluice_work_result result{};
  std::string bounds;
  int64_t epoch = 0;
};

struct sluice_store {
  std::string broken;
  int64_t epoch = 0;
  std::string holder;
  std::map<LedgerKey, LedgerEntry> ledger;
  int64_t rows = 0;
};

struct sluice_session {
  sluice_store* store = nullptr;
  bool in_guard = false;
  LedgerKey key;
  int64_t epoch = 0;
  int64_t loaded = 0;
  std::string objects = "[]";
  sdk::StreamErrorSlot stream_error;
};

namespace {

/// Longer than an error's message, of two-byte letters at odd places, so that a careless cut would halve one.
std::string long_message() {
  std::string text = "x";
  while (text.size() < 3000) text += "ä";
  return text;
}

sluice_status store_open(const sluice_host*, const sluice_option* options, int64_t count, sluice_store** out,
                         sluice_error* error) {
  return sdk::guard(error, [&] {
    auto read = sdk::read_options(options, count, {"url", "break"});
    auto store = std::make_unique<sluice_store>();
    store->broken = read["break"];
    *out = store.release();
  });
}

sluice_status session_open(sluice_store* store, sluice_session** out, sluice_error* error) {
  return sdk::guard(error, [&] {
    if (store->broken == "open") throw std::runtime_error("no such server");
    auto session = std::make_unique<sluice_session>();
    session->store = store;
    *out = session.release();
  });
}

sluice_status capabilities(sluice_session*, sluice_capabilities* out, sluice_error* error) {
  return sdk::guard(error, [&] {
    sluice_capabilities answer{};
    answer.max_writers = 1;
    answer.flags = SLUICE_CAN_ATOMIC_LOAD;
    sdk::answer(out, answer);
  });
}

sluice_status identity(sluice_session* session, sluice_buffer* out, sluice_error* error) {
  return sdk::guard(error, [&] {
    if (session->store->broken == "identity") throw 42;
    sdk::fill(out, R"({"id": "memory", "version": "1"})");
  });
}

sluice_status catalog(sluice_session*, const char*, sluice_buffer*, sluice_error* error) {
  return sdk::guard(error,
                    [] { throw Error(Code::conflict, long_message()).with_sqlstate("40001").with_native_code(1213); });
}

sluice_status ddl(sluice_session*, const char* given, const char* stage, sluice_buffer* out, sluice_error* error) {
  return sdk::guard(error, [&] {
    sdk::fill(out, std::string(R"({"statements": [{"sql": "make )") + stage + R"(", "kind": "table", "name": "t"}],)" +
                       R"("warnings": ["given )" + std::to_string(std::string(given).size()) + R"( bytes"]})");
  });
}

sluice_status fence_acquire(sluice_session* session, const sluice_fence_request* given, int64_t* epoch,
                            sluice_buffer* holder, sluice_error* error) {
  return sdk::guard(error, [&] {
    const sluice_fence_request request = sdk::read_struct(given);
    sluice_store& store = *session->store;
    if (!store.holder.empty() && request.mode == SLUICE_FENCE_IF_FREE) {
      if (holder != nullptr)
        sdk::fill(holder, R"({"run": ")" + store.holder + R"(", "host": "there", "pid": 12, "epoch": 1})");
      throw Error(Code::conflict, "held by " + store.holder);
    }
    store.holder = request.run;
    *epoch = ++store.epoch;
  });
}

sluice_status fence_look(sluice_session* session, sluice_buffer* out, sluice_error* error) {
  return sdk::guard(error, [&] {
    const sluice_store& store = *session->store;
    if (store.epoch == 0) return sdk::fill(out, "{}");
    sdk::fill(out, R"({"run": ")" + store.holder + R"(", "free": )" + (store.holder.empty() ? "true" : "false") +
                       R"(, "epoch": )" + std::to_string(store.epoch) + "}");
  });
}

void check_fence(const sluice_session& session, const sdk::Fence& fence) {
  if (fence.epoch == session.store->epoch) return;
  throw Error(Code::conflict, "epoch " + std::to_string(fence.epoch) + " is stale").with_sqlstate("SL001");
}

sluice_status fence_renew(sluice_session* session, const sluice_fence* fence, int64_t, sluice_error* error) {
  return sdk::guard(error, [&] { check_fence(*session, sdk::fence(fence)); });
}

sluice_status fence_release(sluice_session* session, const sluice_fence* fence, sluice_error* error) {
  return sdk::guard(error, [&] {
    check_fence(*session, sdk::fence(fence));
    session->store->holder.clear();
  });
}

LedgerKey ledger_key(const sluice_work_key* given) {
  const sdk::WorkKey key = sdk::work_key(given);
  return {key.run, key.node, key.table, key.generation, key.chunk};
}

sluice_status guard_begin(sluice_session* session, const sluice_fence* fence, const sluice_work_key* key, int32_t* done,
                          sluice_error* error) {
  return sdk::guard(error, [&] {
    check_fence(*session, sdk::fence(fence));
    session->key = ledger_key(key);
    *done = session->store->ledger.count(session->key) != 0 ? 1 : 0;
    session->in_guard = *done == 0;
    session->epoch = fence->epoch;
    session->loaded = 0;
  });
}

sluice_status guard_commit(sluice_session* session, const sluice_work_result* given, sluice_error* error) {
  return sdk::guard(error, [&] {
    if (session->store->broken == "commit") throw Error(Code::in_doubt, "connection lost inside COMMIT");
    const sluice_work_result result = sdk::read_struct(given);
    session->store->ledger[session->key] = {result, sdk::text(result.bounds), session->epoch};
    session->store->rows += session->loaded;
    session->in_guard = false;
  });
}

void guard_abort(sluice_session* session) {
  session->in_guard = false;
  session->loaded = 0;
}

std::string fingerprint_text(const sluice_fingerprint& fingerprint) {
  char text[100];
  snprintf(text, sizeof text, "%llu:%016llx%016llx:%016llx%016llx", static_cast<unsigned long long>(fingerprint.count),
           static_cast<unsigned long long>(fingerprint.sum_high), static_cast<unsigned long long>(fingerprint.sum_low),
           static_cast<unsigned long long>(fingerprint.xor_high), static_cast<unsigned long long>(fingerprint.xor_low));
  return text;
}

sluice_status guard_probe(sluice_session* session, const sluice_work_key* key, sluice_buffer* out,
                          sluice_error* error) {
  return sdk::guard(error, [&] {
    const auto found = session->store->ledger.find(ledger_key(key));
    if (found == session->store->ledger.end()) return sdk::fill(out, "{}");
    const LedgerEntry& entry = found->second;
    sdk::fill(out, R"({"read": )" + std::to_string(entry.result.read) + R"(, "written": )" +
                       std::to_string(entry.result.written) + R"(, "f_src": ")" + fingerprint_text(entry.result.f_src) +
                       R"(", "f_out": ")" + fingerprint_text(entry.result.f_out) + R"(", "epoch": )" +
                       std::to_string(entry.epoch) + "}");
  });
}

class LedgerReader : public sluice::arrow::BatchReader {
 public:
  explicit LedgerReader(const sluice_store& store) : builder_(make_fields()) {
    for (const auto& [key, entry] : store.ledger) append(key, entry);
    if (store.broken == "read") fails_ = true;
  }
  const std::vector<Field>& fields() const override { return builder_.fields(); }
  sluice::arrow::Array next() override {
    if (fails_) throw Error(Code::data, "ledger.chunk: 7 is no chunk").with_sqlstate("22000");
    return builder_.rows() == 0 ? sluice::arrow::Array() : builder_.finish();
  }

 private:
  static std::vector<Field> make_fields() {
    std::vector<Field> fields;
    for (const char* name : {"node", "table", "bounds", "f_src", "f_out"}) fields.push_back({name, Type{Kind::text}});
    for (const char* name : {"generation", "chunk", "read", "kept", "filtered", "rejected", "emitted", "written",
                             "already_there", "refused", "epoch"}) {
      fields.push_back({name, Type{Kind::int64}});
    }
    return fields;
  }
  void append(const LedgerKey& key, const LedgerEntry& entry) {
    size_t at = 0;
    for (const std::string& text : {std::get<1>(key), std::get<2>(key), entry.bounds,
                                    fingerprint_text(entry.result.f_src), fingerprint_text(entry.result.f_out)}) {
      builder_.column(at++).append_bytes(text);
    }
    const sluice_work_result& result = entry.result;
    for (const int64_t count :
         {static_cast<int64_t>(std::get<3>(key)), std::get<4>(key), result.read, result.kept, result.filtered,
          result.rejected, result.emitted, result.written, result.already_there, result.refused, entry.epoch}) {
      builder_.column(at++).append_int64(count);
    }
  }

  BatchBuilder builder_;
  bool fails_ = false;
};

sluice_status ledger_read(sluice_session* session, const char*, const char*, ArrowArrayStream* out,
                          sluice_error* error) {
  return sdk::guard(error, [&] {
    session->stream_error.clear();
    sluice::arrow::export_stream(std::make_unique<LedgerReader>(*session->store), out, session->stream_error.sink());
  });
}

sluice_status ledger_forget(sluice_session* session, const char* run, const char* node, uint32_t generation,
                            sluice_error* error) {
  return sdk::guard(error, [&] {
    std::erase_if(session->store->ledger, [&](const auto& row) {
      return std::get<0>(row.first) == run && std::get<1>(row.first) == node && std::get<3>(row.first) == generation;
    });
  });
}

sluice_status ledger_retire(sluice_session* session, const sluice_fence* fence, const char*, sluice_error* error) {
  return sdk::guard(error, [&] {
    check_fence(*session, sdk::fence(fence));
    session->store->ledger.clear();
  });
}

sluice_status objects_record(sluice_session* session, const char* objects, sluice_error* error) {
  return sdk::guard(error, [&] { session->objects = objects; });
}

sluice_status objects_drop(sluice_session*, const char*, const char*, sluice_buffer* out, sluice_error* error) {
  return sdk::guard(error,
                    [&] { sdk::fill(out, R"({"dropped": ["table a"], "kept": ["table b: is another one now"]})"); });
}

sluice_status objects_list(sluice_session* session, const char*, const char*, sluice_buffer* out, sluice_error* error) {
  return sdk::guard(error, [&] { sdk::fill(out, session->objects); });
}

sluice_status load(sluice_session* session, const sluice_load_spec* given, ArrowArrayStream* stream,
                   sluice_load_result* result, sluice_error* error) {
  return sdk::guard(error, [&] {
    sluice::arrow::StreamReader rows{sluice::arrow::Stream(stream)};
    const sdk::LoadSpec spec = sdk::load_spec(given);
    if (!session->in_guard) throw Error(Code::invalid_argument, "load: outside a guard");
    for (auto batch = rows.next(); !batch.empty(); batch = rows.next()) {
      session->loaded += batch->length;
      if (session->store->broken == "load")
        throw Error(Code::constraint, spec.table + ": row refused").with_sqlstate("23505");
    }
    sluice_load_result answer{};
    answer.rows = session->loaded;
    sdk::answer(result, answer);
  });
}

constexpr sluice_plugin make_table() {
  sluice_plugin table{};
  table.struct_size = sizeof table;
  table.abi_major = 1;
  table.roles = SLUICE_ROLE_TARGET;
  table.name = "memory";
  table.version = "1.0";
  table.store_open = store_open;
  table.store_close = [](sluice_store* store) { delete store; };
  table.session_open = session_open;
  table.session_close = [](sluice_session* session) { delete session; };
  table.cancel = [](sluice_session*) {};
  table.capabilities = capabilities;
  table.identity = identity;
  table.catalog = catalog;
  table.ddl = ddl;
  table.stream_error = [](sluice_session* session, sluice_error* out) { session->stream_error.copy_to(out); };
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
  return table;
}

constexpr sluice_plugin kTable = make_table();

}  // namespace

extern "C" SLUICE_EXPORT const sluice_plugin* sluice_plugin_v1() { return &kTable; }
