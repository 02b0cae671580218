#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "abi/plugin_abi.h"
#include "base/error.hpp"
#include "store/session.hpp"

/// What the sessions' sources share: our values as the contract's structs, its answers as values. Private to this
/// folder.
namespace sluice::store {

/// What a plugin's call failed with, the store's name before its message.
Error error_from_plugin(int32_t status, const sluice_error& error, const std::string& store);

/// Text that a plugin hands over; releases it.
class OwnedBuffer {
 public:
  OwnedBuffer() = default;
  ~OwnedBuffer() {
    if (buffer_.release != nullptr) buffer_.release(&buffer_);
  }
  OwnedBuffer(const OwnedBuffer&) = delete;
  OwnedBuffer& operator=(const OwnedBuffer&) = delete;
  sluice_buffer* receive() { return &buffer_; }
  bool empty() const { return buffer_.data == nullptr || buffer_.size <= 0; }
  std::string text() const { return empty() ? "" : std::string(buffer_.data, static_cast<size_t>(buffer_.size)); }

 private:
  sluice_buffer buffer_{};
};

/// Where a reader puts rows that it leaves out: hands them to `take`. Must live as long as the stream.
class LeftOutSink {
 public:
  explicit LeftOutSink(TakeLeftOut take) : take_(std::move(take)), raw_{this, &LeftOutSink::call} {}
  LeftOutSink(const LeftOutSink&) = delete;
  LeftOutSink& operator=(const LeftOutSink&) = delete;
  const sluice_reject_sink* get() const { return &raw_; }

 private:
  static sluice_status call(void* context, const sluice_reject* reject, sluice_error* error);

  TakeLeftOut take_;
  sluice_reject_sink raw_;
};

/// A ReadSpec as the contract's struct. Keeps what the struct points to; neither moves nor copies.
class ReadSpecStruct {
 public:
  explicit ReadSpecStruct(const ReadSpec& spec);
  ReadSpecStruct(const ReadSpecStruct&) = delete;
  ReadSpecStruct& operator=(const ReadSpecStruct&) = delete;
  const sluice_read_spec* get() const { return &raw_; }
  /// Lets the stream go on behind rows that don't fit.
  void reject_into(const LeftOutSink& sink) {
    raw_.mismatch = SLUICE_MISMATCH_REJECT;
    raw_.rejects = sink.get();
  }

 private:
  struct Bound {
    std::vector<std::string> bytes;
    std::vector<sluice_key_value> values;
  };
  static void fill_bound(const std::string& type, const std::vector<std::string>& texts, Bound& kept,
                         sluice_bound& out);

  ReadSpec spec_;
  std::vector<const char*> columns_;
  std::vector<const char*> key_;
  Bound lower_;
  Bound upper_;
  arrow::Schema wanted_;
  sluice_read_spec raw_{};
};

std::vector<const char*> pointers(const std::vector<std::string>& texts);
/// NULL for an empty text: "not given".
inline const char* given_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

sluice_work_key work_key_struct(const WorkKey& key);
sluice_fence fence_struct(const Fence& fence);
sluice_work_result work_result_struct(const WorkResult& result);

std::string to_json(const LookFilter& filter);
Cuts cuts_from_answer(const std::string& json);
FenceHolder holder_from_json(const std::string& json);
std::optional<LedgerRow> ledger_row_from_json(const std::string& json, const WorkKey& key);
std::string objects_to_json(const std::vector<catalog::Statement>& objects);
std::vector<catalog::Statement> objects_from_json(const std::string& json);
Session::Dropped dropped_from_json(const std::string& json);

/// The rows of `ledger_read`'s stream.
std::vector<LedgerRow> read_ledger(arrow::BatchReader& rows, const std::string& run);

}  // namespace sluice::store
