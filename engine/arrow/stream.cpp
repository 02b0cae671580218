#include "arrow/stream.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace sluice::arrow {

namespace {

struct ExportedStream {
  std::unique_ptr<BatchReader> reader;
  StreamErrorSink sink;
  std::string error;
  bool failed = false;
};

ExportedStream& exported(ArrowArrayStream* stream) { return *static_cast<ExportedStream*>(stream->private_data); }

int fail(ExportedStream& stream, const std::exception& error) noexcept {
  stream.failed = true;
  try {
    stream.error = error.what();
    if (stream.sink) stream.sink(error);
  } catch (...) {  // nothing may cross the C border, and the errno alone says enough to stop
  }
  return EIO;
}

/// Runs `work` as a C stream callback: no exception leaves it.
template <typename Work>
int guarded(ArrowArrayStream* stream, Work work) noexcept {
  ExportedStream& self = exported(stream);
  if (self.failed) return EIO;
  try {
    work(self);
    return 0;
  } catch (const std::exception& error) {
    return fail(self, error);
  } catch (...) {
    return fail(self, Error(Code::internal, "the reader of rows threw something that is not an exception"));
  }
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  return guarded(stream, [out](ExportedStream& self) { export_schema(self.reader->fields(), out); });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
  return guarded(stream, [out](ExportedStream& self) {
    Array batch = self.reader->next();
    if (batch.empty()) {
      *out = ArrowArray{};
    } else {
      batch.move_to(out);
    }
  });
}

const char* get_last_error(ArrowArrayStream* stream) {
  const ExportedStream& self = exported(stream);
  return self.failed ? self.error.c_str() : nullptr;
}

void release_stream(ArrowArrayStream* stream) {
  delete &exported(stream);
  stream->release = nullptr;
}

}  // namespace

void export_stream(std::unique_ptr<BatchReader> reader, ArrowArrayStream* out, StreamErrorSink sink) {
  auto self = std::make_unique<ExportedStream>();
  self->reader = std::move(reader);
  self->sink = std::move(sink);
  out->get_schema = get_schema;
  out->get_next = get_next;
  out->get_last_error = get_last_error;
  out->release = release_stream;
  out->private_data = self.release();
}

StreamReader::StreamReader(Stream stream, std::function<void(const std::string& text)> explain)
    : stream_(std::move(stream)), explain_(std::move(explain)) {
  if (stream_.empty()) throw Error(Code::internal, "stream of rows: it was released before it was read");
  Schema schema;
  const int code = stream_->get_schema(stream_.get(), schema.receive());
  if (code != 0) fail(code);
  fields_ = import_schema(*schema);
}

Array StreamReader::next() {
  Array batch;
  if (stream_.empty()) return batch;
  const int code = stream_->get_next(stream_.get(), batch.receive());
  if (code != 0) fail(code);
  if (batch.empty()) stream_.reset();
  return batch;
}

void StreamReader::fail(int code) {
  const char* reported = stream_->get_last_error(stream_.get());
  const std::string text = reported != nullptr && *reported != '\0' ? reported : std::strerror(code);
  if (explain_) explain_(text);
  throw Error(Code::internal, text);
}

}  // namespace sluice::arrow
