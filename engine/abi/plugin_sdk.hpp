#pragma once

/// What plugins in C++ share: exceptions to status codes, texts to buffers, C structs to values. Header only; every
/// function may be used from any thread. Read plugin_abi_decl.h for what the functions of a plugin mean.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "abi/plugin_abi.h"
#include "abi/sdk_values.hpp"
#include "arrow/stream.hpp"
#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"

namespace sluice::sdk {

/// Writes an error into the caller's memory: the message cut at a character's end, sqlstate when it has five
/// characters.
inline sluice_status fill_error(sluice_error* out, int32_t code, std::string_view message,
                                std::string_view sqlstate = {}, int32_t native_code = 0) noexcept {
  if (out == nullptr) return code;
  *out = sluice_error{};
  out->code = code;
  out->native_code = native_code;
  if (sqlstate.size() == 5) std::memcpy(out->sqlstate, sqlstate.data(), 5);
  const std::string_view cut = utf8_truncate(message, sizeof out->message - 1);
  std::memcpy(out->message, cut.data(), cut.size());
  return code;
}

/// The same from an exception: sluice::Error keeps its code, anything else is INTERNAL.
inline sluice_status fill_error(sluice_error* out, const std::exception& error) noexcept {
  if (const auto* known = dynamic_cast<const Error*>(&error)) {
    return fill_error(out, static_cast<int32_t>(known->code()), known->what(), known->sqlstate(), known->native_code());
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return fill_error(out, SLUICE_INTERNAL, "out of memory");
  return fill_error(out, SLUICE_INTERNAL, error.what());
}

/// The border of every exported function: runs `work` (which returns nothing) and turns what it throws into a status
/// and *error. Nothing leaves it.
template <typename Work>
sluice_status guard(sluice_error* error, Work&& work) noexcept {
  try {
    work();
    return SLUICE_OK;
  } catch (const std::exception& exception) {
    return fill_error(error, exception);
  } catch (...) {
    return fill_error(error, SLUICE_INTERNAL, "the plugin threw something that is not an exception");
  }
}

/// Hands `text` over in memory of ours; the engine calls `release`. Throws std::bad_alloc and leaves *out alone then.
inline void fill(sluice_buffer* out, std::string_view text) {
  auto* data = static_cast<char*>(std::malloc(text.size() + 1));
  if (data == nullptr) throw std::bad_alloc();
  std::copy(text.begin(), text.end(), data);
  data[text.size()] = '\0';
  out->data = data;
  out->size = static_cast<int64_t>(text.size());
  out->release = [](sluice_buffer* buffer) {
    std::free(buffer->data);
    *buffer = sluice_buffer{};
  };
}

/// Answers `value` in the caller's struct, which may be of another version: only the part that both know, and the
/// caller's struct_size stays.
template <typename Struct>
void answer(Struct* out, const Struct& value) {
  const uint32_t size = out->struct_size;
  std::memcpy(reinterpret_cast<char*>(out) + sizeof size, reinterpret_cast<const char*>(&value) + sizeof size,
              std::min<size_t>(size, sizeof(Struct)) - sizeof size);
}

/// The options of store_open as a map. Throws Error(invalid_argument) for one that is not among `known`, naming the
/// nearest word, and for one given twice.
inline std::map<std::string, std::string> read_options(const sluice_option* options, int64_t count,
                                                       const std::vector<std::string>& known) {
  std::map<std::string, std::string> read;
  for (int64_t i = 0; i < count; ++i) {
    const std::string name = text(options[i].name);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string all;
      for (const std::string& word : known) all += (all.empty() ? "options are " : ", ") + word;
      const std::string close = did_you_mean(name, known);
      throw Error(Code::invalid_argument, "option '" + name + "': there is no such option",
                  close.empty() ? all : close);
    }
    if (!read.emplace(name, text(options[i].value)).second) {
      throw Error(Code::invalid_argument, "option '" + name + "': given twice");
    }
  }
  return read;
}

/// Keeps why a session's last stream failed, whole, for `stream_error`. A member of the session, which outlives its
/// streams.
class StreamErrorSlot {
 public:
  /// Call when a stream begins: nothing has failed yet.
  void clear() { error_ = sluice_error{}; }
  /// What arrow::export_stream takes.
  arrow::StreamErrorSink sink() {
    return [this](const std::exception& error) { fill_error(&error_, error); };
  }
  void copy_to(sluice_error* out) const { *out = error_; }

 private:
  sluice_error error_{};
};

/// Hands a row that is left out to the engine. `row` is a JSON object as sluice_reject wants it. Throws what the engine answers
/// when it wants no more.
inline void reject(const sluice_reject_sink& sink, const Error& why, const std::string& key, const std::string& column,
                   const std::string& row) {
  sluice_reject reject{};
  reject.struct_size = sizeof reject;
  reject.code = static_cast<int32_t>(why.code());
  reject.key = key.c_str();
  reject.column = column.c_str();
  reject.reason = why.what();
  reject.row = row.c_str();
  sluice_error error{};
  const sluice_status status = sink.take(sink.context, &reject, &error);
  if (status != SLUICE_OK) throw Error(static_cast<Code>(status), error.message).with_sqlstate(error.sqlstate);
}

/// The columns of rejects_read.
inline std::vector<arrow::Field> reject_fields() {
  return {{"table", {arrow::Kind::text}, false}, {"chunk", {arrow::Kind::int64}, false}, {"reject", {arrow::Kind::text}, false}};
}

/// A stream without rows.
class NoRows : public arrow::BatchReader {
 public:
  explicit NoRows(std::vector<arrow::Field> fields) : fields_(std::move(fields)) {}
  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override { return {}; }

 private:
  std::vector<arrow::Field> fields_;
};

/// A savepoint's action in SQL, in the words that all SQL stores share.
inline std::vector<const char*> savepoint_statements(int32_t action) {
  switch (action) {
    case SLUICE_SAVEPOINT_SET: return {"SAVEPOINT sluice_load"};
    case SLUICE_SAVEPOINT_KEEP: return {"RELEASE SAVEPOINT sluice_load"};
    case SLUICE_SAVEPOINT_UNDO: return {"ROLLBACK TO SAVEPOINT sluice_load", "RELEASE SAVEPOINT sluice_load"};
    default: throw Error(Code::invalid_argument, "savepoint: unknown action " + std::to_string(action));
  }
}

/// Sends lines to the engine's log; silent where the engine offers none.
class Log {
 public:
  explicit Log(const sluice_host* host) : host_(host == nullptr ? sluice_host{} : read_struct(host)) {}
  void write(int32_t level, const std::string& message) const {
    if (host_.log != nullptr) host_.log(host_.context, level, message.c_str());
  }

 private:
  sluice_host host_;
};

}  // namespace sluice::sdk
