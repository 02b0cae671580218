#pragma once

#include <string>
#include <vector>

#include "script/script.hpp"
#include "workflow/words.hpp"

namespace sluice::script {

/// A Lua table as a word takes it: a list without holes and fields with text keys. Values are pushed and must be popped
/// by the caller. Metatables are not asked.
class TableView {
 public:
  /// `label` names the table in messages: `step "rows"`, `copy.tables`. Throws for holes and for keys that are neither.
  TableView(Script& script, int index, std::string label, const Place& fallback);

  const std::string& label() const { return label_; }
  size_t size() const { return size_; }
  const std::vector<std::string>& names() const { return names_; }  ///< sorted

  void push(size_t number) const;
  void push(const std::string& name) const;

  /// Where an entry was written, or else where the table was.
  Place place() const;
  Place place(size_t number) const;
  Place place(const std::string& name) const;

  /// Throws for a field that is none of these, naming the nearest.
  void require_known(const std::vector<workflow::FieldSpec>& fields) const;
  void require_no_list(const std::string& remedy) const;
  void require_no_fields(const std::string& remedy) const;

 private:
  void read_keys();
  void note_key(size_t& count, size_t& largest);
  void refuse_holes(size_t count, size_t largest) const;
  size_t find_hole() const;

  Script& script_;
  lua_State* state_;
  int index_;
  std::string label_;
  Place fallback_;
  const Constructor* written_ = nullptr;
  const SourceFile* file_ = nullptr;
  size_t size_ = 0;
  std::vector<std::string> names_;
};

/// The function that marked constructors call: remembers which constructor made a table.
int remember_constructor(Script& script, lua_State* state);
void register_constructors(Script& script);

/// The end of a message about an unknown name: "; did you mean X?", else "; known: A, B, C".
std::string suggest(const std::string& word, const std::vector<std::string>& known);

}  // namespace sluice::script
