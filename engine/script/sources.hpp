#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "script/constructors.hpp"
#include "workflow/value.hpp"

namespace sluice::script {

struct SourceFile {
  std::string name;  ///< relative to the workflow's folder
  std::string text;
  std::vector<LuaToken> tokens;
  Constructors constructors;
  size_t first_constructor = 0;  ///< number of the first one among all files
};

/// A place to point at; bytes [begin, end) of the file, none when both are equal.
struct Place {
  const SourceFile* file = nullptr;
  int line = 0;
  size_t begin = 0;
  size_t end = 0;

  workflow::Location location() const;
};

/// The Lua files that were read: what errors quote, and what was written where.
class Sources {
 public:
  /// Cuts the file and finds its constructors. Throws for a key that is given twice in one table.
  const SourceFile& add(const std::string& name, std::string text);

  const SourceFile* find(const std::string& name) const;
  /// Constructor by number over all files, with its file; nullptr for unknown numbers.
  const Constructor* find_constructor(size_t number, const SourceFile** file) const;

  Place at(const workflow::Location& where) const;
  /// Where `word` (a name or the content of a text) stands: in the call that starts on the line of `where`, else its
  /// line.
  Place at(const workflow::Location& where, std::string_view word) const;
  Place at(const SourceFile& file, const LuaToken& token) const;
  /// The last place of a word in a file, for a call that Lua keeps no line of (`return word ...` at the end); else the
  /// file.
  Place last_of(const std::string& file, std::string_view word) const;

  std::map<std::string, std::string> bundle() const;

 private:
  std::map<std::string, SourceFile> files_;
  std::vector<const SourceFile*> by_number_;  ///< files in order of their first constructor
};

/// invalid_argument with file:line and, under the message, the line with carets below what is meant.
Error error_at(const Place& place, const std::string& message);

}  // namespace sluice::script
