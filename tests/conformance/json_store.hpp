#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "arrow/stream.hpp"
#include "base/error.hpp"
#include "file_target.hpp"
#include "store/plugin.hpp"
#include "store/session.hpp"
#include "support/environment.hpp"

/// What the tests of the json plugin share: files, the built plugin behind the engine's owners, and rows as texts.
namespace sluice::test {

std::shared_ptr<const store::Plugin> json_plugin();

/// Runs `work` and answers the error that it must throw.
Error error_of(const std::function<void()>& work);

/// All rows of a stream, values as texts, NULL as "NULL".
using Rows = std::vector<std::vector<std::string>>;
Rows all_rows(arrow::BatchReader& reader);

/// A directory with files of JSON, and a session on one of them (or a directory, or a pattern).
class JsonFiles {
 public:
  JsonFiles() = default;
  /// One file, t.json, opened.
  explicit JsonFiles(const std::string& text, const store::Options& options = {}) {
    write("t.json", text);
    open("t.json", options);
  }

  void write(const std::string& name, const std::string& text) { write_text(path(name), text); }
  std::string path(const std::string& name) const { return directory_ / name; }
  store::Session& open(const std::string& name, const store::Options& options = {});
  store::Session& session() { return *session_; }
  store::Store& store() { return *store_; }

  catalog::Catalog catalog();
  /// "id int64 number, name text string": the columns of a table with type and native type.
  std::string columns(const std::string& table = "t");
  const catalog::Column column(const std::string& name, const std::string& table = "t");
  /// Columns of a whole table or range, with the wanted types or the store's own.
  Rows rows(const std::vector<std::string>& columns, const std::vector<arrow::Type>& wanted = {},
            const std::string& table = "t", const store::Range& range = {});
  /// The one column of all rows.
  std::vector<std::string> values(const std::string& column, const std::vector<arrow::Type>& wanted = {});

 private:
  TempDirectory directory_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Session> session_;
};

/// A directory of JSON files that a run writes.
struct JsonTarget : FileTarget {
  explicit JsonTarget(const std::string& path, const store::Options& options = {}, const std::string& run = "r-1");

  /// Makes a table, loads one chunk into it and finishes it; answers the whole file.
  std::string write(const catalog::Catalog& catalog, arrow::BatchBuilder& rows);
  /// The table as the store reads it, all columns as texts.
  Rows rows(const std::string& table);

  std::string path;
};

store::Store json_directory(const std::string& path, const store::Options& more = {});

}  // namespace sluice::test
