#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arrow/builder.hpp"
#include "arrow/stream.hpp"
#include "base/error.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"
#include "support/environment.hpp"

/// What the tests of the sqlite plugin share: the built plugin behind the engine's owners, and rows as texts.
namespace sluice::test {

std::shared_ptr<const store::Plugin> sqlite_plugin();

/// A store over one file; "write" makes the file where it is missing.
store::Store sqlite_store(const std::string& path, const std::string& access, store::Options more = {});

/// Runs `work` and answers the error that it must throw.
Error error_of(const std::function<void()>& work);

/// All rows of a stream, values as texts, NULL as "NULL".
using Rows = std::vector<std::vector<std::string>>;
Rows all_rows(arrow::BatchReader& reader);
Rows query_rows(store::Session& session, const std::string& sql);

/// Reads columns of a whole table with the wanted types, or the store's own.
Rows read_rows(store::Session& session, const std::string& table, const std::vector<std::string>& columns,
               const std::vector<arrow::Type>& wanted = {}, const store::Range& range = {});

/// One batch, then the end. `fail_at_end` makes the stream fail instead of ending.
class OneBatch : public arrow::BatchReader {
 public:
  OneBatch(arrow::BatchBuilder& builder, std::optional<Error> fail_at_end = std::nullopt)
      : fields_(builder.fields()), batch_(builder.finish()), failure_(std::move(fail_at_end)) {}
  const std::vector<arrow::Field>& fields() const override { return fields_; }
  arrow::Array next() override;

 private:
  std::vector<arrow::Field> fields_;
  arrow::Array batch_;
  std::optional<Error> failure_;
  bool is_given_ = false;
};

/// An engine as the fence sees it: alive, this process, a lease of a minute.
store::FenceRequest fence_request(const std::string& run, int64_t pid = 1000);

/// A writing session that holds the fence as run "r-1".
struct Target {
  explicit Target(const std::string& path, const std::string& run = "r-1");
  void guarded(const store::WorkKey& key, const std::function<void()>& work);

  store::Store store;
  store::Session session;
  store::Fence fence;
};

store::WorkKey work_key(const std::string& node, int64_t chunk = -1, const std::string& run = "r-1");

}  // namespace sluice::test
