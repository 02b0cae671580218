#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/commands.hpp"
#include "workflow/words.hpp"

namespace sluice::cli {
namespace {

using workflow::Word;

void print_word(const Word& word) {
  std::printf("%s\n  %s\n", word.name.c_str(), word.help.c_str());
  if (!word.fields.empty()) std::printf("Fields\n");
  for (const auto& field : word.fields) {
    const std::string fallback = field.fallback.empty() ? "" : " (default " + field.fallback + ")";
    std::printf("  %-12s %s%s%s\n", field.name.empty() ? "[1]" : field.name.c_str(), field.help.c_str(), field.required ? " (required)" : "",
                fallback.c_str());
    for (const auto& nested : field.nested) {
      if (!nested.name.empty()) std::printf("    .%-12s %s\n", nested.name.c_str(), nested.help.c_str());
    }
  }
  if (!word.metrics.empty()) std::printf("Metrics\n");
  for (const auto& metric : word.metrics) {
    std::printf("  %-14s %s%s%s\n", metric.name.c_str(), metric.help.c_str(), metric.unit.empty() ? "" : (" [" + metric.unit + "]").c_str(),
                metric.per_table ? ", per table" : "");
  }
  if (word.has_undo) std::printf("Has an undo.\n");
  if (!word.example.empty()) std::printf("Example\n  %s\n", word.example.c_str());
}

nlohmann::json word_to_json(const Word& word) {
  nlohmann::json fields = nlohmann::json::array();
  for (const auto& field : word.fields) {
    fields.push_back({{"name", field.name}, {"required", field.required}, {"default", field.fallback}, {"help", field.help}});
  }
  nlohmann::json metrics = nlohmann::json::array();
  for (const auto& metric : word.metrics) {
    metrics.push_back({{"name", metric.name}, {"unit", metric.unit}, {"per_table", metric.per_table}, {"help", metric.help}});
  }
  return {{"name", word.name}, {"help", word.help}, {"example", word.example}, {"fields", fields}, {"metrics", metrics}, {"undo", word.has_undo}};
}

[[noreturn]] void refuse_unknown(const std::string& name) {
  std::vector<std::string> known;
  for (const Word& word : workflow::words()) known.push_back(word.name);
  std::string near = nearest(name, known);
  throw Error(Code::invalid_argument, "the language has no word \"" + name + "\"",
              near.empty() ? "`sluice words` lists them" : "did you mean \"" + near + "\"?");
}

}  // namespace

int words_command(const Options& options) {
  const Word* word = options.word.empty() ? nullptr : workflow::find_word(options.word);
  if (!options.word.empty() && word == nullptr) refuse_unknown(options.word);
  if (options.is_json) {
    nlohmann::json list = nlohmann::json::array();
    for (const Word& each : workflow::words()) {
      if (word == nullptr || word == &each) list.push_back(word_to_json(each));
    }
    std::printf("%s\n", nlohmann::json{{"words", list}}.dump().c_str());
    return 0;
  }
  if (word != nullptr) {
    print_word(*word);
    return 0;
  }
  for (const Word& each : workflow::words()) std::printf("%-16s %s\n", each.name.c_str(), each.help.c_str());
  return 0;
}

}  // namespace sluice::cli
