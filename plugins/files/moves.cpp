#include "moves.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>
#include <vector>

#include "base/file.hpp"
#include "home.hpp"
#include "part_writer.hpp"
#include "state.hpp"
#include "tables.hpp"

namespace sluice::files {

namespace {

namespace fs = std::filesystem;

struct Move {
  int64_t id = 0;
  std::string from;
  std::string to;  ///< "": it is removed
  std::string identity;
};

std::string full_path(const Home& home, const std::string& path) {
  return (path.rfind("parts/", 0) == 0 ? home.folder() : home.directory()) + "/" + path;
}

std::vector<Move> list_moves(Home& home) {
  std::vector<Move> moves;
  Statement list(home.database(), "SELECT id, source, destination, identity FROM moves ORDER BY id", "listing moves");
  while (list.step()) moves.push_back({list.integer(0), list.text(1), list.text(2), list.text(3)});
  return moves;
}

void rename_new(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  // File systems without the flag: the look before is all there is.
  if ((errno == EINVAL || errno == ENOSYS) && identity_of(to).empty() && ::rename(from.c_str(), to.c_str()) == 0)
    return;
  if (errno == EEXIST || errno == EINVAL || errno == ENOSYS) {
    throw Error(Code::already_exists, to + ": another file has taken the place of a table that this run finished",
                "move it away, then go on: the rows are kept");
  }
  refuse_path(to, errno);
}

void remove(const Home& home, const Move& move) {
  const std::string path = full_path(home, move.from);
  const std::string found = identity_of(path);
  const bool is_ours = !found.empty() && (move.identity.empty() || found == move.identity);
  if (is_ours && ::unlink(path.c_str()) != 0 && errno != ENOENT) refuse_path(path, errno);
}

void do_move(const Home& home, const Move& move) {
  if (move.to.empty()) return remove(home, move);
  const std::string from = full_path(home, move.from);
  const std::string to = full_path(home, move.to);
  if (identity_of(from) == move.identity) return rename_new(from, to);
  if (identity_of(to) == move.identity) return;
  throw Error(Code::data, from + ": the file that this run wrote is gone; it is not at " + to + " either",
              "put it back, or roll the run back");
}

bool has_moves(Home& home) {
  Statement look(home.database(), "SELECT EXISTS (SELECT 1 FROM moves)", "listing moves");
  return look.step() && look.integer(0) != 0;
}

}  // namespace

void note_move(Home& home, const std::string& from, const std::string& to, const std::string& identity) {
  change(home.database(), "INSERT INTO moves (source, destination, identity) VALUES (?, ?, ?)", "noting a move", from,
         to, identity);
}

void note_removal(Home& home, const std::string& file, const std::string& identity) {
  note_move(home, file, "", identity);
}

void finish_moves(Home& home) {
  if (!home.exists() || !has_moves(home)) return;
  // The lock keeps two sessions from doing one list at once: a table may be moved in, and out again.
  WriteTransaction transaction(home, "finishing moves");
  for (const Move& move : list_moves(home)) do_move(home, move);
  sync_directory(home.directory());
  sync_directory(home.parts_folder());
  change(home.database(), "DELETE FROM moves", "finishing moves");
  transaction.commit();
}

void remove_orphans(Home& home) {
  const WriteTransaction transaction(home, "removing parts that nobody committed");
  std::set<std::string> known;
  Statement parts(home.database(), "SELECT file FROM parts", "listing parts");
  while (parts.step()) known.insert(parts.text(0));
  for (const auto& entry : fs::directory_iterator(home.parts_folder())) {
    if (known.count(entry.path().filename().string()) == 0) ::unlink(entry.path().c_str());
  }
}

}  // namespace sluice::files
