#include "catalog/cast_word.hpp"
#include "workflow/word_tables.hpp"

namespace sluice::workflow {
namespace {

Word param_word(const std::string& type, const std::string& help, const std::string& example) {
  return {.name = "param." + type, .kind = WordKind::builtin, .help = help, .example = example};
}

FieldSpec selected_tables() {
  return {
      .name = "tables",
      .type = FieldType::settings,
      .fallback = "{ \"*\" }",
      .help = "Patterns of table names to take, and those to leave out.",
      .nested = {{.name = "", .type = FieldType::list, .help = "Patterns of tables to take.", .is_positional = true},
                 {.name = "except", .type = FieldType::list, .help = "Patterns of tables to leave out."}}};
}

/// What a map says about one table.
std::vector<FieldSpec> table_block() {
  return {{.name = "columns", .type = FieldType::columns, .help = "Column to what the map's columns take."},
          {.name = "add", .type = FieldType::table, .help = "Name of a new column to { type = ..., value = function(row) or a constant }."},
          {.name = "filter", .type = FieldType::function, .help = "function(row) that returns true for rows to take."},
          {.name = "row", .type = FieldType::function, .help = "function(row) that may assign columns; false drops, a list splits the row."},
          {.name = "reads", .type = FieldType::list, .help = "Columns that the map omits and functions read."}};
}

Word map_word() {
  return {.name = "map",
          .kind = WordKind::builtin,
          .help = "What becomes what between two stores; one value for create, copy and verify.",
          .example = "map { from = \"old\", to = \"new\", types = { [\"*.price\"] = \"numeric(12,2)\" },\n"
                     "        columns = { [\"*.email\"] = function(v) return v:lower() end },\n"
                     "        orders = { filter = function(row) return row.total > 0 end } }",
          .fields = {{.name = "from", .type = FieldType::store, .required = true, .help = "The store to read."},
                     {.name = "to", .type = FieldType::store, .required = true, .help = "The store to write."},
                     {.name = "types",
                      .type = FieldType::table,
                      .help = "Column pattern (\"table.column\", * and ? allowed) to type; a whole name before patterns, a long pattern "
                              "before a short one."},
                     {.name = "by_type",
                      .type = FieldType::table,
                      .help = "Type of the source, as `plan` shows it (\"datetime\", \"decimal(*)\"), to type, for columns that "
                              "types doesn't name."},
                     {.name = "columns",
                      .type = FieldType::columns,
                      .help = "Column pattern to a cast, to a list of casts that are applied in order, to a function(v, row) that "
                              "returns the new value, or to a constant."},
                     {.name = "views",
                      .type = FieldType::list,
                      .help = "Views of the source that are copied as tables, with the rows that they show."},
                     {.name = "rename",
                      .type = FieldType::table,
                      .help = "\"table\" or \"table.column\" of the source to its name in the target."},
                     {.name = "names",
                      .fallback = "keep",
                      .help = "What other names become: as they are, in lower case, or OrderLines to order_lines.",
                      .choices = {"keep", "lower", "snake_case"}},
                     {.name = "tables_exist",
                      .type = FieldType::boolean,
                      .fallback = "false",
                      .help = "The target's tables are there already and are not made: their columns decide the types, and the plan names "
                              "everything that does not fit."},
                     {.name = "*",
                      .type = FieldType::settings,
                      .help = "Any other name is a table of the source, with what functions make of its rows:",
                      .nested = table_block()},
                     {.name = "omit", .type = FieldType::list, .help = "Patterns of columns (\"table.column\") to leave out."},
                     {.name = "where",
                      .type = FieldType::table,
                      .help = "Table to a condition, in the source's own language, of the rows to take."},
                     selected_tables()}};
}

std::vector<Word> language_words() {
  return {
      {.name = "params",
       .kind = WordKind::builtin,
       .help =
           "Values given from outside; the call returns them. environments = { ci = { ... } } names sets for --env.",
       .example = "local p = params { source = param.path \"shop.db\", limit = param.percent \"0.1%\" }"},
      param_word("text", "A param that is a text. Without a default it must be given.", "param.text \"public\""),
      param_word("path", "A param that is a path, as given: relative ones start at the current directory.",
                 "param.path \"shop.db\""),
      param_word("integer", "A param that is a whole number below 2^53.", "param.integer(4)"),
      param_word("number", "A param that is a number.", "param.number(0.5)"),
      param_word("percent", "A param that is a percentage, as text for criteria.", "param.percent \"0.1%\""),
      param_word("flag", "A param that is true or false.", "param.flag(true)"),
      param_word("duration", "A param that is a duration, as text.", "param.duration \"30s\""),
      map_word(),
      {.name = "secret",
       .kind = WordKind::builtin,
       .help = "A handle to an environment variable: it can be passed on, not read, joined or printed.",
       .example = "url = secret \"SHOP_PG_URL\""},
      {.name = "each",
       .kind = WordKind::builtin,
       .help = "A list made by calling a function with every entry of a list.",
       .example = "each({ \"a\", \"b\" }, function(name) return step(name) { ... } end)"},
      {.name = "when",
       .kind = WordKind::builtin,
       .help = "The node if the condition is true, else nothing.",
       .example = "when(p.metrics, step \"notify\" { ... })"},
      {.name = "rollback_to",
       .kind = WordKind::builtin,
       .help = "For on_fail: undo everything back to a node, newest first, that node itself included.",
       .example = "on_fail = rollback_to \"prepare\""},
      {.name = "require",
       .kind = WordKind::builtin,
       .help = "The value that a Lua module below the workflow's folder returns.",
       .example = "local tables = require \"lib.tables\""},
  };
}

}  // namespace

std::vector<Word> builtin_words() {
  std::vector<Word> words = language_words();
  for (const catalog::CastWord& cast : catalog::cast_words()) {
    words.push_back({.name = std::string("cast.") + cast.name, .kind = WordKind::builtin, .help = cast.help, .example = cast.example});
  }
  return words;
}

}  // namespace sluice::workflow
