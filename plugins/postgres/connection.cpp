#include "connection.hpp"

#include <poll.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>

#include "errors.hpp"

namespace sluice::postgres {
namespace {

constexpr int kMinServer = 120000;

/// Sends the server's notices to the engine's log instead of stderr.
void log_notice(void* host, const PGresult* notice) {
  const auto* to = static_cast<const sluice_host*>(host);
  if (to == nullptr || to->log == nullptr) return;
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  const char* text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
  const bool is_warning = severity != nullptr && std::string(severity) == "WARNING";
  to->log(to->context, is_warning ? SLUICE_LOG_WARNING : SLUICE_LOG_DEBUG, text == nullptr ? "" : text);
}

std::vector<const char*> pointers_to(const Values& params) {
  std::vector<const char*> pointers;
  pointers.reserve(params.size());
  for (const auto& param : params) pointers.push_back(param ? param->c_str() : nullptr);
  return pointers;
}

}  // namespace

bool Result::is_ok() const {
  switch (status()) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_EMPTY_QUERY:
    case PGRES_PIPELINE_SYNC: return true;
    default: return false;
  }
}

std::string Result::text(int row, int column) const {
  return {PQgetvalue(raw_.get(), row, column), static_cast<size_t>(PQgetlength(raw_.get(), row, column))};
}

int64_t Result::integer(int row, int column) const {
  return std::strtoll(PQgetvalue(raw_.get(), row, column), nullptr, 10);
}

int64_t Result::affected() const {
  const char* text = PQcmdTuples(raw_.get());
  return *text == '\0' ? -1 : std::strtoll(text, nullptr, 10);
}

Connection::Connection(const StoreOptions& options, const sluice_host* host)
    : options_(options), host_(host), raw_(nullptr, PQfinish), cancel_(nullptr, PQfreeCancel) {}

Connection::~Connection() { close(); }

void Connection::close() {
  {
    const std::lock_guard lock(cancel_mutex_);
    cancel_.reset();
  }
  raw_.reset();
}

void Connection::open() {
  if (is_alive()) return;
  close();
  try {
    connect();
    run_script(options_.setup_sql(), "setting up the session");
  } catch (...) {
    close();
    throw;
  }
}

void Connection::connect() {
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : options_.keywords()) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  raw_.reset(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (raw_ == nullptr) throw std::bad_alloc();
  PQsetErrorVerbosity(raw_.get(), PQERRORS_VERBOSE);
  PQsetNoticeReceiver(raw_.get(), log_notice, const_cast<sluice_host*>(host_));
  wait_for_connect();
  PQsetErrorVerbosity(raw_.get(), PQERRORS_DEFAULT);
  if (PQserverVersion(raw_.get()) < kMinServer) {
    throw Error(Code::unsupported, options_.name() + ": PostgreSQL " + PQparameterStatus(raw_.get(), "server_version") +
                                       " is too old, 12 or newer is needed");
  }
  ++incarnation_;
  const std::lock_guard lock(cancel_mutex_);
  cancel_.reset(PQgetCancel(raw_.get()));
}

void Connection::wait_for_connect() {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::seconds(options_.connect_timeout());
  PostgresPollingStatusType state =
      PQstatus(raw_.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED) throw error_of_connecting(raw_.get(), options_.name());
    if (was_cancelled_) throw Error(Code::cancelled, options_.name() + ": connecting was cancelled");
    if (Clock::now() > deadline) {
      throw Error(Code::unavailable,
                  options_.name() + ": no answer within " + std::to_string(options_.connect_timeout()) + " s",
                  "is the server running and reachable? see option connect_timeout");
    }
    pollfd waiting{PQsocket(raw_.get()), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (poll(&waiting, 1, 100) > 0) state = PQconnectPoll(raw_.get());
  }
}

Error Connection::error(const Result& result, const std::string& where) const {
  return error_of(result.get(), raw_.get(), was_cancelled_, where);
}

Result Connection::run(const std::string& sql, const Values& params, const std::string& where) {
  open();
  const auto pointers = pointers_to(params);
  Result result(PQexecParams(raw_.get(), sql.c_str(), static_cast<int>(params.size()), nullptr, pointers.data(),
                             nullptr, nullptr, 0));
  if (result.empty() || !result.is_ok()) throw error(result, where);
  return result;
}

