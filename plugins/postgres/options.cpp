#include "options.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <sstream>

#include "abi/plugin_sdk.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"
#include "quote.hpp"

namespace sluice::postgres {
namespace {

bool is_local_host(const std::string& host) {
  return host.empty() || host[0] == '/' || host[0] == '@' || host == "localhost" || host == "::1" ||
         host.rfind("127.", 0) == 0;
}

bool are_local_hosts(const std::string& list) {
  std::istringstream hosts(list);
  std::string host;
  while (std::getline(hosts, host, ',')) {
    if (!is_local_host(host)) return false;
  }
  return true;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

StoreOptions::StoreOptions(const sluice_option* options, int64_t count) {
  const auto given = sdk::read_options(options, count, {"url", "schema", "connect_timeout", "infinite"});
  if (given.count("url") == 0) {
    throw Error(Code::invalid_argument, "option 'url' is missing", "url = \"postgresql://user@host/database\"");
  }
  read_url(given.at("url"));
  if (given.count("connect_timeout") != 0) read_timeout(given.at("connect_timeout"));
  if (given.count("infinite") != 0) read_infinite(given.at("infinite"));
  if (given.count("schema") != 0 && !given.at("schema").empty()) {
    schema_ = given.at("schema");
    quote_name(schema_);
  }
  fill_defaults();
}

void StoreOptions::read_timeout(const std::string& text) {
  const auto seconds = arrow::int64_from_text(text);
  if (!seconds || *seconds < 1 || *seconds > 3600) {
    throw Error(Code::invalid_argument,
                "option 'connect_timeout': expected whole seconds from 1 to 3600, found " + text);
  }
  connect_timeout_ = static_cast<int>(*seconds);
}

void StoreOptions::read_infinite(const std::string& text) {
  if (text != "refuse" && text != "keep") {
    throw Error(Code::invalid_argument, "option 'infinite': expected refuse or keep, found " + text);
  }
  keeps_infinite_ = text == "keep";
}

void StoreOptions::read_url(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(PQconninfoParse(url.c_str(), &message),
                                                                              PQconninfoFree);
  PQfreemem(message);
  if (parsed == nullptr) {
    // libpq's own text quotes parts of the url, and so perhaps the password.
    throw Error(Code::invalid_argument, "option 'url': not a PostgreSQL URL or connection string",
                "postgresql://user:password@host:port/database?sslmode=..., special characters as %XX");
  }
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) keywords_.emplace_back(option->keyword, option->val);
  }
  if (keywords_.empty()) keywords_.emplace_back("fallback_application_name", "sluice");
}

std::string StoreOptions::keyword(const std::string& name) const {
  for (const auto& [key, value] : keywords_) {
    if (key == name) return value;
  }
  return "";
}

void StoreOptions::set_default(const std::string& name, const std::string& value) {
  if (keyword(name).empty()) keywords_.emplace_back(name, value);
}

void StoreOptions::fill_defaults() {
  const std::string url_timeout = keyword("connect_timeout");
  if (!url_timeout.empty()) connect_timeout_ = std::max(1, std::atoi(url_timeout.c_str()));
  set_default("connect_timeout", std::to_string(connect_timeout_));
  set_default("application_name", "sluice");
  set_default("keepalives", "1");
  set_default("keepalives_idle", "10");
  set_default("keepalives_interval", "5");
  set_default("keepalives_count", "4");
  set_default("tcp_user_timeout", "30000");
  std::erase_if(keywords_, [](const auto& entry) { return entry.first == "client_encoding"; });
  keywords_.emplace_back("client_encoding", "UTF8");
  const bool says_ssl = !keyword("sslmode").empty() || !environment("PGSSLMODE").empty();
  const bool has_service = !keyword("service").empty() || !environment("PGSERVICE").empty();
  if (says_ssl || has_service) return;
  const std::string host = keyword("host").empty() ? keyword("hostaddr") : keyword("host");
  const std::string effective = host.empty() ? environment("PGHOST") : host;
  keywords_.emplace_back("sslmode", are_local_hosts(effective) ? "prefer" : "verify-full");
}

std::string StoreOptions::conninfo() const {
  std::string text;
  for (const auto& [key, value] : keywords_) {
    std::string quoted;
    for (const char c : value) {
      if (c == '\'' || c == '\\') quoted += '\\';
      quoted += c;
    }
    text += key + "='" + quoted + "' ";
  }
  return text;
}

std::string StoreOptions::name() const {
  const std::string host = keyword("host").empty() ? keyword("hostaddr") : keyword("host");
  const std::string port = keyword("port");
  const std::string service = keyword("service");
  const std::string database = keyword("dbname");
  if (host.empty() && database.empty() && !service.empty()) return "service " + service;
  return (host.empty() ? "local" : host) + ":" + (port.empty() ? "5432" : port) + "/" + database;
}

std::string StoreOptions::setup_sql() const {
  const std::string sql =
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; "
      "SET standard_conforming_strings = on; SET bytea_output = 'hex'; SET idle_in_transaction_session_timeout = 0; "
      "SET statement_timeout = 0; SET lock_timeout = 0; SET default_transaction_isolation = 'read committed'; "
      "SET default_transaction_deferrable = off; SET client_min_messages = error; "
      "SELECT set_config('synchronous_commit', 'on', false) "
      "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";
  // Never "$user": a role called sluice would work in the ledger's home.
  return sql + "; SET search_path = " + (schema_ == "public" ? "" : quote_name(schema_) + ", ") + "public";
}

}  // namespace sluice::postgres
