#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/plugin_abi.h"
#include "arrow/stream.hpp"
#include "base/error.hpp"
#include "catalog/catalog.hpp"
#include "catalog/ddl.hpp"

/// C++ owners over the plugin contract. They make another order of release than stream, session, store impossible, turn
/// status codes into sluice::Error, and add nothing else: the meaning of every call is documented in
/// abi/plugin_abi_decl.h.
namespace sluice::store {

class Plugin;  // store/plugin.hpp

using Options = std::vector<std::pair<std::string, std::string>>;

struct Capabilities {
  uint64_t flags = 0;
  int max_writers = 0;  ///< 0: no limit of its own
  bool has(uint64_t flag) const { return (flags & flag) != 0; }
};

struct Identity {
  std::string id;
  std::string version;
  std::string name;
  std::string pin;
};

/// The cuts of a table: n cuts make n + 1 chunks, first and last open-ended.
struct Cuts {
  std::vector<std::string> key;
  std::string type;                            ///< "integer", ..., "local"
  std::vector<std::vector<std::string>> cuts;  ///< a text per key column
  int64_t rows = 0;
  bool is_local() const { return type == "local"; }
};

/// One chunk of a table: lower <= key < upper; an empty vector is an open end. A value.
struct Range {
  std::vector<std::string> key;
  std::string type;
  std::vector<std::string> lower;
  std::vector<std::string> upper;
  bool is_whole() const { return lower.empty() && upper.empty(); }
};

/// One line of JSON, and back.
std::string to_json(const Range& range);
Range range_from_json(const std::string& json);
std::string to_json(const Cuts& cuts);
Cuts cuts_from_json(const std::string& json);
/// The i-th of cuts.size() + 1 chunks.
Range chunk_range(const Cuts& cuts, size_t index);

/// A row that was left out, as the plugin describes it.
struct LeftOut {
  Code code = Code::data;
  std::string key;     ///< which row: "id=7", "line 12"
  std::string column;  ///< "" where it is not one column's fault
  std::string reason;
  std::string row;     ///< JSON: an object of column to text or null
};
using TakeLeftOut = std::function<void(LeftOut)>;

struct ReadSpec {
  std::string schema;
  std::string table;
  std::vector<std::string> columns;
  std::vector<arrow::Field> wanted;  ///< a field per column; empty: the store's own types
  Range range;
  std::string where;
  int64_t batch_rows = 0;
  int64_t batch_bytes = 0;
  /// Takes rows that don't fit and are left out, from within next(); throws to end the stream. Empty: such a row is an error.
  TakeLeftOut left_out;
};

/// How rows enter a table, see SLUICE_LOAD_...
enum class LoadMode { append = 1, upsert, insert_missing };

struct LoadSpec {
  std::string schema;
  std::string table;
  std::vector<std::string> columns;
  LoadMode mode = LoadMode::append;
  std::vector<std::string> key;  ///< of the other modes
};

struct LoadResult {
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t already_there = 0;
};

/// Ledger key, see sluice_work_key.
struct WorkKey {
  std::string run;
  std::string node;
  std::string table;
  uint32_t generation = 1;
  int64_t chunk = -1;
};

struct Fence {
  std::string run;
  int64_t epoch = 0;
};

struct FenceRequest {
  std::string run;
  std::string host;
  std::string boot_id;
  std::string journal;
  int64_t pid = 0;
  int64_t pid_start = 0;
  int64_t lease_ms = 0;
  bool take_over = false;
};

/// Who holds or held a target. `exists` is false where no fence was ever made.
struct FenceHolder {
  bool exists = false;
  bool is_free = true;
  std::string run, host, boot_id, journal;
  int64_t pid = 0, pid_start = 0, epoch = 0, lease_left_ms = 0;
};

struct WorkResult {
  int64_t read = 0, kept = 0, filtered = 0, rejected = 0;
  int64_t emitted = 0, written = 0, already_there = 0, refused = 0;
  sluice_fingerprint f_src{};
  sluice_fingerprint f_out{};
  std::string bounds;
};

struct LedgerRow {
  WorkKey key;
  WorkResult result;
  int64_t epoch = 0;
};

/// A rejected row as the target keeps it beside the ledger.
struct KeptReject {
  std::string table;
  int64_t chunk = 0;
  std::string reject;  ///< a JSON object
};

/// "count:sum:xor", sum and xor as 32 hex digits; and back (Error(internal) where it is not one).
std::string to_text(const sluice_fingerprint& fingerprint);
sluice_fingerprint fingerprint_from_text(const std::string& text);

class Session;

/// Takes a plugin's log lines (SLUICE_LOG_...). Called from any thread; what it throws is dropped.
using LogSink = std::function<void(int32_t level, const std::string& message)>;

/// One store as configured: immutable after open, may open sessions from any thread.
class Store {
 public:
  /// Checks options only, no network. Throws Error naming an unknown option. Without `log` the plugin's lines are
  /// dropped.
  Store(std::shared_ptr<const Plugin> plugin, std::string name, const Options& options, LogSink log = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Connects. Throws Error(unavailable, permission, not_found, ...).
  std::unique_ptr<Session> open_session() const;

  const std::string& name() const { return name_; }
  const Plugin& plugin() const { return *plugin_; }

 private:
  friend class Session;
  std::shared_ptr<const Plugin> plugin_;
  std::string name_;
  LogSink log_;
  sluice_host host_{};
  sluice_store* handle_ = nullptr;
};

/// The JSON text that `catalog` and `source_state` take.
struct LookFilter {
  std::string schema;
  std::vector<std::string> tables;  ///< empty: all
  std::vector<std::string> views;   ///< that are looked at as if they were tables
  bool evidence = false;
  /// Rows that can't be read will become rejects: the source counts and notes them, instead of refusing to say what is there.
  bool rejects = false;
};

/// One connection. Belongs to one thread at a time, except cancel(). The Store must outlive it.
class Session {
 public:
  explicit Session(const Store& store);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Store& store() const { return store_; }
  void cancel() noexcept;
  Capabilities capabilities();
  Identity identity();
  catalog::Catalog catalog(const LookFilter& filter);
  catalog::Ddl ddl(const catalog::Catalog& wanted, const std::string& stage);

