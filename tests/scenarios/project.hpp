#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "support/environment.hpp"
#include "support/program.hpp"

namespace sluice::test {

/// Which store a project's rows go to.
enum class Target { postgres, sqlite, mysql };

/// A folder as a team has one: a source (`shop.db`), a workflow (`shop.lua`), the state of its runs (`.sluice`). Programs
/// start in it and find the target's URL in SHOP_URL.
class Project {
 public:
  /// `url`: the target's; for SQLite "" means the file target.db in the folder. `workflow`: Lua; "" the whole shop,
  /// see shop_workflow.
  explicit Project(const std::string& url = {}, const std::string& workflow = {});

  std::string operator/(const std::string& name) const { return directory_ / name; }
  const std::string& path() const { return directory_.path(); }
  void set_workflow(const std::string& text) const { write_text(directory_ / "shop.lua", text); }
  /// What every program it starts gets.
  ProgramOptions& options() { return options_; }

  /// Starts `sluice` in the folder and goes on.
  Program start(const std::vector<std::string>& arguments) const { return {sluice_path(), arguments, options_}; }
  /// Runs it to its end.
  Ending sluice(const std::vector<std::string>& arguments) const { return run_sluice(arguments, options_); }

  /// Ids of the runs that have a folder, in no order.
  std::vector<std::string> runs() const;
  /// The id of the only run; fails the test where there is none or more than one.
  std::string run() const;
  /// `report --json` of the only run.
  nlohmann::json report() const;

 private:
  TempDirectory directory_;
  ProgramOptions options_;
};

/// A node of a report by its path, or null.
nlohmann::json find_node(const nlohmann::json& report, const std::string& path);

/// Five tables, 38,000 rows: integer keys, a text key, a composite key, no key at all with rows that are there many times,
/// a foreign key. Deterministic.
void make_shop(const std::string& path);
/// Two tables, for tests that don't look at amounts: `item` (500 rows, id 1 to 500), `event` (300, no key).
void make_small_shop(const std::string& path);

/// Queries that both stores understand and answer alike, one per table of the shop.
const std::vector<std::string>& shop_rows();
const std::vector<std::string>& small_shop_rows();
/// Whether the target (PostgreSQL or MySQL by its URL, else a SQLite file) answers every query with exactly the source's rows.
bool has_same_rows(const std::string& source, const std::string& target, const std::vector<std::string>& queries);

/// What a workflow has beside the usual, as Lua.
struct WorkflowParts {
  std::string before_copy;  ///< steps at the end of the phase "prepare"
  std::string after_keys;   ///< nodes at the end of the phase "finish"
  std::string proof;        ///< nodes at the end of the phase "proof"
  int chunk_rows = 1000;
};

/// prepare.tables, copy.rows, copy.nothing_rejected, finish.keys, proof.content, proof.same; a gate that fails rolls back
/// to prepare.
std::string shop_workflow(Target target, const WorkflowParts& parts = {});

/// A step that waits until the project's folder has the file `name`.
std::string wait_step(const std::string& name);

/// Waits until `text` is in what the program has printed to its standard error; false where it ended before or it took
/// longer than a minute.
bool wait_for(Program& program, const std::string& text);

}  // namespace sluice::test
