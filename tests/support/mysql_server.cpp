#include "support/mysql_server.hpp"

#include <mysql.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "disposable/child.hpp"
#include "disposable/private_directory.hpp"
#include "support/environment.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr const char* kServer = "/usr/sbin/mariadbd";
constexpr const char* kInstaller = "/usr/bin/mariadb-install-db";
constexpr std::chrono::seconds kPatience{60};

struct Url {
  std::string user, password, host, database;
  unsigned port = 0;
};

/// mysql://user:password@host:port/database, as this file makes them.
Url parse(const std::string& url) {
  const size_t login = url.find("://") + 3, colon = url.find(':', login), at = url.find('@'), port = url.find(':', at), slash = url.find('/', at);
  return {url.substr(login, colon - login), url.substr(colon + 1, at - colon - 1), url.substr(at + 1, port - at - 1), url.substr(slash + 1),
          static_cast<unsigned>(std::stoul(url.substr(port + 1)))};
}

std::string with_database(const std::string& url, const std::string& database) { return url.substr(0, url.rfind('/') + 1) + database; }

disposable::ChildOptions child(const std::string& program, std::vector<std::string> arguments, const std::string& directory) {
  return {program, std::move(arguments), {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=" + directory, "TMPDIR=" + directory},
          directory, directory + "/log", {}, disposable::unprivileged_user()};
}

std::string log_of(const std::string& directory) {
  const std::string text = read_file(directory + "/log");
  return text.substr(text.size() - std::min<size_t>(text.size(), 2000));
}

bool answers(const std::string& url) {
  try {
    MySqlSession session(url);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool has_ended(const ProcessIdentity& process) {
  ::waitpid(static_cast<pid_t>(process.pid), nullptr, WNOHANG);
  return !is_alive(process);
}

std::string make_directory() {
  std::string path = disposable::default_parent() + "/sluice-mysql-" + random_hex(6);
  fs::create_directory(path);
  if (const auto user = disposable::unprivileged_user()) {
    if (::chown(path.c_str(), user->uid, user->gid) != 0) throw std::runtime_error("cannot hand over " + path);
  }
  return path;
}

}  // namespace

std::string shared_mysql_file() { return build_directory() + "/test-mysql"; }

MySqlServer MySqlServer::start() {
  if (::access(kServer, X_OK) != 0) throw Error(Code::not_found, std::string(kServer) + " is not there", "apt-get install mariadb-server");
  MySqlServer server;
  server.directory_ = make_directory();
  const std::string& directory = server.directory_;
  const std::string data = directory + "/data", password = random_hex(16);
  write_file_atomically(directory + "/init.sql", "CREATE USER sluice@'%' IDENTIFIED BY '" + password +
                                                     "';\nGRANT ALL ON *.* TO sluice@'%' WITH GRANT OPTION;\nCREATE DATABASE sluice;\n", 0644);
  const int code = disposable::run_child(child(kInstaller, {"--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal",
                                                            "--skip-test-db"}, directory));
  if (code != 0) throw Error(Code::unavailable, "mariadb-install-db ended with " + std::to_string(code) + ": " + log_of(directory));
  for (int attempt = 0; attempt < 5; ++attempt) {
    const unsigned port = 20000 + static_cast<unsigned>(std::stoul(random_hex(2), nullptr, 16) % 20000);
    server.url_ = "mysql://sluice:" + password + "@127.0.0.1:" + std::to_string(port) + "/sluice";
    std::vector<std::string> arguments = {"--no-defaults", "--datadir=" + data, "--socket=" + directory + "/socket", "--port=" + std::to_string(port),
                                          "--bind-address=127.0.0.1", "--skip-name-resolve", "--pid-file=" + directory + "/pid",
                                          "--innodb-buffer-pool-size=128M", "--innodb-log-file-size=96M", "--max-connections=200",
                                          "--max-allowed-packet=256M", "--innodb-flush-log-at-trx-commit=2"};
    // The file makes the user once; a second start must not.
    if (attempt == 0) arguments.push_back("--init-file=" + directory + "/init.sql");
    const pid_t pid = disposable::start_child(child(kServer, arguments, directory));
    server.process_ = *identity_of(pid);
    const auto deadline = steady_clock::now() + kPatience;
    while (!has_ended(server.process_) && steady_clock::now() < deadline) {
      if (answers(server.url_)) return server;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    // One that ended may have met a port in use. One that is still there has the files: a second could not start beside it.
    if (!has_ended(server.process_)) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
      break;
    }
  }
  throw Error(Code::unavailable, "mariadbd did not come up: " + log_of(directory));
}

bool MySqlServer::is_running() const { return is_alive(process_); }

void MySqlServer::share() const {
  write_file_atomically(shared_mysql_file(), directory_ + "\n" + std::to_string(process_.pid) + "\n" + url_ + "\n");
}

std::optional<MySqlServer> MySqlServer::shared() {
  std::ifstream file(shared_mysql_file());
  MySqlServer server;
  std::string pid;
  if (!std::getline(file, server.directory_) || !std::getline(file, pid) || !std::getline(file, server.url_)) return std::nullopt;
  const auto identity = identity_of(std::stoi(pid));
  if (!identity || !answers(server.url_)) return std::nullopt;
  server.process_ = *identity;
  return server;
}

void MySqlServer::remove() {
  ::kill(static_cast<pid_t>(process_.pid), SIGTERM);
  const auto deadline = steady_clock::now() + kPatience;
  while (!has_ended(process_)) {
    if (steady_clock::now() > deadline) ::kill(static_cast<pid_t>(process_.pid), SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  fs::remove_all(directory_);
}

namespace {

struct SharedServer {
  std::optional<MySqlServer> own;
  std::string url, problem;

  SharedServer() {
    if (const auto shared = MySqlServer::shared()) {
      url = shared->url();
      return;
    }
    try {
      own = MySqlServer::start();
      url = own->url();
    } catch (const Error& error) {
      if (error.code() != Code::not_found) throw;
      problem = error.what();
    }
  }
  ~SharedServer() {
    if (own) own->remove();
  }
};

const SharedServer& shared_server() {
  static const SharedServer server;
  return server;
}

MYSQL* raw_of(void* raw) { return static_cast<MYSQL*>(raw); }

[[noreturn]] void fail(MYSQL* raw, const std::string& what) { throw std::runtime_error(std::string(mysql_error(raw)) + ": " + what); }

}  // namespace

std::string shared_mysql_url() { return shared_server().url; }
std::string shared_mysql_problem() { return shared_server().problem; }

MySqlSession::MySqlSession(const std::string& text) : raw_(mysql_init(nullptr)) {
  const Url url = parse(text);
  mysql_options(raw_of(raw_), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  if (mysql_real_connect(raw_of(raw_), url.host.c_str(), url.user.c_str(), url.password.c_str(), url.database.c_str(), url.port, nullptr,
                         CLIENT_MULTI_STATEMENTS) == nullptr) {
    const std::string why = mysql_error(raw_of(raw_));
    mysql_close(raw_of(raw_));
    throw std::runtime_error("cannot connect: " + why);
  }
}

MySqlSession::~MySqlSession() { mysql_close(raw_of(raw_)); }

void MySqlSession::execute(const std::string& script) {
  MYSQL* raw = raw_of(raw_);
  if (mysql_real_query(raw, script.data(), script.size()) != 0) fail(raw, script.substr(0, 200));
  int code = 0;
  do {
    mysql_free_result(mysql_store_result(raw));
    code = mysql_next_result(raw);
  } while (code == 0);
  if (code > 0) fail(raw, script.substr(0, 200));
}

std::vector<std::vector<std::string>> MySqlSession::rows(const std::string& query) {
  MYSQL* raw = raw_of(raw_);
  if (mysql_real_query(raw, query.data(), query.size()) != 0) fail(raw, query);
  MYSQL_RES* result = mysql_store_result(raw);
  if (result == nullptr) fail(raw, query);
  std::vector<std::vector<std::string>> all;
  const unsigned width = mysql_num_fields(result);
  while (MYSQL_ROW row = mysql_fetch_row(result)) {
    const unsigned long* lengths = mysql_fetch_lengths(result);
    auto& values = all.emplace_back();
    for (unsigned i = 0; i < width; ++i) values.push_back(row[i] == nullptr ? "NULL" : std::string(row[i], lengths[i]));
  }
  mysql_free_result(result);
  return all;
}

MySqlDatabase::MySqlDatabase()
    : name_("test_" + std::to_string(::getpid()) + "_" + random_hex(4)), url_(with_database(shared_mysql_url(), name_)) {
  MySqlSession(shared_mysql_url()).execute("CREATE DATABASE " + name_ + " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
}

MySqlDatabase::~MySqlDatabase() {
  try {
    MySqlSession(shared_mysql_url()).execute("DROP DATABASE " + name_);
  } catch (const std::exception&) {
    // The server may have been taken down by the test itself.
  }
}

}  // namespace sluice::test