  /// Rows of a query as a stream; the session is busy until it is destroyed.
  std::unique_ptr<arrow::BatchReader> query(const std::string& text,
                                            const std::vector<std::optional<std::string>>& params = {});
  /// The first column of the first row as text; nullopt for NULL. Throws Error(data) where there is no row.
  std::optional<std::string> scalar(const std::string& text,
                                    const std::vector<std::optional<std::string>>& params = {});
  int64_t execute(const std::string& text, const std::vector<std::optional<std::string>>& params = {});

  std::string snapshot_export();
  void snapshot_join(const std::string& token);
  /// False: the readers may disagree; close them and begin again.
  bool snapshot_confirm(const std::string& token);
  /// JSON object of texts; equal texts mean unchanged tables.
  std::string source_state(const LookFilter& filter);
  Cuts plan_chunks(const ReadSpec& spec, int64_t wanted);
  std::unique_ptr<arrow::BatchReader> read(const ReadSpec& spec);

  /// Throws Error(conflict) where another holder has it; *holder then says who.
  int64_t fence_acquire(const FenceRequest& request, FenceHolder* holder);
  FenceHolder fence_look();
  void fence_renew(const Fence& fence, int64_t lease_ms);
  void fence_release(const Fence& fence);

  /// What the ledger holds for this key, or nullopt.
  std::optional<LedgerRow> guard_probe(const WorkKey& key);
  std::vector<LedgerRow> ledger_read(const std::string& run, const std::string& node = {});
  void ledger_forget(const std::string& run, const std::string& node, uint32_t generation);
  void ledger_retire(const Fence& fence, const std::string& run);
  void objects_record(const std::vector<catalog::Statement>& objects);

  /// Whether the plugin keeps rejects; whether it can undo a load that failed.
  bool keeps_rejects() const;
  bool has_savepoints() const;
  /// Inside a guard: JSON texts, kept with the guard's work.
  void rejects_record(const std::vector<std::string>& rejects);
  /// Those of (run, node, generation), one by one in the order they were recorded.
  void rejects_read(const std::string& run, const std::string& node, uint32_t generation,
                    const std::function<void(const KeptReject&)>& take);
  struct Dropped {
    std::vector<std::string> dropped;
    std::vector<std::string> kept;  ///< bear a recorded name but are other objects now
  };
  Dropped objects_drop(const std::string& run, const std::string& node);
  std::vector<catalog::Statement> objects_list(const std::string& run, const std::string& node);

  /// Inside a guard. When `batches` itself threw, that very exception comes out.
  LoadResult load(const LoadSpec& spec, std::unique_ptr<arrow::BatchReader> batches);

 private:
  friend class Guard;
  const sluice_plugin& table() const;
  /// Throws what `error` says, with the store's name before it, unless status is 0.
  void check(int32_t status, const sluice_error& error) const;
  [[noreturn]] void refuse_missing(const char* function) const;
  /// Calls a function of the table; throws Error(unsupported) where the plugin has none.
  template <typename Function, typename... Arguments>
  void call(const char* name, Function function, Arguments... arguments) const {
    if (function == nullptr) refuse_missing(name);
    sluice_error error{};
    check(function(handle_, arguments..., &error), error);
  }
  std::unique_ptr<arrow::BatchReader> read_stream(arrow::Stream stream) const;

  const Store& store_;
  sluice_session* handle_ = nullptr;
};

/// One guarded transaction (begin, work, commit), aborted when it goes out of scope uncommitted.
class Guard {
 public:
  /// Throws Error(conflict) with sqlstate "SL001" when the fence is stale.
  Guard(Session& session, const Fence& fence, const WorkKey& key);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  /// Runs `work`; when it throws, the target is as it was before, the guard goes on, and the error comes out.
  void attempt(const std::function<void()>& work);

  /// The ledger has the key already: nothing is open, skip the work.
  bool already_done() const { return already_done_; }
  /// Throws Error(in_doubt) when the connection is lost inside COMMIT: probe, never assume.
  void commit(const WorkResult& result);

 private:
  Session& session_;
  bool already_done_ = false;
  bool open_ = false;
};

}  // namespace sluice::store
