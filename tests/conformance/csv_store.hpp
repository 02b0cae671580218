#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/stream.hpp"
#include "base/error.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"
#include "support/environment.hpp"

/// What the tests of the csv plugin share: the built plugin behind the engine's owners, and rows as texts.
namespace sluice::test {

store::Store csv_store(const std::string& path, store::Options more = {});

/// Runs `work` and answers the error that it must throw.
Error error_of(const std::function<void()>& work);

/// All rows of a stream, values as texts, NULL as "<NULL>".
using Rows = std::vector<std::vector<std::string>>;
Rows all_rows(arrow::BatchReader& reader);

/// The table's column names, and its rows as texts.
std::vector<std::string> columns_of(store::Session& session, const std::string& table);
store::ReadSpec whole_table(store::Session& session, const std::string& table);
Rows rows_of(store::Session& session, const std::string& table);
/// Writes `bytes` into a file t.csv (or another name) of its own and reads it.
Rows rows_of_bytes(const std::string& bytes, const store::Options& options, const std::string& file = "t.csv");

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
store::FenceRequest fence_request(const std::string& run, int64_t pid = 1000);
store::WorkKey work_key(const std::string& node, int64_t chunk = -1, const std::string& run = "r-1");

/// A catalog of one table.
catalog::Catalog table_of(const std::string& name, const std::vector<arrow::Field>& columns);

/// A writing session that holds the fence as run "r-1".
struct Target {
  explicit Target(const std::string& path, store::Options options = {}, const std::string& run = "r-1");
  void guarded(const store::WorkKey& key, const std::function<void()>& work);
  /// Runs the statements of a stage, and records what they make, in a guard of `node`.
  void shape(const catalog::Catalog& catalog, const std::string& stage, const std::string& node);
  void load(const std::string& table, int64_t chunk, arrow::BatchBuilder& rows);

  store::Store store;
  store::Session session;
  store::Fence fence;
};

}  // namespace sluice::test
