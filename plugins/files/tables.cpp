#include "tables.hpp"

#include <unistd.h>

#include <utility>

#include "guard.hpp"
#include "moves.hpp"
#include "part_writer.hpp"

namespace sluice::files {

namespace {

const char* const kColumns = "SELECT id, name, file, description, head, middle, tail, published FROM tables ";

Table table_from(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2), row.text(3), {row.text(4), row.text(5), row.text(6)}, row.text(7)};
}

Table require_table(Home& home, const std::string& name) {
  auto table = find_table(home, name);
  if (table) return *std::move(table);
  throw Error(Code::not_found, home.directory() + ": this run has no table " + name,
              "files are written whole: make the table with schema.create, where no file of its name is");
}

std::string visible_path(const Home& home, const Table& table) { return home.directory() + "/" + table.file; }

/// Copies the rows of all parts into `whole`, with the frame around them. Answers the rows and the bytes of the data.
std::pair<int64_t, int64_t> assemble(Home& home, const Table& table, PartWriter& whole) {
  whole.write(table.frame.head);
  int64_t bytes = 0;
  std::string block(1 << 20, '\0');
  for (const Segment& segment : segments_of(home, table)) {
    if (segment.size == 0) continue;
    if (bytes > 0) whole.write(table.frame.between);
    Input input({segment});
    for (size_t size = input.read(block.data(), block.size()); size > 0;
         size = input.read(block.data(), block.size())) {
      whole.write({block.data(), size});
    }
    bytes += segment.size;
  }
  whole.write(table.frame.tail);
  return {count_rows(home, table), bytes};
}

/// In an open transaction: the parts of a table go, once it is committed.
void forget_parts(Home& home, const Table& table) {
  Statement parts(home.database(), "SELECT file FROM parts WHERE \"table\" = ?", "listing parts", table.id);
  while (parts.step()) note_removal(home, "parts/" + parts.text(0), "");
  change(home.database(), "DELETE FROM parts WHERE \"table\" = ?", "forgetting parts", table.id);
}

void set_published(Home& home, const Table& table, const std::string& identity) {
  change(home.database(), "UPDATE tables SET published = ? WHERE id = ?", "noting a table's file", identity, table.id);
}

/// In an open transaction.
void note_published(Home& home, const Table& table, PartWriter& whole, int64_t rows) {
  forget_parts(home, table);
  const auto head = static_cast<int64_t>(table.frame.head.size());
  const auto frame = head + static_cast<int64_t>(table.frame.tail.size());
  whole.commit(0, rows, head, whole.size() - frame, whole.sha256());
  const std::string identity = identity_of(whole.path());
  note_move(home, "parts/" + whole.name(), table.file, identity);
  set_published(home, table, identity);
}

void refuse_taken(const Home& home, const std::string& file) {
  const std::string path = home.directory() + "/" + file;
  if (identity_of(path).empty()) return;
  throw Error(Code::already_exists,
              path + ": there is a file already, and files are only written whole, never appended to",
              "move it away, or name another directory");
}

int64_t total_rows(Home& home, const Table& table, int64_t* parts) {
  Statement sum(home.database(), "SELECT coalesce(sum(rows), 0), count(*) FROM parts WHERE \"table\" = ?",
                "counting rows", table.id);
  sum.step();
  if (parts != nullptr) *parts = sum.integer(1);
  return sum.integer(0);
}

/// Assembles outside of the transaction, which `begin` opens then.
template <typename Begin>
void publish(Home& home, const Table& table, Begin&& begin) {
  refuse_taken(home, table.file);
  int64_t parts_before = 0;
  total_rows(home, table, &parts_before);
  PartWriter whole(home, table.id);
  const int64_t rows = assemble(home, table, whole).first;
  whole.sync();
  begin();
  int64_t parts = 0;
  if (total_rows(home, table, &parts) != rows || parts != parts_before) {
    throw Error(Code::conflict, "table " + table.name + ": rows were added while its file was made",
                "finish it after the copy");
  }
  note_published(home, table, whole, rows);
}

}  // namespace

