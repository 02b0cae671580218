#include "sources.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "description.hpp"
#include "files/tables.hpp"
#include "session.hpp"

namespace sluice::csv {

namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

files::Segment whole_file(const Session& session, const std::string& path) {
  files::FileState state = files::state_of(path);
  if (!session.snapshot) return {path, 0, state.size, state};
  const auto known = session.snapshot->find(path);
  if (known == session.snapshot->end()) {
    throw Error(Code::conflict, path + ": is not part of the snapshot: it was made after it", "begin again");
  }
  return {path, 0, known->second.size, known->second};
}

Source source_of_file(const Session& session, const fs::path& path) {
  Source source;
  source.name = path.stem().string();
  source.dialect = session.dialect().for_file(path.string());
  source.segments = {whole_file(session, path.string())};
  return source;
}

bool is_table_file(const fs::directory_entry& entry) {
  const std::string extension = lower(entry.path().extension().string());
  const bool is_named = extension == ".csv" || extension == ".tsv";
  return is_named && entry.path().filename().string()[0] != '.' && entry.is_regular_file();
}

std::vector<std::string> files_of(const Session& session) {
  if (!session.is_directory()) return {session.path()};
  std::vector<std::string> paths;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(session.path(), code)) {
    if (is_table_file(entry)) paths.push_back(entry.path().string());
  }
  if (code && code.value() != ENOENT) files::refuse_path(session.path(), code.value());
  std::sort(paths.begin(), paths.end());
  return paths;
}

/// A table that has its file in place is that file; without a header in it the run still knows the names.
bool is_published(const files::Table& table, std::vector<Source>& sources) {
  const auto found =
      std::find_if(sources.begin(), sources.end(), [&](const auto& source) { return source.name == table.name; });
  if (found == sources.end() || !table.is_published()) return false;
  const auto& state = found->segments[0].expected;
  if (state && files::state_to_token(*state) == table.published)
    found->columns = columns_from_description(table.description);
  return true;
}

void add_tables_of_runs(Session& session, std::vector<Source>& sources) {
  for (const files::Table& table : files::list_tables(session.home())) {
    if (is_published(table, sources)) continue;
    Source source;
    source.name = table.name;
    source.dialect = session.dialect().for_file(table.file);
    source.segments = files::segments_of(session.home(), table);
    source.is_unpublished = true;
    source.columns = columns_from_description(table.description);
    source.rows = files::count_rows(session.home(), table);
    sources.push_back(std::move(source));
  }
}

void refuse_equal_names(const std::vector<Source>& sources) {
  std::map<std::string, std::string> seen;
  for (const Source& source : sources) {
    const auto [found, is_new] = seen.emplace(source.name, source.segments[0].path);
    if (is_new) continue;
    throw Error(Code::invalid_argument,
                found->second + " and " + source.segments[0].path + " would both be table " + source.name,
                "rename one of them, or name the one file that is wanted");
  }
}

std::vector<std::string> names_from_cells(const RowScanner& row) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (size_t i = 0; i < row.width(); ++i) {
    names.emplace_back(row.is_null(row.cell(i)) ? "" : row.cell(i).text());
    if (names.back().empty()) {
      throw row.at_row(Code::data, "the header has no name for column " + std::to_string(i + 1),
                       "name it, or read with header = \"no\"");
    }
    if (!seen.insert(names.back()).second) {
      throw row.at_row(
          Code::data,
          "the header has the name " + names.back() + " twice, the second time for column " + std::to_string(i + 1),
          "rename one of them, or read with header = \"no\"");
    }
  }
  return names;
}

/// Names for a file without a header.
std::vector<std::string> names_without_header(const Source& source, size_t width) {
  std::vector<std::string> names;
  for (const arrow::Field& column : source.columns) names.push_back(column.name);
  if (names.size() == width) return names;
  names.clear();
  for (size_t i = 1; i <= width; ++i) names.push_back("c" + std::to_string(i));
  return names;
}

/// What the file's first bytes and the option say; answers the bytes to skip.
int detect_encoding(Shape& shape) {
  files::Input input(shape.source.segments);
  char begin[4] = {};
  const files::ByteOrderMark mark = files::find_mark(std::string_view(begin, input.read(begin, sizeof begin)));
  const files::Encoding wanted = shape.source.dialect.encoding;
  const bool is_wide = wanted == files::Encoding::utf16_little;
  shape.encoding = wanted;
  const bool follows_mark = wanted == files::Encoding::detect || (is_wide && mark.encoding != files::Encoding::utf8);
  if (follows_mark && (mark.size > 0 || !is_wide)) shape.encoding = mark.encoding;
  return mark.encoding == shape.encoding ? mark.size : 0;
}

}  // namespace

int64_t Source::bytes() const {
  int64_t bytes = 0;
  for (const files::Segment& segment : segments) bytes += segment.size;
  return bytes;
}

std::vector<Source> list_sources(Session& session) {
  std::vector<Source> sources;
  for (const std::string& path : files_of(session)) sources.push_back(source_of_file(session, path));
  refuse_equal_names(sources);
  if (session.is_directory()) add_tables_of_runs(session, sources);
  return sources;
}

std::vector<std::string> source_paths(Session& session) { return files_of(session); }

Source find_source(Session& session, const std::string& schema, const std::string& name) {
  if (!schema.empty()) {
    throw Error(Code::not_found, "schema " + schema + ": CSV files have no schemas", "leave `schema` out");
  }
  std::vector<std::string> known;
  for (Source& source : list_sources(session)) {
    if (source.name == name) return std::move(source);
    known.push_back(source.name);
  }
  throw Error(Code::not_found, session.path() + " has no table " + name, did_you_mean(name, known));
}

size_t Shape::column(const std::string& name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return static_cast<size_t>(found - columns.begin());
  throw Error(Code::not_found, "table " + source.name + " has no column " + name, did_you_mean(name, columns));
}

Scan Shape::scan(int64_t begin, int64_t end) const {
  return {source.segments, source.dialect, encoding, begin < 0 ? data_begin : begin, end};
}

Shape shape_of(Source source, const std::atomic<bool>& cancelled) {
  Shape shape;
  shape.source = std::move(source);
  if (shape.source.is_unpublished) {
    for (const arrow::Field& column : shape.source.columns) shape.columns.push_back(column.name);
    return shape;
  }
  shape.data_begin = detect_encoding(shape);
  RowScanner rows(shape.scan(), &cancelled);
  // Only the first row counts, whatever is wrong with those behind it.
  rows.be_lenient();
  if (!rows.next()) {
    throw Error(Code::data,
                shape.source.segments[0].path + ": is empty: expected a row that names or shows the columns",
                "leave the table out with `except`, or write its header");
  }
  if (rows.has_fault()) throw rows.fault();
  shape.columns =
      shape.source.dialect.has_header ? names_from_cells(rows) : names_without_header(shape.source, rows.width());
  if (shape.source.dialect.has_header) shape.data_begin = rows.row_end();
  return shape;
}

}  // namespace sluice::csv