Result Connection::run_script(const std::string& sql, const std::string& where, int64_t* affected) {
  if (raw_ == nullptr) open();
  if (PQsendQuery(raw_.get(), sql.c_str()) == 0) throw error(Result(), where);
  Result last;
  int64_t sum = -1;
  std::optional<Error> failure;
  while (PGresult* next = PQgetResult(raw_.get())) {
    Result result(next);
    if (!failure && !result.is_ok()) failure = error(result, where);
    if (result.status() == PGRES_COPY_IN || result.status() == PGRES_COPY_OUT) {
      failure = Error(Code::unsupported, where + ": COPY ... FROM STDIN or TO STDOUT cannot be part of a script");
      result.status() == PGRES_COPY_IN ? void(PQputCopyEnd(raw_.get(), "not supported")) : give_up();
      continue;
    }
    if (result.affected() >= 0) sum = (sum < 0 ? 0 : sum) + result.affected();
    last = std::move(result);
  }
  if (failure) throw *failure;
  if (last.empty()) throw error(last, where);
  if (affected != nullptr) *affected = sum;
  return last;
}

void Connection::start_copy(const std::string& sql, const std::string& where) {
  if (PQsendQuery(raw_.get(), sql.c_str()) == 0) throw error(Result(), where);
  std::optional<Error> failure;
  while (PGresult* next = PQgetResult(raw_.get())) {
    const Result result(next);
    if (result.status() == PGRES_COPY_IN || result.status() == PGRES_COPY_OUT) return;
    if (!failure && !result.is_ok()) failure = error(result, where);
  }
  throw failure.value_or(error(Result(), where));
}

void Connection::start_query(const std::string& sql, const Values& params, const std::string& where) {
  const auto pointers = pointers_to(params);
  if (PQsendQueryParams(raw_.get(), sql.c_str(), static_cast<int>(pointers.size()), nullptr, pointers.data(), nullptr,
                        nullptr, 0) == 0) {
    throw error(Result(), where);
  }
  PQsetSingleRowMode(raw_.get());
}

std::vector<Result> Connection::run_pipeline(const std::vector<Statement>& statements, const std::string& where) {
  open();
  if (PQenterPipelineMode(raw_.get()) == 0) throw error(Result(), where);
  for (const Statement& statement : statements) {
    const auto pointers = pointers_to(statement.params);
    if (PQsendQueryParams(raw_.get(), statement.sql.c_str(), static_cast<int>(pointers.size()), nullptr,
                          pointers.data(), nullptr, nullptr, 0) == 0) {
      throw error(Result(), where);
    }
  }
  if (PQpipelineSync(raw_.get()) == 0) throw error(Result(), where);
  std::vector<Result> results;
  std::optional<Error> failure;
  for (size_t i = 0; i <= statements.size(); ++i) {  // one more: the sync
    while (PGresult* next = PQgetResult(raw_.get())) {
      Result result(next);
      if (result.status() == PGRES_PIPELINE_SYNC) break;
      if (!failure && result.status() != PGRES_PIPELINE_ABORTED && !result.is_ok()) failure = error(result, where);
      results.push_back(std::move(result));
    }
    if (!is_alive()) break;
  }
  if (!failure && !is_alive()) failure = error(Result(), where);
  if (is_alive()) PQexitPipelineMode(raw_.get());
  if (failure) throw *failure;
  return results;
}

void Connection::drain() {
  if (raw_ == nullptr) return;
  while (PGresult* next = PQgetResult(raw_.get())) {
    const Result result(next);
    if (result.status() == PGRES_COPY_IN) PQputCopyEnd(raw_.get(), "given up");
    if (result.status() == PGRES_COPY_OUT) {
      char* row = nullptr;
      while (PQgetCopyData(raw_.get(), &row, 0) > 0) PQfreemem(row);
    }
    if (!is_alive()) return;
  }
}

void Connection::give_up() {
  if (!is_alive()) return;
  send_cancel();
  if (PQtransactionStatus(raw_.get()) == PQTRANS_ACTIVE) {
    char* row = nullptr;
    while (PQgetCopyData(raw_.get(), &row, 0) > 0) PQfreemem(row);
  }
  drain();
}

void Connection::send_cancel() noexcept {
  const std::lock_guard lock(cancel_mutex_);
  if (cancel_ == nullptr) return;
  char message[256];
  PQcancel(cancel_.get(), message, sizeof message);
}

void Connection::cancel() noexcept {
  was_cancelled_ = true;
  send_cancel();
}

}  // namespace sluice::postgres
