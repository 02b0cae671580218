#include "ask.hpp"

#include <deque>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "session.hpp"
#include "statement.hpp"
#include "value_writer.hpp"

namespace sluice::sqlite {

namespace {

using arrow::Kind;

constexpr int64_t kFirstRows = 1000;
constexpr int64_t kFirstBytes = 4 << 20;
constexpr int64_t kBatchRows = 8192;
constexpr int64_t kBatchBytes = 4 << 20;

struct FreeValue {
  void operator()(sqlite3_value* value) const { sqlite3_value_free(value); }
};
using Value = std::unique_ptr<sqlite3_value, FreeValue>;
using Row = std::vector<Value>;

/// Which storage classes a column showed.
struct Seen {
  bool integers = false, reals = false, texts = false, blobs = false;
  bool inexact = false;  // an INTEGER that a double does not keep

  /// Answers about how many bytes the value takes.
  int64_t add(sqlite3_value* value) {
    const int type = sqlite3_value_type(value);
    if (type == SQLITE_INTEGER) add_integer(sqlite3_value_int64(value));
    reals |= type == SQLITE_FLOAT;
    texts |= type == SQLITE_TEXT;
    blobs |= type == SQLITE_BLOB;
    return type == SQLITE_TEXT || type == SQLITE_BLOB ? sqlite3_value_bytes(value) : 8;
  }

  void add_integer(int64_t number) {
    constexpr int64_t kMostExact = int64_t{1} << 53;
    integers = true;
    inexact |= number > kMostExact || number < -kMostExact;
  }

  Kind kind() const {
    if (texts || (!integers && !reals && !blobs)) return Kind::text;
    if (blobs) return Kind::binary;
    if (!reals) return Kind::int64;
    return inexact ? Kind::text : Kind::float64;
  }
};

/// Looks at the first rows before it answers what its columns are.
class QueryReader : public arrow::BatchReader {
 public:
  explicit QueryReader(Statement statement) : statement_(std::move(statement)) {
    std::vector<Seen> seen(static_cast<size_t>(statement_.width()));
    look_ahead(seen);
    std::vector<arrow::Field> fields;
    for (size_t i = 0; i < seen.size(); ++i) {
      const char* name = sqlite3_column_name(statement_.get(), static_cast<int>(i));
      const char* declared = sqlite3_column_decltype(statement_.get(), static_cast<int>(i));
      fields.push_back({name == nullptr ? "" : name, {seen[i].kind()}, true, declared == nullptr ? "" : declared});
    }
    writer_.emplace(std::move(fields), [this] { return "query, row " + std::to_string(row_); });
  }

  const std::vector<arrow::Field>& fields() const override { return writer_->fields(); }

  arrow::Array next() override {
    int64_t rows = 0;
    for (; rows < kBatchRows && writer_->bytes() < kBatchBytes; ++rows) {
      if (!write_row()) break;
    }
    return rows == 0 ? arrow::Array() : writer_->finish();
  }

 private:
  void look_ahead(std::vector<Seen>& seen) {
    int64_t bytes = 0;
    while (!is_done_ && static_cast<int64_t>(first_.size()) < kFirstRows && bytes < kFirstBytes) {
      if (!step()) break;
      Row row;
      for (size_t i = 0; i < seen.size(); ++i) {
        row.emplace_back(sqlite3_value_dup(sqlite3_column_value(statement_.get(), static_cast<int>(i))));
        if (row.back() == nullptr) throw std::bad_alloc();
        bytes += seen[i].add(row.back().get());
      }
      first_.push_back(std::move(row));
    }
  }

  bool step() {
    if (is_done_) return false;
    is_done_ = !statement_.step();
    if (is_done_) statement_.reset();
    return !is_done_;
  }

  bool write_row() {
    ++row_;
    if (!first_.empty()) {
      for (size_t i = 0; i < writer_->width(); ++i) writer_->append(i, first_.front()[i].get());
      first_.pop_front();
      return true;
    }
    if (!step()) return false;
    for (size_t i = 0; i < writer_->width(); ++i) {
      writer_->append(i, sqlite3_column_value(statement_.get(), static_cast<int>(i)));
    }
    return true;
  }

  Statement statement_;
  std::deque<Row> first_;
  std::optional<ValueWriter> writer_;
  int64_t row_ = 0;
  bool is_done_ = false;
};

void bind_parameters(Statement& statement, const Parameters& parameters) {
  const int expected = sqlite3_bind_parameter_count(statement.get());
  if (expected != static_cast<int>(parameters.size())) {
    throw Error(Code::invalid_argument, "sql: " + std::to_string(expected) + " parameters are asked for, " +
                                            std::to_string(parameters.size()) + " are given");
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    const int index = static_cast<int>(i) + 1;
    parameters[i] ? statement.bind_copy(index, *parameters[i]) : statement.bind_null(index);
  }
}

int refuse_transactions(void*, int action, const char*, const char*, const char*, const char*) {
  const bool ends_guard = action == SQLITE_TRANSACTION || action == SQLITE_ATTACH || action == SQLITE_DETACH;
  return ends_guard ? SQLITE_DENY : SQLITE_OK;
}

/// Keeps statements from ending a guard's transaction, while it lives.
class TransactionLock {
 public:
  explicit TransactionLock(Session& session) : handle_(session.guard ? session.handle() : nullptr) {
    if (handle_ != nullptr) sqlite3_set_authorizer(handle_, refuse_transactions, nullptr);
  }
  ~TransactionLock() {
    if (handle_ != nullptr) sqlite3_set_authorizer(handle_, nullptr, nullptr);
  }
  TransactionLock(const TransactionLock&) = delete;
  TransactionLock& operator=(const TransactionLock&) = delete;

 private:
  sqlite3* handle_;
};

/// Runs the first statement of `sql` and answers what follows it.
std::string_view execute_first(Session& session, std::string_view sql, const Parameters& parameters, int64_t& rows) {
  std::string_view tail;
  Statement statement(session, sql, "sql", &tail);
  if (statement.is_empty()) return {};
  bind_parameters(statement, parameters);
  const int64_t before = sqlite3_total_changes64(session.handle());
  while (statement.step()) {
  }
  if (sqlite3_total_changes64(session.handle()) != before) rows += sqlite3_changes64(session.handle());
  return tail;
}

}  // namespace

std::unique_ptr<arrow::BatchReader> run_query(Session& session, const std::string& sql, const Parameters& parameters) {
  if (session.guard) session.require_guard("a query");
  const TransactionLock lock(session);
  std::string_view tail;
  Statement statement(session, sql, "query", &tail);
  if (statement.is_empty()) throw Error(Code::invalid_argument, "query: there is no statement in it");
  if (!tail.empty() && !Statement(session, tail, "query").is_empty()) {
    throw Error(Code::invalid_argument, "query: expected one statement, found more", "run the others by execute");
  }
  if (statement.width() == 0) {
    throw Error(Code::invalid_argument, "query: the statement answers no rows", "run it by execute");
  }
  bind_parameters(statement, parameters);
  return std::make_unique<QueryReader>(std::move(statement));
}

int64_t execute(Session& session, const std::string& sql, const Parameters& parameters) {
  session.make_missing();
  if (session.guard) session.require_guard("execute");
  const TransactionLock lock(session);
  int64_t rows = 0;
  std::string_view rest = sql;
  do {
    rest = execute_first(session, rest, parameters, rows);
  } while (!rest.empty());
  return rows;
}

}  // namespace sluice::sqlite
