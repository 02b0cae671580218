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

/// pgloader with its defaults into an empty database.
Outcome run_pgloader_once(const std::string& source, const std::string& target);

/// The floor: the server reads the same rows from a file of its own, in its own binary format, into an identical table.
class Floor {
 public:
  /// Writes the file from a database that sluice has filled. The file lies beside the server's own.
  explicit Floor(const std::string& filled);
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;
  ~Floor();
  /// Into an empty table of the same shape, without keys and indexes, as the copy finds it.
  Outcome run_once() const;

 private:
  std::string url_;
  std::string file_;
};

}  // namespace sluice::bench
