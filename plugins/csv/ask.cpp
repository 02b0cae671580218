#include "ask.hpp"

#include <vector>

#include "base/error.hpp"
#include "description.hpp"
#include "estimate.hpp"
#include "files/command.hpp"
#include "files/tables.hpp"
#include "session.hpp"
#include "sources.hpp"
#include "writer.hpp"

namespace sluice::csv {

namespace {

[[noreturn]] void refuse(const files::Command& command, const char* expected) {
  throw Error(Code::invalid_argument, "csv: expected " + std::string(expected) + ", found '" + command.word + "'");
}

void create(Session& session, const files::Command& command) {
  const std::vector<arrow::Field> columns = columns_from_description(command.whole.at("columns").dump());
  files::NewTable table;
  table.name = command.table;
  table.file = command.table + ".csv";
  table.description = describe_columns(columns);
  table.frame.head = header_text(session.dialect().for_file(table.file), columns);
  files::create_table(session.home(), table);
}

}  // namespace

std::unique_ptr<arrow::BatchReader> run_query(Session& session, const std::string& text) {
  const files::Command command = files::command_from_text("csv", text);
  if (command.word != "count") refuse(command, "the query 'count'");
  const Shape shape = shape_of(find_source(session, "", command.table), session.home().cancelled());
  return files::one_count(count_rows(shape, session.home().cancelled()));
}

int64_t run_statement(Session& session, const std::string& text) {
  const files::Command command = files::command_from_text("csv", text);
  session.home().require_guard("a statement");
  if (command.word == "clear") return files::clear_table(session.home(), command.table);
  if (command.word == "count") refuse(command, "a statement");
  if (command.word == "create") {
    create(session, command);
  } else {
    files::publish_table(session.home(), command.table);
  }
  return 0;
}

}  // namespace sluice::csv
