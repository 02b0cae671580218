#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/stream.hpp"
#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"
#include "support/pg_session.hpp"
#include "support/test_database.hpp"

/// What the tests of the postgres plugin share: the built plugin behind the engine's owners, and rows as texts.
namespace sluice::test {

inline std::shared_ptr<const store::Plugin> postgres_plugin() {
  static const auto kPlugin = store::Plugin::load(store::PluginSearch({SLUICE_PLUGIN_DIR}).find("postgres"));
  return kPlugin;
}

inline store::Store postgres_store(const std::string& url, store::Options more = {}) {
  more.insert(more.begin(), {"url", url});
  return store::Store(postgres_plugin(), "new", more);
}

/// Runs `work` and answers the error that it must throw.
inline Error error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "expected an error";
  return Error(Code::internal, "no error");
}

using Rows = std::vector<std::vector<std::string>>;

/// All rows of a stream, values as texts, NULL as "NULL".
inline Rows all_rows(arrow::BatchReader& reader) {
  Rows rows;
  for (arrow::Array batch = reader.next(); !batch.empty(); batch = reader.next()) {
    const auto views = arrow::view_batch(reader.fields(), *batch);
    for (int64_t i = 0; i < batch->length; ++i) {
      auto& row = rows.emplace_back();
      for (const auto& view : views) row.push_back(view.is_null(i) ? "NULL" : arrow::value_to_text(view, i));
    }
  }
  return rows;
}

inline store::ReadSpec read_spec(const std::string& table, std::vector<std::string> columns, store::Range range = {}) {
  store::ReadSpec spec;
  spec.table = table;
  spec.columns = std::move(columns);
  spec.range = std::move(range);
  return spec;
}

inline Rows read_rows(store::Session& session, const std::string& table, const std::vector<std::string>& columns,
                      const std::vector<arrow::Type>& wanted = {}, const store::Range& range = {}) {
  store::ReadSpec spec = read_spec(table, columns, range);
  for (size_t i = 0; i < wanted.size(); ++i) spec.wanted.push_back({columns[i], wanted[i]});
  return all_rows(*session.read(spec));
}

/// `rows` rows (id bigint, note text) from `first` on, in batches of 1,000. `before_batch` runs before each.
class NumberedRows : public arrow::BatchReader {
 public:
  NumberedRows(int64_t first, int64_t rows, std::function<void(int64_t batch)> before_batch = {})
      : builder_({{"id", {arrow::Kind::int64}}, {"note", {arrow::Kind::text}}}),
        next_(first),
        end_(first + rows),
        before_batch_(std::move(before_batch)) {}
  const std::vector<arrow::Field>& fields() const override { return builder_.fields(); }
  arrow::Array next() override {
    if (next_ == end_) return {};
    if (before_batch_) before_batch_(batch_++);
    for (int64_t i = 0; i < 1000 && next_ < end_; ++i, ++next_) {
      builder_.column(0).append_int64(next_);
      builder_.column(1).append_bytes("note " + std::to_string(next_));
    }
    return builder_.finish();
  }

 private:
  arrow::BatchBuilder builder_;
  int64_t next_, end_, batch_ = 0;
  std::function<void(int64_t)> before_batch_;
};

/// One batch, then the end.
class OneBatch : public arrow::BatchReader {
 public:
  explicit OneBatch(arrow::BatchBuilder& builder) : fields_(builder.fields()), batch_(builder.finish()) {}
  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override { return std::move(batch_); }

 private:
  std::vector<arrow::Field> fields_;
  arrow::Array batch_;
};

inline store::FenceRequest fence_request(const std::string& run, bool take_over = false, int64_t lease_ms = 60'000) {
  return {run, "host-a", "boot-1", "/tmp/journal of " + run, 1000, 77, lease_ms, take_over};
}

inline store::WorkKey work_key(const std::string& node, int64_t chunk = -1, const std::string& run = "r-1") {
  return {run, node, chunk < 0 ? "" : "t", 1, chunk};
}

/// A database of its own with table t (id bigint primary key, note text), and a session that holds the fence.
struct Target {
  explicit Target(const std::string& run = "r-1")
      : store(postgres_store(database.url())), session(store.open_session()), side(database.url()) {
    // The role is called sluice: "$user" would be the ledger's home.
    side.execute("SET search_path = public; CREATE TABLE t (id bigint PRIMARY KEY, note text)");
    fence = {run, session->fence_acquire(fence_request(run), nullptr)};
  }
  /// Runs `work` in a guard and commits it; false where the ledger has the key already.
  bool guarded(const store::WorkKey& key, const std::function<void()>& work, const store::WorkResult& result = {}) {
    store::Guard guard(*session, fence, key);
    if (guard.already_done()) return false;
    work();
    guard.commit(result);
    return true;
  }
  void load(int64_t first, int64_t rows) { session->load({"", "t", {}}, std::make_unique<NumberedRows>(first, rows)); }

  TestDatabase database;
  store::Store store;
  std::unique_ptr<store::Session> session;
  PgSession side;
  store::Fence fence;
};

}  // namespace sluice::test
