#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::workflow {

/// Kinds of values a field takes; what the checker accepts and help prints.
enum class FieldType {
  text = 1,
  boolean,
  integer,
  number,
  duration,   ///< "2s", "4h"
  size,       ///< "64MiB"
  list,       ///< of texts
  table,      ///< free keys, text values
  store,      ///< the name of a declared store
  map,        ///< a map value
  criterion,
  function,
  node,       ///< the path of a node
  action,
  nodes,      ///< children
  secret,     ///< a text or a secret
  any,
  phases,     ///< names of phases
  stores,     ///< table of names to store values
  on_fail,    ///< rollback_to "NODE" or "abort"
  settings,   ///< a closed table with the fields of `nested`
  columns,    ///< what becomes of columns: read by who knows the map
};
const char* to_text(FieldType type);

struct FieldSpec {
  std::string name;      ///< "" where only the positional entry says it; "*" accepts names that a plugin checks later
  FieldType type = FieldType::text;
  bool required = false;
  std::string fallback;  ///< default as text, for help; the loader fills it in
  std::string help;
  bool is_positional = false;         ///< may also be the positional entry
  std::vector<std::string> choices;   ///< texts allowed; empty: all
  std::optional<int64_t> minimum;     ///< of an integer
  std::optional<int64_t> maximum;
  std::vector<FieldSpec> nested;      ///< fields of a settings table
};

/// A metric that an action publishes as STEP.name.
struct MetricSpec {
  std::string name;
  std::string unit;       ///< "rows", "%", "s", "bytes", "rows/s", ""
  bool exact = true;      ///< a pair of integers, compared as integers
  bool per_table = false; ///< the worst table counts unless said otherwise
  bool higher_is_worse = true;  ///< which table is the worst
  std::string help;
};

enum class WordKind { builtin = 1, node, action, store };

/// One word of the language: the only source for checking, help (`sluice words`) and plan().
struct Word {
  std::string name;  ///< "copy.tables"
  WordKind kind = WordKind::action;
  std::string help;
  std::string example;
  std::vector<FieldSpec> fields;
  std::vector<MetricSpec> metrics;
  bool has_undo = false;

  const FieldSpec* find_field(const std::string& name) const;
  const FieldSpec* find_positional() const;
  const MetricSpec* find_metric(const std::string& name) const;
};

/// All words, sorted by name.
const std::vector<Word>& words();
const Word* find_word(const std::string& name);

}  // namespace sluice::workflow
