#include <atomic>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.hpp"
#include "base/escape.hpp"
#include "base/units.hpp"
#include "catalog/decide.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/signals.hpp"
#include "copy/snapshots.hpp"
#include "run/exit_code.hpp"
#include "verify/diff.hpp"

namespace sluice::cli {
namespace {

using nlohmann::json;
using run::ExitCode;

catalog::MapSpec map_spec(const Options& options) {
  catalog::MapSpec spec;
  spec.from = "source";
  spec.to = "target";
  if (!options.tables.empty()) spec.include = options.tables;
  spec.except = options.except;
  for (const std::string& type : options.types) {
    const size_t equals = type.find('=');
    if (equals == std::string::npos) throw Error(Code::invalid_argument, "--type " + type + " is not PATTERN=TYPE");
    spec.types.emplace_back(type.substr(0, equals), type.substr(equals + 1));
  }
  return spec;
}

/// Compares all tables, several at once, each worker with its own readers of one snapshot per side.
class Comparison {
 public:
  Comparison(const store::Store& source, const store::Store& target, const catalog::Mapping& mapping, const Options& options,
             run::Controls& controls)
      : source_(source, {.schema = options.source_schema}, static_cast<size_t>(options.workers)),
        target_(target, {.schema = options.target_schema}, static_cast<size_t>(options.workers)),
        mapping_(mapping),
        options_(options),
        controls_(controls) {}

  std::vector<verify::TableDifference> run() {
    results_.resize(mapping_.tables.size());
    std::vector<std::thread> threads;
    for (int i = 0; i < options_.workers; ++i) threads.emplace_back([this, i] { work(static_cast<size_t>(i)); });
    for (auto& thread : threads) thread.join();
    return std::move(results_);
  }

 private:
  void work(size_t worker) {
    for (size_t i = next_++; i < mapping_.tables.size(); i = next_++) {
      results_[i].table = mapping_.tables[i].target_table;
      try {
        auto check = [this] {
          if (controls_.stop) throw Error(Code::cancelled, "stopped on request");
        };
        results_[i] = verify::compare_table(source_.reader(worker), target_.reader(worker), mapping_.tables[i], options_.limit, check);
      } catch (const Error& error) {
        // An error is never a match.
        results_[i].verdict = verify::Verdict::incomplete;
        results_[i].notes.push_back(error.what());
      }
    }
  }

  copy::Snapshot source_;
  copy::Snapshot target_;
  const catalog::Mapping& mapping_;
  const Options& options_;
  run::Controls& controls_;
  std::atomic<size_t> next_{0};
  std::vector<verify::TableDifference> results_;
};

verify::Verdict overall(const std::vector<verify::TableDifference>& tables, const catalog::Mapping& mapping) {
  auto worst = verify::Verdict::match;
  if (tables.empty()) worst = verify::Verdict::incomplete;
  if (!mapping.only_in_from.empty() || !mapping.only_in_to.empty()) worst = verify::Verdict::mismatch;
  for (const auto& table : tables) {
    if (table.verdict == verify::Verdict::incomplete) return verify::Verdict::incomplete;
    if (table.verdict == verify::Verdict::mismatch) worst = verify::Verdict::mismatch;
  }
  return worst;
}

void print_row(const verify::RowDifference& row) {
  std::string text = std::string("    ") + verify::to_text(row.kind) + "  " + row.key;
  if (row.times != 1) text += "  " + std::to_string(row.times) + " times";
  for (const auto& cell : row.cells) text += "  " + cell.column + ": " + cell.source + " | " + cell.target;
  std::printf("%s\n", escape_terminal(text).c_str());
}

void print_table(const verify::TableDifference& table) {
  std::printf("%-10s %s  %s rows | %s rows", verify::to_text(table.verdict), escape_terminal(table.table).c_str(),
              count_to_text(table.source_rows).c_str(), count_to_text(table.target_rows).c_str());
  if (table.verdict == verify::Verdict::mismatch) {
    std::printf("  %s missing, %s extra, %s changed, %s duplicated", count_to_text(table.missing).c_str(), count_to_text(table.extra).c_str(),
                count_to_text(table.changed).c_str(), count_to_text(table.duplicated).c_str());
  }
  std::printf("\n");
  for (const std::string& note : table.notes) std::printf("    %s\n", escape_terminal(note).c_str());
  for (const auto& row : table.rows) print_row(row);
}

json table_to_json(const verify::TableDifference& table) {
  json rows = json::array();
  for (const auto& row : table.rows) {
    json cells = json::array();
    for (const auto& cell : row.cells) cells.push_back({{"column", cell.column}, {"source", cell.source}, {"target", cell.target}});
    rows.push_back({{"kind", verify::to_text(row.kind)}, {"key", row.key}, {"times", row.times}, {"cells", cells}});
  }
  return {{"table", table.table},     {"verdict", verify::to_text(table.verdict)}, {"source_rows", table.source_rows},
          {"target_rows", table.target_rows}, {"missing", table.missing},          {"extra", table.extra},
          {"changed", table.changed}, {"duplicated", table.duplicated},            {"notes", table.notes}, {"rows", rows}};
}

void print(const Options& options, const std::vector<verify::TableDifference>& tables, const catalog::Mapping& mapping, verify::Verdict verdict) {
  if (options.is_json) {
    json list = json::array();
    for (const auto& table : tables) list.push_back(table_to_json(table));
    json result = {{"verdict", verify::to_text(verdict)}, {"tables", list}, {"warnings", mapping.warnings}, {"only_in_source", mapping.only_in_from}, {"only_in_target", mapping.only_in_to}};
    std::printf("%s\n", result.dump(-1, ' ', false, json::error_handler_t::replace).c_str());
    return;
  }
  if (options.is_quiet) return;
  for (const auto& table : tables) print_table(table);
  for (const std::string& name : mapping.only_in_from) std::printf("MISMATCH   %s  only in the source\n", escape_terminal(name).c_str());
  for (const std::string& name : mapping.only_in_to) std::printf("MISMATCH   %s  only in the target\n", escape_terminal(name).c_str());
  for (const std::string& warning : mapping.warnings) std::printf("note: %s\n", escape_terminal(warning).c_str());
  std::printf("verdict: %s\n", verify::to_text(verdict));
}

}  // namespace

int diff_command(const Options& options) {
  const store::PluginSearch search = plugin_search(options.plugin_directories);
  const auto source = open_for_reading(search, "source", options.source, options.source_schema);
  const auto target = open_for_reading(search, "target", options.target, options.target_schema);
  const catalog::Mapping mapping =
      catalog::pair_catalogs(source->open_session()->catalog({.schema = options.source_schema, .evidence = true}),
                             target->open_session()->catalog({.schema = options.target_schema, .evidence = true}), map_spec(options));
  run::Controls controls;
  Signals signals(controls);
  const auto tables = Comparison(*source, *target, mapping, options, controls).run();
  const verify::Verdict verdict = overall(tables, mapping);
  print(options, tables, mapping, verdict);
  if (controls.stop) return static_cast<int>(ExitCode::interrupted);
  return verdict == verify::Verdict::match ? 0 : static_cast<int>(ExitCode::failed);
}

}  // namespace sluice::cli
