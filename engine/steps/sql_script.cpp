#include "steps/sql_script.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/sha256.hpp"
#include "steps/fields.hpp"
#include "steps/sql_settings.hpp"
#include "workflow/sql_files.hpp"

namespace sluice::steps {
namespace {

/// Unlike that of every other statement, also of those on the same line.
std::string task_id(const SqlScript& script, size_t statement) {
  const SqlStatement& each = script.statements[statement];
  size_t number = 1;
  while (number <= statement && script.statements[statement - number].line == each.line) ++number;
  const bool is_numbered = !script.name.empty() && number > 1;
  return place_of(script, statement) + (is_numbered ? " #" + std::to_string(number) : "") + " " +
         shorten_sql(each.text);
}

}  // namespace

SqlDialect dialect_of(const plan::Plan& plan, const plan::PlannedNode& node) {
  const plan::PlannedStore* store = plan.find_store(text_field(node, "store"));
  if (store == nullptr) throw Error(Code::internal, node.path + ": the plan has no store " + text_field(node, "store"));
  return dialect_of_plugin(store->plugin);
}

bool is_autocommit(const plan::PlannedNode& node) { return text_field(node, "autocommit", "false") == "true"; }

std::vector<SqlScript> scripts_of(const plan::PlannedNode& node, const std::map<std::string, std::string>& files, SqlDialect dialect) {
  std::vector<SqlScript> scripts;
  if (node.word == "sql") {
    scripts.push_back({"", text_field(node, "text"), {}});
  } else {
    for (const std::string& path : workflow::matching_files(files, text_field(node, "files")))
      scripts.push_back({path, files.at(path), {}});
  }
  for (SqlScript& script : scripts) {
    script.statements = split_sql(script.text, dialect, script.name.empty() ? node.path : script.name);
    if (script.statements.empty()) {
      throw Error(Code::invalid_argument, (script.name.empty() ? node.path : script.name) + ": there is no statement in it");
    }
  }
  return scripts;
}

std::string place_of(const SqlScript& script, size_t statement) {
  if (script.name.empty()) return "statement " + std::to_string(statement + 1);
  return script.name + ":" + std::to_string(script.statements.at(statement).line);
}

std::vector<SqlTask> tasks_of(const plan::PlannedNode& node, const std::vector<SqlScript>& scripts,
                              SqlDialect dialect) {
  std::vector<SqlTask> tasks;
  for (size_t i = 0; i < scripts.size(); ++i) {
    const SqlScript& script = scripts[i];
    if (!is_autocommit(node)) {
      tasks.push_back({script.name.empty() ? "statement" : script.name, i, std::nullopt, sha256_hex(script.text)});
      continue;
    }
    for (size_t statement = 0; statement < script.statements.size(); ++statement) {
      const SqlStatement& each = script.statements[statement];
      if (sets_session(each, dialect)) continue;
      tasks.push_back({task_id(script, statement), i, statement, sha256_hex(each.text)});
    }
  }
  return tasks;
}

bool is_one_transaction(const SqlScript& script, SqlDialect dialect) {
  return dialect != SqlDialect::mysql || std::none_of(script.statements.begin(), script.statements.end(), commits_by_itself);
}

void refuse_lost_values(const SqlScript& script, SqlDialect dialect) {
  for (size_t i = 0; i < script.statements.size(); ++i) {
    const std::string value = value_of_session(script.statements[i], dialect);
    if (value.empty()) continue;
    throw Error(Code::invalid_argument,
                place_of(script, i) + ": " + shorten_sql(script.statements[i].text) + " leaves " + value +
                    " to other statements, or has it from them; each of them runs by itself here, and a kill in "
                    "between would lose it",
                "put what belongs together into one statement, or into a procedure and its CALL; a SET of literals may "
                "stay, and settings need "
                "not be given back, for they end with the script");
  }
}

std::vector<std::string> changed_tasks(const std::map<std::string, std::string>& done, const std::vector<SqlTask>& now) {
  std::vector<std::string> changed;
  for (const auto& [id, digest] : done) {
    const auto found = std::find_if(now.begin(), now.end(), [&id](const SqlTask& task) { return task.id == id; });
    if (found == now.end() || (!digest.empty() && found->digest != digest)) changed.push_back(id);
  }
  return changed;
}

}  // namespace sluice::steps
