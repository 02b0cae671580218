#include "workflow/word_tables.hpp"

namespace sluice::workflow {
namespace {

FieldSpec map_field() {
  return {.name = "map", .type = FieldType::map, .required = true, .help = "What becomes what."};
}

FieldSpec workers_field(const std::string& help) {
  return {.name = "workers", .type = FieldType::integer, .fallback = "2", .help = help, .minimum = 1, .maximum = 64};
}

MetricSpec seconds_metric() { return {.name = "seconds", .unit = "s", .exact = false, .help = "How long it took."}; }

/// What both proofs publish per table.
std::vector<MetricSpec> proof_metrics() {
  return {
      {.name = "source_rows",
       .unit = "rows",
       .per_table = true,
       .higher_is_worse = false,
       .help = "Rows in the source."},
      {.name = "target_rows",
       .unit = "rows",
       .per_table = true,
       .higher_is_worse = false,
       .help = "Rows in the target."},
      {.name = "missing", .unit = "rows", .per_table = true, .help = "Rows of the source that the target lacks."},
      {.name = "extra", .unit = "rows", .per_table = true, .help = "Rows of the target that the source lacks."},
      {.name = "completeness",
       .unit = "%",
       .per_table = true,
       .higher_is_worse = false,
       .help = "(source_rows - missing) / source_rows; no rows: no data."},
      {.name = "discrepancy",
       .unit = "%",
       .per_table = true,
       .help = "(missing + extra + changed) / max(1, source_rows, target_rows)."},
  };
}

Word schema_create() {
  return {
      .name = "schema.create",
      .help = "Creates the target's tables without indexes and foreign keys.",
      .example = "step \"tables\" { schema.create { map = m } }",
      .fields = {map_field(), {.name = "store", .type = FieldType::store, .help = "The target; default: the map's."}},
      .metrics = {{.name = "tables", .higher_is_worse = false, .help = "Tables created."}},
      .has_undo = true};
}

Word schema_finish() {
  return {.name = "schema.finish",
          .help = "Keys, unique constraints, indexes, foreign keys, sequences and statistics, after the data.",
          .example = "step \"indexes\" { schema.finish { map = m } }",
          .fields = {map_field(), workers_field("Indexes built at the same time.")},
          .metrics = {{.name = "indexes", .higher_is_worse = false, .help = "Keys and indexes built."},
                      {.name = "foreign_keys", .higher_is_worse = false, .help = "Foreign keys built."}},
          .has_undo = true};
}

MetricSpec schema_metric(const std::string& name, const std::string& help) { return {.name = name, .per_table = true, .help = help}; }

Word schema_check() {
  return {.name = "schema.check",
          .help = "Compares the target's tables with what the map needs, behind schema.finish or, where the tables exist, before the copy; "
                  "names what differs. Names of keys and indexes don't count. Where tables_exist, a type differs only where values may be "
                  "lost or refused.",
          .example = "step \"shape\" { schema.check { map = m } }, gate \"fits\" \"shape.mismatches == 0\"",
          .fields = {map_field()},
          .metrics = {schema_metric("mismatches", "All differences."),
                      schema_metric("tables", "1 for a table that is missing."),
                      schema_metric("columns", "Columns that are missing, or there and not the map's."),
                      schema_metric("types", "Columns of another type."),
                      schema_metric("nullability", "Columns that take NULL and should not, or the other way round."),
                      schema_metric("keys", "Primary, unique and foreign keys that are missing."),
                      schema_metric("indexes", "Indexes that are missing.")}};
}

FieldSpec rejects_field() {
  return {.name = "rejects",
          .type = FieldType::settings,
          .help = "Rows that can't be written are kept aside, whole and with the reason, and all others are written; default: such a row "
                  "stops the step.",
          .nested = {{.name = "limit",
                      .type = FieldType::integer,
                      .fallback = "1000",
                      .help = "More than so many stop the step.",
                      .minimum = 0,
                      .maximum = 1000000000},
                     {.name = "file", .help = "Where they go at the step's end, a JSON object a line; default: the run's folder."}}};
}

Word copy_tables() {
  return {.name = "copy.tables",
          .help = "Copies the rows of every table of the map, in chunks, each exactly once.",
          .example = "step \"rows\" { copy.tables { map = m, workers = 4 }, retry = { times = 3, wait = \"2s\" } }",
          .fields = {map_field(),
                     workers_field("Chunks copied at the same time."),
                     {.name = "chunk_rows",
                      .type = FieldType::integer,
                      .fallback = "200000",
                      .help = "Rows of a chunk, about.",
                      .minimum = 1,
                      .maximum = 1000000000},
                     {.name = "max_rate",
                      .type = FieldType::integer,
                      .help = "At most so many rows a second, all workers together; default: as fast as it goes.",
                      .minimum = 1,
                      .maximum = 1000000000},
                     {.name = "max_bandwidth",
                      .type = FieldType::size,
                      .help = "At most so many bytes of values a second, all workers together (\"20MiB\"); default: as fast as it goes."},
                     rejects_field(),
                     {.name = "mode",
                      .fallback = "empty",
                      .help = "What becomes of rows that are there: empty (there must be none), append, replace (they are deleted first), "
                              "upsert (a row whose key is there gets the source's values), insert_missing (it stays as it is).",
                      .choices = {"empty", "append", "replace", "upsert", "insert_missing"}},
                     {.name = "since",
                      .type = FieldType::table,
                      .help = "Source table (or pattern) to a column that only grows: rows from the highest value on that the last finished "
                              "copy saw; the first copy takes all. Not seen are rows that are changed without raising it, or are committed "
                              "late with a lower value; rejects are not tried again. Needs mode upsert, insert_missing, or append by a key."}},
          .metrics =
              {{.name = "rows", .unit = "rows", .per_table = true, .higher_is_worse = false, .help = "Rows written."},
               {.name = "bytes", .unit = "bytes", .higher_is_worse = false, .help = "Bytes written."},
               seconds_metric(),
               {.name = "rate", .unit = "rows/s", .exact = false, .higher_is_worse = false, .help = "Rows a second while chunks were copied, all workers together."},
               {.name = "rejects", .unit = "rows", .per_table = true, .help = "Rows that could not be written."},
               {.name = "already_there",
                .unit = "rows",
                .per_table = true,
                .higher_is_worse = false,
                .help = "Rows whose key was there, with mode = insert_missing."},
               {.name = "reject_rate", .unit = "%", .per_table = true, .help = "rejects / max(1, rows read)."}},
          .has_undo = true};
}

Word verify_counts() {
  return {.name = "verify.counts",
          .help = "Compares the numbers of rows, table by table.",
          .example = "step \"counts\" { verify.counts { map = m } }",
          .fields = {map_field()},
          .metrics = proof_metrics()};
}

Word verify_content() {
  Word word{.name = "verify.content",
            .help = "Compares every row through the map; names rows and columns that differ.",
            .example = "step \"proof\" { verify.content { map = m } }",
            .fields = {map_field(),
                       workers_field("Chunks compared at the same time."),
                       {.name = "source",
                        .fallback = "ledger",
                        .help = "Fingerprints of the source as copied, or read again.",
                        .choices = {"ledger", "reread"}},
                       {.name = "sample",
                        .type = FieldType::integer,
                        .fallback = "1000",
                        .help = "Rows read again from the source by another path.",
                        .minimum = 0,
                        .maximum = 1000000000},
                       {.name = "limit",
                        .type = FieldType::integer,
                        .fallback = "100",
                        .help = "Differences kept for the report; all are counted.",
                        .minimum = 1,
                        .maximum = 1000000}},
            .metrics = proof_metrics()};
  word.metrics.push_back({.name = "changed", .unit = "rows", .per_table = true, .help = "Rows with other values."});
  word.metrics.push_back(
      {.name = "duplicated", .unit = "rows", .per_table = true, .help = "Rows there more often than in the source."});
  word.metrics.push_back({.name = "sampled",
                          .unit = "rows",
                          .per_table = true,
                          .higher_is_worse = false,
                          .help = "Rows read again from the source."});
  return word;
}

FieldSpec autocommit_field() {
  return {.name = "autocommit",
          .type = FieldType::boolean,
          .fallback = "false",
          .help = "Each statement by itself, outside of a transaction, for what can't run in one (VACUUM, CREATE INDEX CONCURRENTLY). "
                  "One whose end a kill leaves unknown is asked for: resume --redo or --assume-done. Only a plain SET reaches the next "
                  "statement; PRAGMA and set_config don't. Not in an undo."};
}

Word sql() {
  return {.name = "sql",
          .help = "Runs statements of a store's own language, in one transaction where the store has them.",
          .example = "step \"clean\" { sql { store = \"new\", \"delete from shop.sessions\" } }",
          .fields = {{.name = "store", .type = FieldType::store, .required = true, .help = "Where."},
                     {.name = "text", .required = true, .help = "The statements.", .is_positional = true},
                     autocommit_field()},
          .metrics = {{.name = "rows", .unit = "rows", .help = "Rows that the statements changed, added up."}}};
}

Word sql_files() {
  return {.name = "sql.files",
          .help = "Runs SQL files in the order of their paths' bytes, each in one transaction (on MySQL statement by statement where "
                  "one of them commits by itself or is a CALL), each once however often the run is killed. They are part of the "
                  "workflow: an edited one is seen.",
          .example = "step \"migrations\" { sql.files { store = \"new\", \"migrations/*.sql\" } }",
          .fields = {{.name = "store", .type = FieldType::store, .required = true, .help = "Where."},
                     {.name = "files",
                      .required = true,
                      .help = "Pattern of paths below the workflow's folder; * and ? stay inside one folder.",
                      .is_positional = true},
                     autocommit_field()},
          .metrics = {{.name = "rows", .unit = "rows", .help = "Rows that the statements changed, added up."},
                      {.name = "files", .higher_is_worse = false, .help = "Files run."}}};
}

Word exec() {
  return {
      .name = "exec",
      .help = "Runs a program, without a shell; exit code 0 is success.",
      .example = "step \"warm\" { exec { \"curl\", \"-fsS\", \"http://localhost/warm\", timeout = \"30s\" } }",
      .fields = {{.name = "argv",
                  .type = FieldType::list,
                  .required = true,
                  .help = "Program and arguments.",
                  .is_positional = true},
                 {.name = "timeout", .type = FieldType::duration, .help = "The longest it may take; then it is ended."},
                 {.name = "env", .type = FieldType::table, .help = "More environment variables; texts or secrets."},
                 {.name = "cwd", .help = "The directory to run in; default: the current one."}},
      .metrics = {{.name = "exit_code", .help = "Its exit code."}, seconds_metric()}};
}

}  // namespace

std::vector<Word> action_words() {
  return {schema_check(), schema_create(), schema_finish(), copy_tables(), verify_counts(), verify_content(), sql(), sql_files(), exec()};
}

}  // namespace sluice::workflow
