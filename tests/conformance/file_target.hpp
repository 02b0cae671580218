#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/stream.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"

/// What the tests of stores that write files share.
namespace sluice::test {

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

/// An engine as the fence sees it: alive, this process, a lease of a minute.
inline store::FenceRequest fence_request(const std::string& run, int64_t pid = 1000) {
  store::FenceRequest request;
  request.run = run;
  request.host = "here";
  request.boot_id = "boot";
  request.journal = "/state/" + run;
  request.pid = pid;
  request.pid_start = 77;
  request.lease_ms = 60000;
  return request;
}

inline store::WorkKey work_key(const std::string& node, int64_t chunk = -1, const std::string& run = "r-1") {
  store::WorkKey key;
  key.run = run;
  key.node = node;
  key.table = chunk < 0 ? "" : "orders";
  key.chunk = chunk;
  return key;
}

/// A catalog of one table.
inline catalog::Catalog table_of(const std::string& name, const std::vector<arrow::Field>& columns) {
  catalog::Catalog catalog;
  catalog.tables.emplace_back();
  catalog.tables[0].name = name;
  for (const arrow::Field& field : columns) {
    catalog::Column column;
    column.name = field.name;
    column.type = field.type;
    catalog.tables[0].columns.push_back(column);
  }
  return catalog;
}

/// A writing session that holds the fence as run "r-1".
struct FileTarget {
  FileTarget(const std::shared_ptr<const store::Plugin>& plugin, const store::Options& options, const std::string& run)
      : store(plugin, "files", options), session(store) {
    fence = {run, session.fence_acquire(fence_request(run), nullptr)};
  }

  void guarded(const store::WorkKey& key, const std::function<void()>& work) {
    store::Guard guard(session, fence, key);
    ASSERT_FALSE(guard.already_done());
    work();
    guard.commit({});
  }

  /// Runs the statements of a stage, and records what they make, in a guard of `node`.
  void shape(const catalog::Catalog& catalog, const std::string& stage, const std::string& node) {
    guarded(work_key(node, -1, fence.run), [&] {
      const auto statements = session.ddl(catalog, stage).statements;
      for (const auto& statement : statements) session.execute(statement.sql);
      session.objects_record(statements);
    });
  }

  void load(const std::string& table, int64_t chunk, arrow::BatchBuilder& rows) {
    std::vector<std::string> columns;
    for (const arrow::Field& field : rows.fields()) columns.push_back(field.name);
    guarded(work_key("copy.rows", chunk, fence.run), [&] {
      session.load({"", table, columns}, std::make_unique<OneBatch>(rows));
    });
  }

  store::Store store;
  store::Session session;
  store::Fence fence;
};

}  // namespace sluice::test
