#pragma once

#include <cstdint>
#include <string>

namespace sluice::bench {

/// One run of one contender.
struct Outcome {
  double copy_seconds = 0;   ///< moving the rows, as the contender itself reports it
  double whole_seconds = 0;  ///< the whole process: tables, rows, indexes, keys (and, for sluice, the content proof)
  std::int64_t rows = 0;     ///< of prices in the target afterwards, counted by us
  std::int64_t peak_memory = 0;  ///< RssAnon, bytes
};

/// `sluice run` of tests/benchmark/prices.lua into an empty database. Throws std::runtime_error with its output where
/// it fails or its verdict is not MATCH.
/// `made`: what functions make of the rows, "nothing", "numbers" or "texts".
Outcome run_sluice_once(const std::string& source, const std::string& target, int workers, const std::string& made = "nothing");

/// A store to copy from, by the plugin's name and a URL; `table` is the one whose rows are counted.
struct Source {
  std::string kind;
  std::string url;
  std::string table;
};

/// The same with tests/benchmark/table.lua, from any store.
Outcome run_sluice_once(const Source& source, const std::string& target, int workers);

/// `sluice copy`, to prepare a source.
void copy_with_sluice(const std::string& from, const std::string& to);

/// pgloader with its defaults into an empty database. `source` is a URI as pgloader wants it, `table` is counted.
Outcome run_pgloader_once(const std::string& source, const std::string& target, const std::string& table);
std::string sqlite_uri(const std::string& path);

/// `pgcopydb copy table-data` into a database that has the table `table` and no rows. Its copying is all that it does.
Outcome run_pgcopydb_once(const std::string& source, const std::string& target, const std::string& table, int workers);
/// Whether a program is installed under that path.
bool is_installed(const std::string& path);
inline constexpr const char* kPgcopydb = "/usr/bin/pgcopydb";
inline constexpr const char* kPgloader = "/usr/bin/pgloader";

/// The floor: the server reads the same rows from a file of its own, in its own binary format, into an identical table.
class Floor {
 public:
  /// Writes the file from a table that sluice has filled. The file lies beside the server's own.
  Floor(const std::string& filled, std::string table);
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  ~Floor();
  /// Into an empty table of the same shape, without keys and indexes, as the copy finds it.
  Outcome run_once() const;

 private:
  std::string url_;
  std::string table_;
  std::string file_;
};

}  // namespace sluice::bench
