#include "control.hpp"

#include <cstdlib>
#include <pqxx/pqxx>

#include "errors.hpp"

namespace sluice::postgres {
namespace {

/// libpqxx before 7 binds a list of parameters in another way than later ones.
pqxx::result execute(pqxx::transaction_base& transaction, const std::string& sql, const Values& params) {
#if PQXX_VERSION_MAJOR < 7
  std::vector<const char*> pointers;
  for (const auto& param : params) pointers.push_back(param ? param->c_str() : nullptr);
  return transaction.exec_params(sql, pqxx::prepare::make_dynamic_params(pointers));
#else
  pqxx::params bound;
  for (const auto& param : params) bound.append(param);
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
  return transaction.exec(pqxx::zview(sql), bound);
#else
  return transaction.exec_params(pqxx::zview(sql), bound);
#endif
#endif
}

/// libpqxx before 7 reconnects by itself, and the session's settings would be lost with it.
template <typename Connection>
void forbid_reconnecting(Connection& connection) {
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
#else
  static_cast<void>(connection);
#endif
}

Rows rows_of(const pqxx::result& result) {
  Rows rows;
  rows.affected = static_cast<int64_t>(result.affected_rows());
  for (const auto& row : result) {
    auto& texts = rows.rows_.emplace_back();
    for (const auto& field : row) {
      texts.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
    }
  }
  return rows;
}

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  if (text.rfind("ERROR:", 0) == 0) text.erase(0, text.find_first_not_of(' ', 6));
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

}  // namespace

int64_t Rows::integer(size_t row, size_t column) const { return std::strtoll(text(row, column).c_str(), nullptr, 10); }

struct Control::Link {
  explicit Link(const StoreOptions& options) : connection(options.conninfo()) {
    forbid_reconnecting(connection);
    pqxx::nontransaction setup(connection);
    setup.exec(options.setup_sql());
  }
  pqxx::connection connection;
};

Control::Control(const StoreOptions& options) : options_(options) {}
Control::~Control() { close(); }

void Control::close() {
  const std::lock_guard lock(link_mutex_);
  link_.reset();
}

Control::Link& Control::link() {
  if (link_ != nullptr && !link_->connection.is_open()) close();
  if (link_ == nullptr) {
    auto link = std::make_unique<Link>(options_);
    const std::lock_guard lock(link_mutex_);
    link_ = std::move(link);
  }
  return *link_;
}

template <typename Function>
void Control::translate(const std::string& where, Function&& function) {
  const std::string prefix = where.empty() ? "" : where + ": ";
  try {
    function();
  } catch (const pqxx::broken_connection& e) {
    close();
    throw Error(Code::unavailable, prefix + "the connection to " + options_.name() + " failed: " + one_line(e.what()));
  } catch (const pqxx::sql_error& e) {
    const std::string sqlstate = e.sqlstate();
    const bool is_lost = link_ == nullptr || !link_->connection.is_open();
    if (is_lost) close();
    if (sqlstate.empty()) throw Error(is_lost ? Code::unavailable : Code::internal, prefix + one_line(e.what()));
    throw make_error(sqlstate, one_line(e.what()), was_cancelled_, where);
  } catch (const pqxx::in_doubt_error& e) {
    close();
    throw Error(Code::unavailable, prefix + one_line(e.what()));
  } catch (const pqxx::failure& e) {
    const bool is_lost = link_ == nullptr || !link_->connection.is_open();
    if (is_lost) close();
    throw Error(is_lost ? Code::unavailable : Code::internal, prefix + one_line(e.what()));
  }
}

Rows Control::ask(const std::string& sql, const Values& params, const std::string& where) {
  Rows rows;
  translate(where, [&] {
    pqxx::nontransaction transaction(link().connection);
    rows = rows_of(execute(transaction, sql, params));
  });
  return rows;
}

void Control::run_transaction(const std::string& where, const std::function<void(const Ask&)>& work) {
  translate(where, [&] {
    pqxx::work transaction(link().connection);
    work([&](const std::string& sql, const Values& params) { return rows_of(execute(transaction, sql, params)); });
    transaction.commit();
  });
}

void Control::cancel() noexcept {
  was_cancelled_ = true;
  const std::lock_guard lock(link_mutex_);
  if (link_ == nullptr) return;
  try {
    link_->connection.cancel_query();
  } catch (...) {  // a cancel that comes too late is none
  }
}

}  // namespace sluice::postgres
