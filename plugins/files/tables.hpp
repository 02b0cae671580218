#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "home.hpp"
#include "input.hpp"

namespace sluice::files {

/// A table that a run writes: parts of committed chunks, and in the end one file made of them.
///
/// What happens to visible files happens in two halves: the guard's transaction notes a move (publish, withdraw,
/// remove) beside its ledger row, and finish_moves() does it once that is committed. Whoever comes next does it where
/// the committer died: a move is known by the file's identity, so that doing it twice does it once.

/// Bytes that stand around the parts in the file.
struct Frame {
  std::string head;
  std::string between;
  std::string tail;
};

struct NewTable {
  std::string name;
  std::string file;         ///< its name in the directory
  std::string description;  ///< the plugin's own text: columns and the like
  Frame frame;
};

struct Table {
  int64_t id = 0;
  std::string name;
  std::string file;
  std::string description;
  Frame frame;
  std::string published;  ///< the identity of its file in the directory; "" while it has none

  bool is_published() const { return !published.empty(); }
};

/// Inside a guard. Throws Error(already_exists) where the table or its file is there.
void create_table(Home& home, const NewTable& table);
std::optional<Table> find_table(Home& home, const std::string& name);
std::vector<Table> list_tables(Home& home);
/// The bytes of the rows, in the order of their chunks; without head, between and tail.
std::vector<Segment> segments_of(Home& home, const Table& table);
int64_t count_rows(Home& home, const Table& table);

/// Inside a guard: makes the table's file of its parts (written beside, synced, its sha256 noted with it), to be moved
/// to its place when the guard commits. Does nothing for a table that has its file.
void publish_table(Home& home, const std::string& name);
/// Inside a guard: removes rows and file. Answers the rows. Throws Error(conflict) where the file is not the one that
/// was published.
int64_t clear_table(Home& home, const std::string& name);
/// Inside a guard: clears and forgets the table; a file that is another one now stays. False then.
bool drop_table(Home& home, const Table& table);
/// Inside a guard: takes the file out of the directory again; its rows stay. False where it is another file now.
bool withdraw_table(Home& home, const Table& table);

/// Publishes the tables of a run that nobody finished: their rows must not go with the ledger.
void publish_rest(Home& home, const std::string& run);

/// Does what was committed and is still to be done in the directory. Throws Error(already_exists) where another file
/// took the place of a table.
void finish_moves(Home& home);
/// Removes parts that no committed chunk has.
void remove_orphans(Home& home);

}  // namespace sluice::files
