#include "ask.hpp"

#include "base/error.hpp"
#include "files/command.hpp"
#include "files/part_writer.hpp"
#include "files/tables.hpp"
#include "session.hpp"

namespace sluice::json {

namespace {

/// A directory that holds two files of one table can't be read any more.
void refuse_second_file(const Session& session, const std::string& table) {
  for (const char* extension : {".json", ".jsonl", ".ndjson"}) {
    for (const char* packed : {"", ".gz"}) {
      const std::string path = session.path() + "/" + table + extension + packed;
      if (files::identity_of(path).empty()) continue;
      throw Error(Code::already_exists, path + ": is a file of table " + table + " already",
                  "move it away, or name another directory");
    }
  }
}

void create(Session& session, const files::Command& command) {
  refuse_second_file(session, command.table);
  const WrittenTable written = written_from_description(command.table, command.whole.at("as").dump());
  files::create_table(session.home(),
                      {written.name, file_name(written), describe_written(written), frame_of(written.layout)});
}

[[noreturn]] void refuse(const files::Command& command, const char* expected) {
  throw Error(Code::invalid_argument, "json: expected " + std::string(expected) + ", found '" + command.word + "'");
}

}  // namespace

std::unique_ptr<arrow::BatchReader> run_query(Session& session, const std::string& text) {
  const files::Command command = files::command_from_text("json", text);
  if (command.word != "count") refuse(command, "the query 'count'");
  const auto scan = session.scan();
  const Table& table = scan->find(command.table);
  return files::one_count(table.rows + table.unreadable);
}

int64_t run_statement(Session& session, const std::string& text) {
  const files::Command command = files::command_from_text("json", text);
  session.require_target("a statement");
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

}  // namespace sluice::json
