#include "steps/exec.hpp"

#include <nlohmann/json.hpp>

#include "steps/fields.hpp"
#include "steps/program.hpp"

namespace sluice::steps {
namespace {

std::string last_lines(const std::string& output) {
  constexpr size_t kShown = 400;
  std::string tail = output.size() > kShown ? output.substr(output.size() - kShown) : output;
  while (!tail.empty() && tail.back() == '\n') tail.pop_back();
  return tail;
}

std::string shown_argv(const workflow::Value::List& argv) {
  std::string text;
  for (const workflow::Value& word : argv) text += (text.empty() ? "" : " ") + word.as_text();
  return text;
}

}  // namespace

void Exec::plan(const workflow::Action& action, plan::PlanContext&, plan::PlannedNode& node) const {
  const workflow::Value* argv = workflow::find_field(action.fields, "argv");
  if (argv == nullptr || argv->as_list().empty()) throw Error(Code::invalid_argument, "exec has no program", "write exec { argv = { \"program\", \"argument\" } }");
  node.is_probed = true;
  node.effects = {"runs " + shown_argv(argv->as_list())};
}

Expansion Exec::expand(StepContext& context) const { return Action::expand(context); }

TaskRecord Exec::run(StepContext& context, const Task&) const {
  ProgramOptions options;
  options.argv = list_field(context.node, "argv");
  options.environment = table_field(context.node, "env");
  options.directory = text_field(context.node, "cwd");
  ProgramOutcome outcome = run_program(options, context.cancel);
  if (outcome.exit_code != 0) {
    throw Error(Code::data, options.argv[0] + " ended with exit code " + std::to_string(outcome.exit_code) +
                                (outcome.output.empty() ? "" : ": " + last_lines(outcome.output)));
  }
  TaskRecord record;
  record.detail = nlohmann::json{{"exit_code", outcome.exit_code}, {"seconds", outcome.seconds}, {"output", outcome.output}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
  return record;
}

Conclusion Exec::conclude(StepContext& context) const {
  Conclusion conclusion;
  if (context.records.empty()) return conclusion;
  nlohmann::json detail = nlohmann::json::parse(context.records.front().detail);
  conclusion.metrics["exit_code"].value = workflow::MetricValue{true, detail.value("exit_code", int64_t{0}), 1, 0};
  conclusion.metrics["seconds"].value = workflow::MetricValue{false, 0, 1, detail.value("seconds", 0.0)};
  conclusion.summary = "exit code " + std::to_string(detail.value("exit_code", 0));
  return conclusion;
}

}  // namespace sluice::steps
