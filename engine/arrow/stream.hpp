#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "arrow/owner.hpp"
#include "arrow/type.hpp"

namespace sluice::arrow {

/// A pull source of record batches, implemented in C++ and handed out as an ArrowArrayStream.
class BatchReader {
 public:
  virtual ~BatchReader() = default;
  virtual const std::vector<Field>& fields() const = 0;
  /// The next batch, or an empty Array at the end. Throws sluice::Error.
  virtual Array next() = 0;
};

/// Called with the whole error (Arrow streams carry only errno and text) before a stream reports it.
using StreamErrorSink = std::function<void(const std::exception&)>;

/// Hands `reader` out as a C stream. Exceptions become errno EIO and get_last_error's text, and go to `sink` when
/// given.
void export_stream(std::unique_ptr<BatchReader> reader, ArrowArrayStream* out, StreamErrorSink sink = {});

/// Reads a C stream, in this process or from a plugin. Owns it.
class StreamReader : public BatchReader {
 public:
  /// Asks for the schema at once; throws Error(internal) with the stream's text when that fails. `explain` may replace
  /// that by a richer error (for plugins: the session's stream_error); it is called when the stream failed, throws or
  /// returns.
  explicit StreamReader(Stream stream, std::function<void(const std::string& text)> explain = {});
  const std::vector<Field>& fields() const override { return fields_; }
  Array next() override;

 private:
  [[noreturn]] void fail(int code);

  Stream stream_;
  std::function<void(const std::string&)> explain_;
  std::vector<Field> fields_;
};

}  // namespace sluice::arrow
