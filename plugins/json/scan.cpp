#include "scan.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>

#include "base/error.hpp"
#include "classes.hpp"
#include "outline.hpp"
#include "pass.hpp"
#include "row_keys.hpp"
#include "row_walker.hpp"

namespace sluice::json {

namespace {

/// So many marks per store, about: enough to cut evenly, and nothing for memory.
constexpr int64_t kMarks = 8192;

/// A table while it is filled.
struct OpenTable {
  OpenTable(std::string name, const Settings& settings, RecordParser& parser) : walker(table.tree, settings, parser) {
    table.name = std::move(name);
  }
  OpenTable(const OpenTable&) = delete;

  Table table;
  int index = 0;  // among all tables
  RowWalker walker;
  std::vector<std::pair<int, OpenTable*>> children;  // by the node that holds them
  int64_t next_mark = 0;
  std::vector<Value> elements;  // of the array that is taken apart
  RowKeys keys;
  ColumnEvidence integer_keys;  // of members, as far as they are integers
};

class Scanner {
 public:
  Scanner(std::vector<SourceFile> files, std::vector<WrittenTable> written, const Settings& settings,
          const CheckCancelled& check)
      : settings_(settings), check_(check), parser_(settings.max_depth) {
    scan_.files = std::move(files);
    scan_.written = std::move(written);
    int64_t bytes = 0;
    for (const SourceFile& file : scan_.files) bytes += file.state.size;
    mark_step_ = std::max<int64_t>(1, bytes / kMarks);
  }

  Scan read() {
    for (const WrittenTable& written : scan_.written) open_written(written);
    for (size_t i = 0; i < scan_.files.size(); ++i) read_file(i);
    check_splits();
    for (OpenTable& open : tables_) {
      open.table.doubled = open.walker.doubled();
      open.keys.finish(open.table);
      const bool has_integer_keys = open.integer_keys.present == open.table.keys.present;
      if (has_integer_keys) open.table.keys = open.integer_keys;
      for (const auto& [node, child] : open.children) {
        child->table.segments = open.table.segments;
        child->table.marks = open.table.marks;
        child->table.unreadable = open.table.unreadable;
        child->table.fault = open.table.fault;
      }
    }
    for (OpenTable& open : tables_) scan_.tables.push_back(std::move(open.table));
    for (size_t i = 0; i < scan_.written.size(); ++i) set_columns(scan_.tables[i], scan_.written[i]);
    name_columns(scan_, settings_);
    write_notes(scan_, settings_);
    return std::move(scan_);
  }

 private:
  void open_written(const WrittenTable& written) {
    OpenTable& open = tables_.emplace_back(written.name, settings_, parser_);
    open.index = static_cast<int>(tables_.size()) - 1;
    open.table.is_written = true;
    open.table.written_key = written.primary;
    open.table.tree.keep_flat();
  }

  void read_file(size_t index) {
    const SourceFile& file = scan_.files[index];
    file_ = index;
    Window window(file, file.piece ? file.piece->begin : 0, check_);
    Walker walker(window, {settings_.max_record, settings_.max_depth});
    if (file.piece) {
      return read_segment(walker, open_table(file.table, index), {index, file.piece->layout, file.piece->begin});
    }
    OutlineSink sink;
    sink.note = [&](const std::string& note) { scan_.notes.push_back(note); };
    sink.segment = [&](const std::string& name, Layout layout, int64_t begin) {
      read_segment(walker, open_table(name.empty() ? file.table : name, index), {index, layout, begin});
    };
    outline_file(walker, settings_, sink);
  }

  OpenTable& open_table(const std::string& name, size_t file) {
    for (OpenTable& open : tables_) {
      if (open.table.name != name) continue;
      // The files of a pattern are one table; anything else that meets under one name is a mistake.
      const bool is_same_file = open.table.segments.empty() || open.table.segments.back().file == file;
      const bool is_of_many = is_pattern(settings_.path) || scan_.files[file].piece;
      const bool is_written = open.table.is_written && open.table.segments.empty();
      if ((!is_same_file && is_of_many) || is_written) return open;
      throw Error(Code::data, scan_.files[file].path + ": there are two tables " + name,
                  "rename one, or choose one with the option record");
    }
    OpenTable& open = tables_.emplace_back(name, settings_, parser_);
    open.index = static_cast<int>(tables_.size()) - 1;
    return open;
  }

  void read_segment(Walker& walker, OpenTable& open, Segment segment) {
    segment.is_by_lines = segment.layout == Layout::lines && has_record_per_line(walker.window());
    open.table.segments.push_back(segment);
    open.table.has_keys |= has_member_keys(segment.layout);
    fault_in_segment_.reset();
    RecordCutter cutter(walker, segment, false);
    while (take_next(cutter, walker.window(), open)) {
    }
  }

  bool take_next(RecordCutter& cutter, const Window& window, OpenTable& open) {
    Record record;
    try {
      if (!cutter.next(record)) return false;
      walk(window, open, record, record.text);
    } catch (const Error& error) {
      files::Unreadable passed;
      if (error.code() != Code::data || !cutter.pass_over(passed)) fail(error, open.table);
      if (open.table.unreadable++ == 0) open.table.fault = error;
      if (!fault_in_segment_) fault_in_segment_ = error;
      return true;
    }
    note_lines(cutter, record, open.table.segments.back());
    take_record(window, open, record);
    return true;
  }

  /// Where records span lines or share them, lines that were passed over as records may have been none.
  void note_lines(RecordCutter& cutter, const Record& record, Segment& segment) const {
    if (!segment.is_by_lines || cutter.keeps_lines(record)) return;
    segment.is_by_lines = false;
    if (!fault_in_segment_) return;
    throw Error(Code::data, fault_in_segment_->message() + "; where this record ends is not known: not every record has a line of its own",
                fault_in_segment_->hint());
  }

