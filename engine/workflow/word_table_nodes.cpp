#include "workflow/word_tables.hpp"

namespace sluice::workflow {
namespace {

FieldSpec title_field() { return {.name = "title", .help = "A line for people."}; }
FieldSpec note_field() { return {.name = "note", .help = "For people; printed when the node fails."}; }

FieldSpec on_fail_field() {
  return {.name = "on_fail",
          .type = FieldType::on_fail,
          .fallback = "\"abort\"",
          .help = "What a failure does; the nearest node that says it counts."};
}

FieldSpec retry_field() {
  return {.name = "retry",
          .type = FieldType::settings,
          .help = "Repeats after errors that may pass: exponential backoff with full jitter.",
          .nested = {{.name = "times",
                      .type = FieldType::integer,
                      .required = true,
                      .help = "How many repeats.",
                      .minimum = 0,
                      .maximum = 1000},
                     {.name = "wait", .type = FieldType::duration, .fallback = "1s", .help = "The first wait at most."},
                     {.name = "cap", .type = FieldType::duration, .fallback = "60s", .help = "The longest wait."}}};
}

Word workflow_word() {
  return {
      .name = "workflow",
      .kind = WordKind::node,
      .help = "The one value a workflow file returns.",
      .example = "return workflow \"shop\" { stores = { ... }, phase \"copy\" { ... } }",
      .fields = {
          {.name = "", .type = FieldType::nodes, .required = true, .help = "Phases, in order.", .is_positional = true},
          {.name = "stores", .type = FieldType::stores, .help = "Name to store."},
          title_field()}};
}

Word phase_word() {
  return {.name = "phase",
          .kind = WordKind::node,
          .help = "A named, ordered group of steps and gates.",
          .example = "phase \"copy\" { step \"rows\" { ... }, gate \"complete\" \"...\" }",
          .fields = {{.name = "",
                      .type = FieldType::nodes,
                      .required = true,
                      .help = "Steps, gates, parallel, in order.",
                      .is_positional = true},
                     {.name = "after",
                      .type = FieldType::phases,
                      .help = "Phases that must have passed; {} starts at once; without it the one written before."},
                     on_fail_field(),
                     title_field(),
                     note_field()}};
}

Word step_word() {
  return {.name = "step",
          .kind = WordKind::node,
          .help = "One unit of work: one action.",
          .example = "step \"rows\" { copy.tables { map = m }, retry = { times = 3, wait = \"2s\" } }",
          .fields = {
              {.name = "", .type = FieldType::action, .required = true, .help = "The action.", .is_positional = true},
              {.name = "undo", .type = FieldType::action, .help = "An action that takes the step's effect back."},
              retry_field(),
              {.name = "timeout", .type = FieldType::duration, .help = "The longest the step may take."},
              on_fail_field(),
              title_field(),
              note_field()}};
}

Word gate_word() {
  return {.name = "gate",
          .kind = WordKind::node,
          .help = "A criterion at its place: nothing after it starts until it holds.",
          .example = "gate \"complete\" \"proof.completeness >= 99.9%\"",
          .fields = {{.name = "",
                      .type = FieldType::criterion,
                      .help = "The criterion over metrics of earlier steps.",
                      .is_positional = true},
                     {.name = "check",
                      .type = FieldType::function,
                      .help = "function(ctx) that returns true or false, and a message."},
                     on_fail_field(),
                     title_field(),
                     note_field()}};
}

Word store_word() {
  return {
      .name = "store",
      .kind = WordKind::store,
      .help = "A place that holds data, reached through a plugin.",
      .example = "store \"postgres\" { url = secret \"SHOP_PG_URL\", schema = \"shop\" }",
      .fields = {{.name = "access",
                  .fallback = "write",
                  .help = "Whether the run may write to it.",
                  .choices = {"read", "write"}},
                 {.name = "url", .type = FieldType::secret, .help = "Where it is."},
                 {.name = "path", .help = "The file, for stores in files."},
                 {.name = "schema", .help = "The schema that holds the tables."},
                 {.name = "*", .type = FieldType::any, .help = "Options of the plugin; `sluice plugins` lists them."}}};
}

}  // namespace

std::vector<Word> node_words() {
  return {workflow_word(),
          phase_word(),
          step_word(),
          gate_word(),
          store_word(),
          {.name = "parallel",
           .kind = WordKind::node,
           .help = "Runs its children together; what follows waits for all.",
           .example = "parallel { step \"a\" { ... }, step \"b\" { ... } }",
           .fields = {{.name = "",
                       .type = FieldType::nodes,
                       .required = true,
                       .help = "Steps and gates.",
                       .is_positional = true}}}};
}

}  // namespace sluice::workflow
