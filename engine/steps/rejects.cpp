#include "steps/rejects.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "base/file.hpp"
#include "base/units.hpp"

namespace sluice::steps {
namespace {

using nlohmann::ordered_json;

constexpr size_t kFlushBytes = 1 << 20;

[[noreturn]] void refuse_file(const std::string& path) {
  throw Error(Code::unavailable, "rejects: " + path + ": " + std::strerror(errno), "the rows are kept in the target; mend it and resume");
}

/// Lines for a file that appears at once.
class LineFile {
 public:
  explicit LineFile(const std::string& path) : path_(path), part_(path + ".part") {
    ::unlink(part_.c_str());
    file_.reset(::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file_.is_open()) refuse_file(part_);
  }
  ~LineFile() {
    if (file_.is_open()) ::unlink(part_.c_str());
  }
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  void add(const std::string& line) {
    buffer_ += line;
    buffer_ += '\n';
    if (buffer_.size() >= kFlushBytes) flush();
  }

  void publish() {
    flush();
    if (::fsync(file_.get()) != 0 || ::rename(part_.c_str(), path_.c_str()) != 0) refuse_file(path_);
    file_.reset();
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    sync_directory(folder.empty() ? "." : folder);
  }

 private:
  void flush() {
    for (size_t done = 0; done < buffer_.size();) {
      const ssize_t size = ::write(file_.get(), buffer_.data() + done, buffer_.size() - done);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) refuse_file(part_);
      done += static_cast<size_t>(size);
    }
    buffer_.clear();
  }

  std::string path_;
  std::string part_;
  FileDescriptor file_;
  std::string buffer_;
};

/// The run's own file: written always, and what the named one is a copy of.
std::string own_path(const StepContext& context) { return context.run.folder() + "/rejects." + context.node.path + ".ndjson"; }

/// A file of an earlier process of this run is as the run's own one; any other is not ours to replace.
void refuse_foreign_file(const std::string& path, const std::string& own) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  if (fs::is_regular_file(path, ignored) && fs::exists(own, ignored) && read_file(path) == read_file(own)) return;
  throw Error(Code::already_exists, "rejects: " + path + ": is there already, and is never overwritten", "move it away, or name another file");
}

std::string line_of(const store::KeptReject& kept) {
  ordered_json line = {{"table", kept.table}, {"chunk", kept.chunk}};
  line.update(ordered_json::parse(kept.reject));
  return line.dump();
}

}  // namespace

std::optional<RejectOptions> reject_options(const plan::PlannedNode& node) {
  const nlohmann::json fields = nlohmann::json::parse(node.fields);
  const auto found = fields.find("rejects");
  if (found == fields.end() || !found->is_object()) return std::nullopt;
  RejectOptions options;
  options.limit = found->value("limit", int64_t{0});
  options.file = found->value("file", "");
  return options;
}

void plan_rejects(plan::PlanContext& context, const std::string& target, plan::PlannedNode& node) {
  const auto options = reject_options(node);
  if (!options) return;
  if (!context.session(target).keeps_rejects()) {
    throw Error(Code::unsupported, node.path + ": the store \"" + target + "\" can't keep rejects", "leave `rejects` out");
  }
  node.effects.push_back("rows that can't be written are kept aside, up to " + count_to_text(options->limit) + ", in " +
                         (options->file.empty() ? "the run's folder" : options->file));
  if (!context.session(target).has_savepoints()) {
    context.warn(node.path + ": \"" + target + "\" can't undo a part of a load: rows that the target itself refuses stop the step");
  }
}

void check_reject_file(StepContext& context, const RejectOptions& options) {
  if (options.file.empty()) return;
  refuse_foreign_file(options.file, own_path(context));
  const std::filesystem::path parent = std::filesystem::absolute(options.file).parent_path();
  if (::access(parent.c_str(), W_OK) != 0) {
    throw Error(Code::permission, "rejects: " + options.file + ": " + parent.string() + ": " + std::strerror(errno), "make the directory, or name another file");
  }
}

std::string export_rejects(StepContext& context, const RejectOptions& options) {
  const std::string own = own_path(context);
  if (!options.file.empty()) refuse_foreign_file(options.file, own);
  std::optional<LineFile> file;
  context.session(context.mapping().to)
      .rejects_read(context.run.run(), context.node.path, context.generation, [&](const store::KeptReject& kept) {
        if (!file) file.emplace(own);
        file->add(line_of(kept));
      });
  if (!file) return {};
  file->publish();
  if (options.file.empty()) return own;
  write_file_atomically(options.file, read_file(own));
  return options.file;
}

}  // namespace sluice::steps