  /// What came first is what to mend first, and may be the cause of the other.
  [[noreturn]] static void fail(const Error& error, const Table& table) {
    if (!table.fault || error.code() != Code::data) throw error;
    throw Error(Code::data, table.fault->message() + "; behind it: " + error.message(),
                table.fault->hint().empty() ? error.hint() : table.fault->hint());
  }

  void take_record(const Window& window, OpenTable& open, const Record& record) {
    Table& table = open.table;
    const SourceFile& file = scan_.files[table.segments.back().file];
    const int64_t position = file.base + record.begin;
    const bool is_mark = position >= open.next_mark;
    if (is_mark) {
      table.marks.push_back(position);
      // Nothing begins in the middle of a compressed file without decompressing what is before.
      open.next_mark = window.is_compressed() ? file.base + kFileSpan : position + mark_step_;
    }
    table.bytes += static_cast<int64_t>(record.text.size());
    if (record.has_key) take_key(open, record.key);
    note_row(window, open, record);
    open.keys.add(table, open.walker, record, is_mark);
  }

  static void take_key(OpenTable& open, const std::string& key) {
    open.table.keys.add_text(key);
    ++open.table.keys.present;
    int64_t value = 0;
    if (!integer_from_token(key, value)) return;
    open.integer_keys.add_integer(value);
    ++open.integer_keys.present;
  }

  void take_row(const Window& window, OpenTable& open, const Record& record, std::string_view text) {
    walk(window, open, record, text);
    note_row(window, open, record);
  }

  void note_row(const Window& window, OpenTable& open, const Record& record) {
    note_values(open);
    if (settings_.split.empty()) return;
    open_children(open);
    for (const auto& [node, child] : open.children) take_children(window, open, node, *child, record);
  }

  void note_values(OpenTable& open) {
    ++open.table.rows;
    for (const int index : open.walker.touched()) {
      Node& node = open.table.tree.node(index);
      const Value& value = *open.walker.find(index);
      if (node.is_flattened && value.kind == Kind::object) {
        ++node.flattened;
      } else if (!node.is_split) {
        node.seen.add(value, scratch_);
      }
    }
  }

  void walk(const Window& window, OpenTable& open, const Record& record, std::string_view text) {
    try {
      if (open.walker.walk(text)) return;
    } catch (const Error& error) {
      if (error.code() == Code::unsupported) throw error.with_prefix(window.path() + ", byte " + std::to_string(record.text_at) + ": ");
      window.fail(record.text_at, error.message(), error.hint());
    }
    fail_in_record(window, record.text_at, record.text, settings_.max_depth);
  }

  /// Tables for split fields that have come into sight since.
  void open_children(OpenTable& open) {
    for (const int node : open.table.tree.node(0).children) {
      const auto has_node = [&](const auto& child) { return child.first == node; };
      const bool is_open = std::any_of(open.children.begin(), open.children.end(), has_node);
      if (open.table.tree.node(node).is_split && !is_open) open_child(open, node);
    }
  }

  void open_child(OpenTable& open, int node) {
    const std::string& field = open.table.tree.node(node).key;
    const std::string path = open.table.tree.path() + field;
    const Split* split = settings_.find_split(path);
    const std::string name = split->table.empty() ? open.table.name + "_" + field : split->table;
    OpenTable& child = open_table(name, file_);
    child.table.tree.set_path(path + ".");
    child.table.parent = open.index;
    child.table.split = node;
    child.table.split_missing = open.table.rows - 1;
    open.children.emplace_back(node, &child);
  }

  void take_children(const Window& window, OpenTable& open, int node, OpenTable& child, const Record& record) {
    const Value* array = open.walker.find(node);
    if (array == nullptr) return static_cast<void>(++child.table.split_missing);
    if (array->kind == Kind::null) return static_cast<void>(++child.table.split_null);
    const std::string& field = open.table.tree.node(node).key;
    check_array(window, record, *array, field);
    if (!parser_.parse_array(array->raw, child.elements))
      fail_in_record(window, record.text_at, record.text, settings_.max_depth);
    child.table.split_empty += child.elements.empty() ? 1 : 0;
    for (const Value& element : child.elements) {
      check_child(window, record, element, field);
      child.table.bytes += static_cast<int64_t>(element.raw.size());
      take_row(window, child, record, element.raw);
    }
  }

  void check_splits() const {
    for (const Split& split : settings_.split) {
      const auto has_field = [&](const OpenTable& open) {
        return std::any_of(open.children.begin(), open.children.end(), [&](const auto& child) {
          return open.table.tree.path() + open.table.tree.node(child.first).key == split.field;
        });
      };
      if (std::any_of(tables_.begin(), tables_.end(), has_field)) continue;
      throw Error(Code::not_found,
                  settings_.path + ": no record has a field '" + split.field + "', which the option split names",
                  "check its spelling; upper and lower case count");
    }
  }

  const Settings& settings_;
  const CheckCancelled& check_;
  RecordParser parser_;
  Scan scan_;
  std::deque<OpenTable> tables_;
  int64_t mark_step_ = 1;
  std::string scratch_;
  size_t file_ = 0;  // that is read
  std::optional<Error> fault_in_segment_;  // of the first record that was passed over in what is read
};

}  // namespace

Scan scan_files(std::vector<SourceFile> files, std::vector<WrittenTable> written, const Settings& settings,
                const CheckCancelled& check) {
  return Scanner(std::move(files), std::move(written), settings, check).read();
}

}  // namespace sluice::json
