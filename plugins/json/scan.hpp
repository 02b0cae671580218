#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cutter.hpp"
#include "files.hpp"
#include "key_tree.hpp"
#include "settings.hpp"
#include "window.hpp"
#include "written.hpp"

namespace sluice::json {

/// Where a column's values come from.
enum class Origin {
  field = 1,  ///< the record's value at `node`
  key,        ///< the key of a member of an object of records
  ordinal     ///< the place in the array, from 1
};

struct Column {
  std::string name;
  Origin origin = Origin::field;
  int node = -1;
  Form form = Form::text;
  ColumnEvidence seen;
  int up = 0;  ///< of the record itself, else of the one that holds it in an array, and so on
  std::optional<arrow::Type> known = {};  ///< what a run has written it as; else the evidence tells

  arrow::Type type() const { return known ? *known : seen.type(); }
  arrow::Type carrier() const { return known ? carrier_of(*known) : seen.carrier(); }
};

/// A record that a chunk may begin at: its position in the store (SourceFile::base plus the place in the file).
using Mark = int64_t;

struct Table {
  std::string name;
  KeyTree tree;
  std::vector<Column> columns;
  std::vector<Segment> segments;  ///< a child's are its parent's
  std::vector<Mark> marks;
  std::vector<int64_t> mark_keys;  ///< of the marks' records, where these integers ascend over the whole table
  int64_t rows = 0;
  int64_t bytes = 0;
  int64_t doubled = 0;  ///< keys that a record had twice
  int64_t unreadable = 0;      ///< records that can't be read, though their ends are known; not among `rows`
  std::optional<Error> fault;  ///< of the first of them
  ColumnEvidence keys;  ///< of members of objects of records
  bool has_keys = false;
  bool is_written = false;  ///< a run's, which knows its columns
  std::string written_key;  ///< and its primary key, where that is one column
  static constexpr int kNoKey = -2;
  int mark_key_node = kNoKey;            ///< the field of mark_keys; -1: the keys of members
  int key_node = kNoKey;                 ///< a field that is in every record, and no two are the same; -1 as above
  std::vector<std::string> primary_key;  ///< columns, where there is one
  int parent = -1;                       ///< index of the table whose records hold this one's, -1 for none
  int split = -1;                        ///< the node of the parent's tree that holds them
  int64_t split_empty = 0, split_null = 0, split_missing = 0;  ///< parents without children, by what they have instead
};

/// Everything that was learned by one pass over all records. Immutable once made, shared by sessions.
struct Scan {
  std::vector<SourceFile> files;
  std::vector<WrittenTable> written;
  std::vector<Table> tables;
  std::vector<std::string> notes;

  /// Throws Error(not_found) with the nearest name.
  const Table& find(const std::string& name) const;
};

/// Reads all files once, from begin to end. Throws Error(data) with file and byte for what is no JSON or no record, unless it is
/// known where that ends: then it is counted.
Scan scan_files(std::vector<SourceFile> files, std::vector<WrittenTable> written, const Settings& settings,
                const CheckCancelled& check);

/// Gives a table that a run writes the columns that it knows. Part of scan_files.
void set_columns(Table& table, const WrittenTable& written);
/// Gives every other table its columns and the scan its notes. Part of scan_files.
void name_columns(Scan& scan, const Settings& settings);
void write_notes(Scan& scan, const Settings& settings);

/// What is wrong with a record or an array of records that the parser has refused.
[[noreturn]] void fail_in_record(const Window& window, int64_t text_at, std::string_view text, int most_depth);
/// What a field that is split must be. Throws Error(data).
void check_array(const Window& window, const Record& record, const Value& value, const std::string& field);
/// What its elements must be. Throws Error(data).
void check_child(const Window& window, const Record& record, const Value& element, const std::string& field);

}  // namespace sluice::json
