#include "connection.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <new>

#include "errors.hpp"

namespace sluice::mysql {
namespace {

/// Fixes character set, zone and modes; a connection whose reader is slow must not be cut.
constexpr std::array<const char*, 3> kSession = {
    "SET NAMES utf8mb4",
    "SET SESSION time_zone = '+00:00', autocommit = 1, net_write_timeout = 86400, net_read_timeout = 86400, wait_timeout = 86400, "
    "sql_select_limit = DEFAULT, foreign_key_checks = 1, unique_checks = 1",
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'"};

/// The library's own state of each thread, which the engine's threads don't release.
struct ThreadState {
  ThreadState() { mysql_thread_init(); }
  ~ThreadState() { mysql_thread_end(); }
};

void init_library() {
  static const int code = mysql_library_init(0, nullptr, nullptr);
  if (code != 0) throw Error(Code::internal, "the MySQL client library cannot be initialized");
  thread_local const ThreadState state;
}

void set_tls(MYSQL* raw, const StoreOptions& options) {
  const my_bool is_on = 1, is_off = 0;
  if (options.tls() == Tls::off) {
    mysql_optionsv(raw, MYSQL_OPT_SSL_ENFORCE, &is_off);
    mysql_optionsv(raw, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &is_off);
    return;
  }
  mysql_optionsv(raw, MYSQL_OPT_SSL_ENFORCE, &is_on);
  mysql_optionsv(raw, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, options.tls() == Tls::verify ? &is_on : &is_off);
  if (!options.tls_ca().empty()) mysql_optionsv(raw, MYSQL_OPT_SSL_CA, options.tls_ca().c_str());
}

const char* given_or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

int64_t Rows::integer(size_t row, size_t column) const {
  return std::strtoll(text(row, column).c_str(), nullptr, 10);
}

Connection::Raw Connection::connect() const {
  init_library();
  Raw raw(mysql_init(nullptr), mysql_close);
  if (raw == nullptr) throw std::bad_alloc();
  const unsigned timeout = options_.connect_timeout();
  mysql_optionsv(raw.get(), MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
  mysql_optionsv(raw.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const unsigned no_local_files = 0;
  // A server could otherwise ask for any file of ours.
  mysql_optionsv(raw.get(), MYSQL_OPT_LOCAL_INFILE, &no_local_files);
  set_tls(raw.get(), options_);
  const char* host = options_.socket().empty() ? options_.host().c_str() : "localhost";
  // CLIENT_FOUND_ROWS: an UPDATE that changes nothing still counts the row that it found.
  if (mysql_real_connect(raw.get(), host, given_or_null(options_.user()), options_.password().c_str(), options_.database().c_str(),
                         options_.port(), given_or_null(options_.socket()), CLIENT_FOUND_ROWS) == nullptr) {
    throw error_of(mysql_errno(raw.get()), mysql_sqlstate(raw.get()), mysql_error(raw.get()), options_.name(), false);
  }
  return raw;
}

void Connection::open() {
  if (is_alive()) return;
  close();
  raw_ = connect();
  is_lost_ = false;
  {
    const std::lock_guard lock(id_mutex_);
    id_ = mysql_thread_id(raw_.get());
  }
  is_mariadb_ = std::strstr(mysql_get_server_info(raw_.get()), "MariaDB") != nullptr;
  try {
    for (const char* sql : kSession) run_plain(sql, "setting up the session");
  } catch (...) {
    close();
    throw;
  }
}

void Connection::close() {
  const std::lock_guard lock(id_mutex_);
  id_ = 0;
  raw_.reset();
}

std::string Connection::version() const { return mysql_get_server_info(raw_.get()); }

Error Connection::error(unsigned number, const char* sqlstate, const char* message, const std::string& where) {
  if (is_lost(number)) is_lost_ = true;
  return error_of(number, sqlstate, message, where, was_cancelled_);
}

Error Connection::error(const std::string& where) {
  return error(mysql_errno(raw_.get()), mysql_sqlstate(raw_.get()), mysql_error(raw_.get()), where);
}

Rows Connection::run(const std::string& sql, const Values& params, const std::string& where) {
  open();
  return params.empty() ? run_plain(sql, where) : run_bound(sql, params, where);
}

Rows Connection::run_plain(const std::string& sql, const std::string& where) {
  if (mysql_real_query(raw_.get(), sql.data(), sql.size()) != 0) throw error(where);
  Rows out;
  const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(raw_.get()), mysql_free_result);
  if (result == nullptr) {
    if (mysql_field_count(raw_.get()) != 0) throw error(where);
    out.affected = static_cast<int64_t>(mysql_affected_rows(raw_.get()));
    return out;
  }
  const unsigned width = mysql_num_fields(result.get());
  for (unsigned i = 0; i < width; ++i) out.names.emplace_back(mysql_fetch_field_direct(result.get(), i)->name);
  while (MYSQL_ROW row = mysql_fetch_row(result.get())) {
    const unsigned long* lengths = mysql_fetch_lengths(result.get());
    auto& values = out.rows.emplace_back(width);
    for (unsigned i = 0; i < width; ++i) {
      if (row[i] != nullptr) values[i].emplace(row[i], lengths[i]);
    }
  }
  return out;
}

Rows Connection::run_bound(const std::string& sql, const Values& params, const std::string& where) {
  Statement statement(*this, sql, where);
  statement.execute(params);
  Rows out;
  const unsigned width = mysql_stmt_field_count(statement.raw());
  if (width == 0) {
    out.affected = static_cast<int64_t>(mysql_stmt_affected_rows(statement.raw()));
    return out;
  }
  const my_bool wants_lengths = 1;
  mysql_stmt_attr_set(statement.raw(), STMT_ATTR_UPDATE_MAX_LENGTH, &wants_lengths);
  if (mysql_stmt_store_result(statement.raw()) != 0) throw statement.error();
  const MYSQL_FIELD* fields = mariadb_stmt_fetch_fields(statement.raw());
  std::vector<MYSQL_BIND> binds(width);
  std::vector<std::vector<char>> buffers(width);
  std::vector<unsigned long> lengths(width);
  const auto is_null = std::make_unique<my_bool[]>(width);
  for (unsigned i = 0; i < width; ++i) {
    out.names.emplace_back(fields[i].name);
    buffers[i].resize(std::max<unsigned long>(fields[i].max_length, 64) + 1);
    binds[i].buffer_type = MYSQL_TYPE_STRING;
    binds[i].buffer = buffers[i].data();
    binds[i].buffer_length = buffers[i].size();
    binds[i].length = &lengths[i];
    binds[i].is_null = &is_null[i];
  }
  if (mysql_stmt_bind_result(statement.raw(), binds.data()) != 0) throw statement.error();
  while (mysql_stmt_fetch(statement.raw()) == 0) {
    auto& values = out.rows.emplace_back(width);
    for (unsigned i = 0; i < width; ++i) {
      if (is_null[i] == 0) values[i].emplace(buffers[i].data(), lengths[i]);
    }
  }
  return out;
}

void Connection::roll_back() noexcept {
  if (!is_alive()) return;
  if (mysql_real_query(raw_.get(), "ROLLBACK", 8) != 0) close();
}

std::string Connection::server_start() {
  // Both numbers are of the query's own start, so their difference does not waver.
  const std::string from = is_mariadb_ ? "information_schema.global_status" : "performance_schema.global_status";
  return run("SELECT cast(unix_timestamp() AS SIGNED) - cast(variable_value AS SIGNED) FROM " + from + " WHERE variable_name = 'UPTIME'", {},
             "reading the server's state")
      .text(0, 0);
}

void Connection::cancel() noexcept {
  was_cancelled_ = true;
  end_query();
}

void Connection::end_query() noexcept {
  try {
    const std::lock_guard lock(id_mutex_);
    if (id_ == 0) return;
    const Raw other = connect();
    const std::string kill = "KILL QUERY " + std::to_string(id_);
    mysql_real_query(other.get(), kill.data(), kill.size());
  } catch (const std::exception&) {
    // The server can't be reached: the statement fails by itself.
  }
}

Statement::Statement(Connection& connection, const std::string& sql, const std::string& where)
    : connection_(connection), where_(where), raw_(mysql_stmt_init(connection.raw()), mysql_stmt_close) {
  if (raw_ == nullptr) throw std::bad_alloc();
  if (mysql_stmt_prepare(raw_.get(), sql.data(), sql.size()) != 0) throw error();
}

Error Statement::error() const {
  return connection_.error(mysql_stmt_errno(raw_.get()), mysql_stmt_sqlstate(raw_.get()), mysql_stmt_error(raw_.get()), where_);
}

void Statement::execute(const Values& params) {
  if (mysql_stmt_param_count(raw_.get()) != params.size()) {
    throw Error(Code::invalid_argument, where_ + ": " + std::to_string(params.size()) + " parameters for " +
                                            std::to_string(mysql_stmt_param_count(raw_.get())) + " question marks");
  }
  std::vector<MYSQL_BIND> binds(params.size());
  for (size_t i = 0; i < params.size(); ++i) {
    if (!params[i]) {
      binds[i].buffer_type = MYSQL_TYPE_NULL;
      continue;
    }
    binds[i].buffer_type = MYSQL_TYPE_STRING;
    binds[i].buffer = const_cast<char*>(params[i]->data());
    binds[i].buffer_length = params[i]->size();
  }
  if (!binds.empty() && mysql_stmt_bind_param(raw_.get(), binds.data()) != 0) throw error();
  execute();
}

void Statement::execute() {
  if (mysql_stmt_execute(raw_.get()) != 0) throw error();
}

}  // namespace sluice::mysql