void create_table(Home& home, const NewTable& table) {
  home.require_guard("creating a table");
  begin_writing(home, "creating a table");
  if (find_table(home, table.name)) {
    throw Error(Code::already_exists, home.directory() + ": a run that is not over has a table " + table.name,
                "resume or roll back that run first, or name another directory");
  }
  refuse_taken(home, table.file);
  change(home.database(),
         "INSERT INTO tables (run, name, file, description, head, middle, tail) VALUES (?, ?, ?, ?, ?, ?, ?)",
         "creating " + table.name, home.guard->key.run, table.name, table.file, table.description, table.frame.head,
         table.frame.between, table.frame.tail);
}

std::optional<Table> find_table(Home& home, const std::string& name) {
  if (!home.exists()) return std::nullopt;
  Statement look(home.database(), std::string(kColumns) + "WHERE name = ?", "looking for " + name, name);
  if (!look.step()) return std::nullopt;
  return table_from(look);
}

std::vector<Table> list_tables(Home& home) {
  std::vector<Table> tables;
  if (!home.exists()) return tables;
  Statement list(home.database(), std::string(kColumns) + "ORDER BY id", "listing tables");
  while (list.step()) tables.push_back(table_from(list));
  return tables;
}

std::vector<Segment> segments_of(Home& home, const Table& table) {
  std::vector<Segment> segments;
  Statement parts(home.database(), "SELECT file, \"begin\", size FROM parts WHERE \"table\" = ? ORDER BY chunk, id",
                  "listing parts", table.id);
  while (parts.step()) {
    std::string path = home.parts_folder() + "/" + parts.text(0);
    // Published, and moved already.
    if (table.is_published() && ::access(path.c_str(), F_OK) != 0) path = visible_path(home, table);
    segments.push_back({path, parts.integer(1), parts.integer(2), std::nullopt});
  }
  return segments;
}

int64_t count_rows(Home& home, const Table& table) { return total_rows(home, table, nullptr); }

void publish_table(Home& home, const std::string& name) {
  home.require_guard("finishing a table");
  const Table table = require_table(home, name);
  if (table.is_published()) return begin_writing(home, "finishing a table");
  publish(home, table, [&] { begin_writing(home, "finishing a table"); });
}

int64_t clear_table(Home& home, const std::string& name) {
  home.require_guard("clearing a table");
  begin_writing(home, "clearing a table");
  const Table table = require_table(home, name);
  const int64_t rows = count_rows(home, table);
  if (table.is_published()) {
    const std::string path = visible_path(home, table);
    const std::string found = identity_of(path);
    if (!found.empty() && found != table.published) {
      throw Error(Code::conflict,
                  path + ": is not the file that this run wrote: expected " + table.published + ", found " + found,
                  "move it away, then do this again");
    }
    note_removal(home, table.file, table.published);
  }
  forget_parts(home, table);
  set_published(home, table, "");
  return rows;
}

bool drop_table(Home& home, const Table& table) {
  begin_writing(home, "dropping a table");
  const std::string found = table.is_published() ? identity_of(visible_path(home, table)) : "";
  const bool is_same = found.empty() || found == table.published;
  if (is_same && table.is_published()) note_removal(home, table.file, table.published);
  forget_parts(home, table);
  change(home.database(), "DELETE FROM tables WHERE id = ?", "dropping " + table.name, table.id);
  return is_same;
}

bool withdraw_table(Home& home, const Table& table) {
  begin_writing(home, "taking a file back");
  if (identity_of(visible_path(home, table)) != table.published) return false;
  Statement part(home.database(), "SELECT file FROM parts WHERE \"table\" = ?", "taking a file back", table.id);
  if (!part.step()) return false;
  note_move(home, table.file, "parts/" + part.text(0), table.published);
  set_published(home, table, "");
  return true;
}

void publish_rest(Home& home, const std::string& run) {
  finish_moves(home);
  Statement rest(home.database(), "SELECT name FROM tables WHERE run = ? AND published = '' ORDER BY id",
                 "listing tables", run);
  std::vector<std::string> names;
  while (rest.step()) names.push_back(rest.text(0));
  for (const std::string& name : names) {
    std::optional<WriteTransaction> transaction;
    publish(home, require_table(home, name), [&] { transaction.emplace(home, "finishing " + name); });
    transaction->commit();
    finish_moves(home);
  }
}

}  // namespace sluice::files
