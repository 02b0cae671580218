#pragma once

#include <string>
#include <vector>

#include "native_type.hpp"
#include "trial.hpp"
#include "wanted.hpp"

namespace sluice::sqlite {

/// Writes one CREATE TABLE with everything that must be inside it. Lives for one call of `ddl`.
class TableWriter {
 public:
  /// `all` are the catalog's tables, to which foreign keys may refer; `warnings` receives what can't be kept.
  TableWriter(const WantedTable& table, const std::vector<WantedTable>& all, Trial& trial,
              std::vector<std::string>& warnings)
      : table_(table), all_(all), trial_(trial), warnings_(warnings) {}

  std::string write();

 private:
  void add(const std::string& definition) { definitions_.push_back(definition); }
  void warn(const std::string& what, const std::string& why) { warnings_.push_back(table_.name + what + ": " + why); }
  void add_column(const WantedColumn& column);
  std::string default_clause(const WantedColumn& column);
  std::string generated_clause(const WantedColumn& column);
  void add_keys();
  void add_foreign_key(const WantedForeignKey& key);
  void add_check(const WantedCheck& check);
  /// CREATE TABLE of the plain columns and one more definition, for trials.
  std::string plain_table(const std::string& more) const;

  const WantedTable& table_;
  const std::vector<WantedTable>& all_;
  Trial& trial_;
  std::vector<std::string>& warnings_;
  std::vector<std::string> definitions_;
};

/// Names in quotes, with commas between.
std::string quote_names(const std::vector<std::string>& names);

}  // namespace sluice::sqlite
