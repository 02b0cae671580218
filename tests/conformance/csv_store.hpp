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
#include "file_target.hpp"
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

/// A directory of CSV files that a run writes.
struct Target : FileTarget {
  explicit Target(const std::string& path, const store::Options& options = {}, const std::string& run = "r-1");
};

}  // namespace sluice::test
