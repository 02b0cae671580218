#include "references.hpp"

#include <cstdint>
#include <map>

#include "base/error.hpp"
#include "base/units.hpp"
#include "session.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

/// The rest is counted: a note is for people.
constexpr size_t kMostNamed = 5;

/// A foreign key by the number that SQLite gives it.
struct Reference {
  std::string parent;
  std::string columns;
  int64_t dangling = 0;
  std::vector<int64_t> first;  ///< rowids; none where the table has none
};

std::map<int64_t, Reference> references_of(Session& session, const TableShape& shape) {
  Statement list(session,
                 "SELECT f.id, f.\"table\", f.\"from\" FROM pragma_foreign_key_list(?, 'main') f WHERE EXISTS "
                 "(SELECT 1 FROM sqlite_schema s WHERE s.type = 'table' AND lower(s.name) = lower(f.\"table\")) ORDER BY f.id, f.seq",
                 "looking at the foreign keys of " + shape.name);
  list.bind_text(1, shape.name);
  std::map<int64_t, Reference> references;
  while (list.step()) {
    Reference& reference = references[list.integer(0)];
    reference.parent = list.string(1);
    reference.columns += (reference.columns.empty() ? "" : ", ") + list.string(2);
  }
  return references;
}

void count_dangling(Session& session, const TableShape& shape, std::map<int64_t, Reference>& references) {
  Statement list(session, "SELECT fkid, rowid FROM pragma_foreign_key_check(?, 'main')", "checking the foreign keys of " + shape.name);
  list.bind_text(1, shape.name);
  while (list.step()) {
    const auto found = references.find(list.integer(0));
    if (found == references.end()) continue;
    ++found->second.dangling;
    if (!list.is_null(1) && found->second.first.size() < kMostNamed) found->second.first.push_back(list.integer(1));
  }
}

std::string describe(const TableShape& shape, const Reference& reference) {
  std::string text = shape.name + ": " + count_of(reference.dangling, "row") + " without the row of " + reference.parent + " that (" +
                     reference.columns + ") names";
  const std::string key = shape.rowid_alias.empty() ? "rowid" : shape.rowid_alias;
  for (size_t i = 0; i < reference.first.size(); ++i) {
    text += (i == 0 ? ", the first with " + key + " = " : ", ") + std::to_string(reference.first[i]);
  }
  return text + ": a target that keeps foreign keys will refuse this one when the rows are there; mend them in the source first";
}

}  // namespace

void note_dangling_references(Session& session, const TableShape& shape, std::vector<std::string>& notes) {
  std::map<int64_t, Reference> references = references_of(session, shape);
  if (references.empty()) return;
  try {
    count_dangling(session, shape, references);
  } catch (const Error& error) {
    // A key that its parent doesn't fit: SQLite can't look, and no other store takes it.
    if (error.message().find("foreign key mismatch") == std::string::npos) throw;
    return notes.push_back(shape.name + ": its foreign keys can't be checked: " + error.message());
  }
  for (const auto& [id, reference] : references) {
    if (reference.dangling > 0) notes.push_back(describe(shape, reference));
  }
}

}  // namespace sluice::sqlite
