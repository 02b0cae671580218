#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "catalog.hpp"
#include "chunks.hpp"
#include "read.hpp"
#include "scanner.hpp"
#include "scratch_file.hpp"
#include "session.hpp"
#include "sources.hpp"
#include "writer.hpp"

/// The csv plugin's scanner on any bytes and any dialect. What must hold: rows that are begun to be read in the middle
/// are those of the whole; what is written back reads as the same cells; a file is refused with a message, or the
/// catalog, the chunks and the reader agree.

namespace {

using namespace sluice;
using namespace sluice::csv;
using fuzz::require;

using Row = std::vector<std::optional<std::string>>;

struct Rows {
  std::vector<Row> rows;
  std::vector<int64_t> begins;
};

Rows rows_of(const Scan& scan) {
  Rows all;
  RowScanner scanner(scan);
  while (scanner.next()) {
    Row row;
    for (size_t i = 0; i < scanner.width(); ++i) {
      const Cell& cell = scanner.cell(i);
      row.push_back(scanner.is_null(cell) ? std::nullopt : std::optional(std::string(cell.text())));
    }
    all.rows.push_back(std::move(row));
    all.begins.push_back(scanner.row_begin());
  }
  return all;
}

Scan scan_of(const std::string& path, const Dialect& dialect, files::Encoding encoding) {
  return {{{path, 0, files::state_of(path).size, std::nullopt}}, dialect, encoding, 0, -1};
}

/// Beginning at any row gives the rows from there on.
void check_middle(const Scan& scan, const Rows& whole) {
  const size_t at = whole.rows.size() / 2;
  if (at == 0) return;
  Scan rest = scan;
  rest.begin = whole.begins[at];
  require(rows_of(rest).rows == std::vector<Row>(whole.rows.begin() + static_cast<int64_t>(at), whole.rows.end()),
          "the rows behind a cut are those of the whole");
  Scan head = scan;
  head.end = rest.begin;
  require(rows_of(head).rows.size() == at, "the rows before a cut are those of the whole");
}

/// Rows and faults of a scanner that goes on behind a bad row: "x" stands for one.
Rows lenient_rows_of(const Scan& scan) {
  Rows all;
  RowScanner scanner(scan);
  scanner.expect({"a", "b"});
  scanner.be_lenient();
  for (int64_t end = scan.begin; scanner.next(); end = scanner.row_end()) {
    require(scanner.row_begin() >= end && scanner.row_end() > scanner.row_begin(), "rows follow one another");
    require(scanner.has_fault() || scanner.width() == 2, "a row of another width has a fault");
    if (scanner.has_fault()) require(!scanner.unreadable_row().text.empty(), "a row with a fault has its text");
    all.rows.push_back({scanner.has_fault() ? "x" : std::optional<std::string>()});
    all.begins.push_back(scanner.row_begin());
  }
  return all;
}

/// Where a bad row ends doesn't depend on where reading has begun.
void check_lenient(const Scan& scan) {
  try {
    const Rows whole = lenient_rows_of(scan);
    const size_t at = whole.rows.size() / 2;
    if (at == 0) return;
    Scan rest = scan;
    rest.begin = whole.begins[at];
    const Rows behind = lenient_rows_of(rest);
    require(behind.rows == std::vector<Row>(whole.rows.begin() + static_cast<int64_t>(at), whole.rows.end()),
            "the faults behind a cut are those of the whole");
  } catch (const Error&) {
    // A quote that doesn't end, or an encoding's own faults.
  }
}

void check_written(const Rows& whole, const Dialect& dialect) {
  RowWriter writer(dialect);
  for (const Row& row : whole.rows) {
    writer.begin_row();
    for (const auto& cell : row) cell ? writer.put_text(*cell) : writer.put_null();
    writer.end_row();
  }
  const std::string path = fuzz::scratch_file(writer.text(), ".again");
  require(rows_of(scan_of(path, dialect, files::Encoding::utf8)).rows == whole.rows, "what was written reads back");
}

void check_scanner(const std::string& path, const Dialect& dialect) {
  Rows whole;
  Scan scan = scan_of(path, dialect, dialect.encoding);
  if (scan.encoding == files::Encoding::detect) scan.encoding = files::Encoding::utf8;
  check_lenient(scan);
  try {
    whole = rows_of(scan);
  } catch (const Error& error) {
    require(error.code() == Code::data, "only input is to blame");
    return;
  }
  check_middle(scan, whole);
  try {
    check_written(whole, dialect);
  } catch (const Error& error) {
    require(error.code() == Code::data, "only input is to blame");
  }
}

int64_t count_rows(Session& session, const std::string& table) {
  const Shape shape = shape_of(find_source(session, "", table), session.home().cancelled());
  sdk::ReadSpec spec;
  spec.table = table;
  spec.columns = shape.columns;
  int64_t rows = 0;
  const auto reader = read_rows(session, spec);
  for (arrow::Array batch = reader->next(); !batch.empty(); batch = reader->next()) rows += batch->length;
  return rows;
}

void check_store(const std::string& path, const Dialect& dialect) {
  Settings settings;
  settings.path = path;
  settings.dialect = dialect;
  files::ContentHashes hashes;
  Session session(settings, hashes);
  const std::string table = list_sources(session).at(0).name;
  std::optional<int64_t> rows;
  try {
    describe_catalog(session, "{\"evidence\": true}");
    rows = count_rows(session, table);
    sdk::ReadSpec spec;
    spec.table = table;
    plan_chunks(session, spec, 3);
  } catch (const Error& error) {
    require(!rows, "what the catalog and the reader take can be cut");
    require(error.code() != Code::internal, "only input is to blame");
  }
}

Dialect dialect_of(uint8_t choice) {
  constexpr files::Encoding kEncodings[] = {files::Encoding::detect, files::Encoding::latin1,
                                            files::Encoding::windows1252, files::Encoding::utf16_little};
  Dialect dialect;
  dialect.delimiter = (choice & 1) != 0 ? ';' : ',';
  dialect.quote = (choice & 2) != 0 ? '\'' : '"';
  if ((choice & 4) != 0) dialect.escape = '\\';
  if ((choice & 8) != 0) dialect.comment = '#';
  dialect.has_header = (choice & 16) == 0;
  if ((choice & 32) != 0) dialect.null_text = "\\N";
  dialect.encoding = kEncodings[choice >> 6];
  return dialect;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Dialect dialect = dialect_of(data[0]);
  const std::string path = fuzz::scratch_file({reinterpret_cast<const char*>(data) + 1, size - 1}, ".csv");
  check_scanner(path, dialect);
  check_store(path, dialect);
  return 0;
}
