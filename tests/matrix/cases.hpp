#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The data files of the matrix, tests/data/matrix/*.txt. A line is a word and what it says; `#` begins a comment line.
///
///     type WHAT                     what the values below are; forgets the columns of the one before
///     column STORES DECLARATION     the column that holds them
///     value NAME                    a value; the table that holds it has this name
///     from STORES LITERAL           how it is written in the store's own language; ` ;; ` between values of several rows
///     file STORES BYTES             JSON and CSV: the whole file instead
///     option NAME TEXT              an option that the source is opened with
///     map TYPE                      the map gives the column this type
///     to STORES OUTCOME             what becomes of it there, whatever the source; SOURCES>TARGETS for some pairs.
///                                   The last line that speaks of a pair counts.
///
/// STORES is `*` or names with commas. A column, an option or a map behind a value is for this value alone. OUTCOME is one of
///
///     kept TEXT                     what the target's own client prints, ` ;; ` between rows
///     policy "NAME" TEXT            the same, and the plan says NAME at the column
///     refused TEXT                  the copy stops with a message that has TEXT and names table, column and key
///     unsupported TEXT              the plan refuses the column, by its name
///     unreadable TEXT               the source refuses the file and names the place in it
///     untold                        no case: this store has no such value
namespace sluice::test::matrix {

inline const std::vector<std::string> kSources = {"sqlite", "postgres", "mysql", "json", "csv"};
inline const std::vector<std::string> kTargets = {"sqlite", "postgres", "mysql", "csv", "json"};

enum class Fate { kept = 1, policy, refused, unsupported, unreadable };
const char* to_text(Fate fate);

struct Outcome {
  Fate fate = Fate::kept;
  std::string policy;              ///< its name, where fate is policy
  std::vector<std::string> texts;  ///< a text per row where it is kept or policy, else one
  std::string place;               ///< "file:line"
};

/// How one store holds the values.
struct Holding {
  std::string column;               ///< declaration; empty for files
  std::vector<std::string> values;  ///< literals, one per row
  bool is_file = false;             ///< values has one, the whole file
};

struct Case {
  std::string type;
  std::string name;
  std::string place;
  std::map<std::string, Holding> holdings;                                     ///< by source
  std::vector<std::pair<std::string, std::string>> options;                    ///< of the source
  std::string map_type;                                                        ///< empty: as the engine decides
  std::map<std::pair<std::string, std::string>, std::optional<Outcome>> ends;  ///< by source and target; nullopt is "untold"

  const Outcome* end(const std::string& source, const std::string& target) const;
};

/// All cases of all files. Throws std::runtime_error with "file:line" for a line that means nothing, a value whose name was there,
/// and a pair that has a holding but no outcome.
std::vector<Case> read_cases();

}  // namespace sluice::test::matrix
