#include "disposable/sqlite_file.hpp"

#include <exception>
#include <utility>

#include "base/error.hpp"

namespace sluice::disposable {

SqliteFile SqliteFile::create(const std::string& parent, std::optional<RunOwner> run) {
  Mark mark;
  mark.kind = "sqlite";
  mark.run = std::move(run);
  mark.ready = true;
  return SqliteFile(PrivateDirectory::create(parent, std::move(mark)));
}

SqliteFile SqliteFile::attach(const std::string& directory) {
  auto opened = PrivateDirectory::open(directory);
  if (opened.mark().kind != "sqlite") {
    throw Error(Code::invalid_argument, directory + ": holds a disposable " + opened.mark().kind + ", expected sqlite");
  }
  return SqliteFile(std::move(opened));
}

SqliteFile::SqliteFile(PrivateDirectory directory) : directory_(std::move(directory)) {}

SqliteFile::~SqliteFile() {
  if (directory_.path().empty() || directory_.mark().keep || directory_.mark().run) return;
  try {
    directory_.remove();
  } catch (const std::exception&) {
    // A destructor has nobody to tell; the mark stays, and the next sweep tries again.
  }
}

void SqliteFile::own_by(RunOwner run) {
  Mark mark = directory_.mark();
  mark.run = std::move(run);
  directory_.set_mark(std::move(mark));
}

void SqliteFile::set_keep(bool keep) {
  Mark mark = directory_.mark();
  mark.keep = keep;
  directory_.set_mark(std::move(mark));
}

}  // namespace sluice::disposable
