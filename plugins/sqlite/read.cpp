#include "read.hpp"

#include <utility>
#include <vector>

#include "arrow/text.hpp"
#include "base/error.hpp"
#include "quote.hpp"
#include "row_reader.hpp"
#include "session.hpp"
#include "shape.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

std::string join(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

/// Writes the SELECT of one read and binds its bounds. Lives for one call.
class ReadQuery {
 public:
  ReadQuery(Session& session, const sdk::ReadSpec& spec)
      : session_(session), spec_(spec), shape_(shape_of(session, spec.schema.c_str(), spec.table)) {
    if (spec.columns.empty()) throw Error(Code::invalid_argument, "read of " + spec.table + ": no columns are named");
  }

  std::unique_ptr<arrow::BatchReader> open() {
    Statement statement(session_, sql(), "reading " + shape_.name);
    int index = 1;
    bind(statement, spec_.lower, index);
    bind(statement, spec_.upper, index);
    auto reader = std::make_unique<RowReader>(std::move(statement), fields(), BatchLimits{spec_.batch_rows, spec_.batch_bytes}, namer());
    reader->reject_into(spec_.rejects);
    return reader;
  }

 private:
  std::string qualified(const std::string& column) const { return quote_name(shape_.name) + "." + quote_name(column); }

  /// Columns that tell a row apart; they are selected behind the wanted ones.
  std::vector<std::string> naming_columns() const {
    if (!shape_.rowid_name.empty()) return {shape_.rowid_name};
    return shape_.key_columns();
  }

  std::string sql() {
    std::vector<std::string> selected;
    for (const std::string& column : spec_.columns) selected.push_back(qualified(shape_.column(column).name));
    for (const std::string& column : naming_columns()) selected.push_back(qualified(column));
    std::vector<std::string> conditions;
    add_bound(conditions, spec_.lower, ">=");
    add_bound(conditions, spec_.upper, "<");
    // The line's end closes a comment at the condition's end.
    if (!spec_.where.empty()) conditions.push_back("(" + spec_.where + "\n)");
    const bool is_plain = shape_.kind == TableShape::Kind::rowid_table && spec_.where.empty() && !bounds_by_index();
    return "SELECT " + join(selected, ", ") + " FROM " + quote_name(shape_.name) + (is_plain ? " NOT INDEXED" : "") +
           (conditions.empty() ? "" : " WHERE " + join(conditions, " AND "));
  }

  /// The bounds speak of columns other than the rowid.
  bool bounds_by_index() const {
    if (spec_.lower.empty() && spec_.upper.empty()) return false;
    return !spec_.key.empty() && !(spec_.key.size() == 1 && same_name(spec_.key[0], shape_.rowid_alias));
  }

  void add_bound(std::vector<std::string>& conditions, const std::vector<sdk::KeyValue>& bound,
                 const char* comparison) {
    if (bound.empty()) return;
    std::vector<std::string> columns;
    std::vector<std::string> marks;
    for (size_t i = 0; i < bound.size(); ++i) {
      columns.push_back(qualified(key_column(bound[i], i)));
      marks.push_back("?");
    }
    conditions.push_back("(" + join(columns, ", ") + ") " + comparison + " (" + join(marks, ", ") + ")");
  }

  std::string key_column(const sdk::KeyValue& value, size_t index) const {
    if (value.type != SLUICE_KEY_LOCAL) return shape_.column(spec_.key[index]).name;
    if (shape_.rowid_name.empty())
      throw Error(Code::invalid_argument, "read of " + shape_.name + ": it has no rowid to bound by");
    return shape_.rowid_name;
  }

  void bind(Statement& statement, const std::vector<sdk::KeyValue>& bound, int& index) {
    for (size_t i = 0; i < bound.size(); ++i) bind_value(statement, index++, bound[i], i);
  }

  void bind_value(Statement& statement, int index, const sdk::KeyValue& value, size_t place) {
    switch (value.type) {
      case SLUICE_KEY_INTEGER:
      case SLUICE_KEY_LOCAL: return statement.bind(index, value.integer);
      case SLUICE_KEY_DATE: return statement.bind_copy(index, arrow::date_to_text(static_cast<int32_t>(value.integer)));
      case SLUICE_KEY_TIMESTAMP: return statement.bind_copy(index, arrow::timestamp_to_text(value.integer, false));
      case SLUICE_KEY_UUID: return statement.bind_copy(index, arrow::uuid_to_text(value.bytes));
      case SLUICE_KEY_DECIMAL: return bind_decimal(statement, index, value, shape_.column(spec_.key[place]));
      default:
        if (shape_.column(spec_.key[place]).type.affinity == Affinity::blob)
          return statement.bind_blob_copy(index, value.bytes);
        return statement.bind_copy(index, value.bytes);
    }
  }

  void bind_decimal(Statement& statement, int index, const sdk::KeyValue& value, const ColumnShape& column) {
    if (column.type.affinity == Affinity::text || column.type.affinity == Affinity::blob) {
      throw Error(Code::unsupported,
                  shape_.name + "." + column.name + ": holds decimals as text, which has another order",
                  "cut the table by another key");
    }
    statement.bind_copy(index, value.bytes);  // the column's affinity makes a number of it
  }

  std::vector<arrow::Field> fields() const {
    std::vector<arrow::Field> fields;
    for (size_t i = 0; i < spec_.columns.size(); ++i) {
      const ColumnShape& column = shape_.column(spec_.columns[i]);
      const arrow::Type type = spec_.wanted.empty() ? column.type.carrier : spec_.wanted[i].type;
      fields.push_back({spec_.columns[i], type, true, column.declared});
    }
    return fields;
  }

  RowNamer namer() const {
    const int first = static_cast<int>(spec_.columns.size());
    return [table = shape_.name, names = naming_columns(), first](const Statement& row) {
      std::string text = table;
      for (size_t i = 0; i < names.size(); ++i) {
        text += (i == 0 ? ", row " : ", ") + names[i] + " = " + row.string(first + static_cast<int>(i));
      }
      return text;
    };
  }

  Session& session_;
  const sdk::ReadSpec& spec_;
  TableShape shape_;
};

}  // namespace

std::unique_ptr<arrow::BatchReader> read_rows(Session& session, const sdk::ReadSpec& spec) {
  return ReadQuery(session, spec).open();
}

}  // namespace sluice::sqlite
