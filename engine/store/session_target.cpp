#include <exception>

#include "arrow/view.hpp"
#include "base/error.hpp"
#include "store/calls.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"

/// The part of a session that changes a target: fence, guard, ledger, objects, load.
namespace sluice::store {

namespace {

sluice_fence_request fence_request_struct(const FenceRequest& request) {
  sluice_fence_request raw{};
  raw.struct_size = sizeof raw;
  raw.mode = request.take_over ? SLUICE_FENCE_TAKE_OVER : SLUICE_FENCE_IF_FREE;
  raw.run = request.run.c_str();
  raw.host = request.host.c_str();
  raw.boot_id = request.boot_id.c_str();
  raw.journal = request.journal.c_str();
  raw.pid = request.pid;
  raw.pid_start = request.pid_start;
  raw.lease_ms = request.lease_ms;
  return raw;
}

/// Keeps what a stream of ours threw while a plugin pulled it, to throw the very same once the plugin is back.
struct Thrown {
  std::exception_ptr exception;
};

}  // namespace

int64_t Session::fence_acquire(const FenceRequest& request, FenceHolder* holder) {
  const sluice_fence_request raw = fence_request_struct(request);
  OwnedBuffer holds;
  int64_t epoch = 0;
  sluice_error error{};
  if (table().fence_acquire == nullptr) refuse_missing("fence_acquire");
  const int32_t status = table().fence_acquire(handle_, &raw, &epoch, holds.receive(), &error);
  if (status == SLUICE_CONFLICT && holder != nullptr && !holds.empty()) {
    *holder = holder_from_json(holds.text());
    holder->is_free = false;
  }
  check(status, error);
  return epoch;
}

FenceHolder Session::fence_look() {
  OwnedBuffer answer;
  call("fence_look", table().fence_look, answer.receive());
  return holder_from_json(answer.text());
}

void Session::fence_renew(const Fence& fence, int64_t lease_ms) {
  const sluice_fence raw = fence_struct(fence);
  call("fence_renew", table().fence_renew, &raw, lease_ms);
}

void Session::fence_release(const Fence& fence) {
  const sluice_fence raw = fence_struct(fence);
  call("fence_release", table().fence_release, &raw);
}

std::optional<LedgerRow> Session::guard_probe(const WorkKey& key) {
  const sluice_work_key raw = work_key_struct(key);
  OwnedBuffer answer;
  call("guard_probe", table().guard_probe, &raw, answer.receive());
  return ledger_row_from_json(answer.text(), key);
}

std::vector<LedgerRow> Session::ledger_read(const std::string& run, const std::string& node) {
  arrow::Stream stream;
  call("ledger_read", table().ledger_read, run.c_str(), given_or_null(node), stream.receive());
  return read_ledger(*read_stream(std::move(stream)), run);
}

void Session::ledger_forget(const std::string& run, const std::string& node, uint32_t generation) {
  call("ledger_forget", table().ledger_forget, run.c_str(), node.c_str(), generation);
}

void Session::ledger_retire(const Fence& fence, const std::string& run) {
  const sluice_fence raw = fence_struct(fence);
  call("ledger_retire", table().ledger_retire, &raw, run.c_str());
}

void Session::objects_record(const std::vector<catalog::Statement>& objects) {
  call("objects_record", table().objects_record, objects_to_json(objects).c_str());
}

Session::Dropped Session::objects_drop(const std::string& run, const std::string& node) {
  OwnedBuffer answer;
  call("objects_drop", table().objects_drop, run.c_str(), node.c_str(), answer.receive());
  return dropped_from_json(answer.text());
}

std::vector<catalog::Statement> Session::objects_list(const std::string& run, const std::string& node) {
  OwnedBuffer answer;
  call("objects_list", table().objects_list, run.c_str(), node.c_str(), answer.receive());
  return objects_from_json(answer.text());
}

LoadResult Session::load(const LoadSpec& spec, std::unique_ptr<arrow::BatchReader> batches) {
  const std::vector<const char*> columns = pointers(spec.columns);
  sluice_load_spec raw{};
  raw.struct_size = sizeof raw;
  raw.mode = static_cast<int32_t>(spec.mode);
  raw.schema = given_or_null(spec.schema);
  raw.table = spec.table.c_str();
  raw.columns = columns.data();
  raw.column_count = static_cast<int64_t>(columns.size());
  const std::vector<const char*> key = pointers(spec.key);
  raw.key = key.data();
  raw.key_count = static_cast<int64_t>(key.size());

  if (table().load == nullptr) refuse_missing("load");
  // Shared with the stream, which a broken plugin might keep for longer than the call.
  const auto thrown = std::make_shared<Thrown>();
  arrow::Stream stream;
  arrow::export_stream(std::move(batches), stream.receive(),
                       [thrown](const std::exception&) { thrown->exception = std::current_exception(); });
  sluice_load_result result{};
  result.struct_size = sizeof result;
  sluice_error error{};
  const int32_t status = table().load(handle_, &raw, stream.get(), &result, &error);
  if (thrown->exception != nullptr) std::rethrow_exception(thrown->exception);
  check(status, error);
  return {result.rows, result.bytes, result.already_there};
}

bool Session::keeps_rejects() const {
  return table().rejects_record != nullptr && table().rejects_read != nullptr;
}

bool Session::has_savepoints() const { return table().savepoint != nullptr; }

void Session::rejects_record(const std::vector<std::string>& rejects) {
  const std::vector<const char*> raw = pointers(rejects);
  call("rejects_record", table().rejects_record, raw.data(), static_cast<int64_t>(raw.size()));
}

void Session::rejects_read(const std::string& run, const std::string& node, uint32_t generation,
                           const std::function<void(const KeptReject&)>& take) {
  arrow::Stream stream;
  call("rejects_read", table().rejects_read, run.c_str(), node.c_str(), generation, stream.receive());
  const auto rows = read_stream(std::move(stream));
  for (arrow::Array batch = rows->next(); !batch.empty(); batch = rows->next()) {
    const auto columns = arrow::view_batch(rows->fields(), *batch);
    for (int64_t row = 0; row < batch->length; ++row) {
      take({std::string(columns[0].bytes(row)), columns[1].int64(row), std::string(columns[2].bytes(row))});
    }
  }
}

Guard::Guard(Session& session, const Fence& fence, const WorkKey& key) : session_(session) {
  const sluice_fence raw_fence = fence_struct(fence);
  const sluice_work_key raw_key = work_key_struct(key);
  int32_t done = 0;
  session.call("guard_begin", session.table().guard_begin, &raw_fence, &raw_key, &done);
  already_done_ = done != 0;
  open_ = !already_done_;
}

Guard::~Guard() {
  if (open_) session_.table().guard_abort(session_.handle_);
}

void Guard::attempt(const std::function<void()>& work) {
  const auto savepoint = [this](int32_t action) {
    session_.call("savepoint", session_.table().savepoint, action);
  };
  savepoint(SLUICE_SAVEPOINT_SET);
  try {
    work();
  } catch (const Error& error) {
    try {
      savepoint(SLUICE_SAVEPOINT_UNDO);
    } catch (const Error&) {
      // The transaction is lost. Why says the error before, unless its caller would go on after it.
      if (error.code() == Code::data || error.code() == Code::constraint) throw;
    }
    throw;
  }
  savepoint(SLUICE_SAVEPOINT_KEEP);
}

void Guard::commit(const WorkResult& result) {
  const sluice_work_result raw = work_result_struct(result);
  session_.call("guard_commit", session_.table().guard_commit, &raw);
  open_ = false;
}

}  // namespace sluice::store
