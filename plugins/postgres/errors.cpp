#include "errors.hpp"

#include <cctype>
#include <sstream>

namespace sluice::postgres {
namespace {

struct Rule {
  std::string_view prefix;
  Code code;
};

/// The longest prefix that fits decides.
constexpr Rule kRules[] = {
    {"08", Code::unavailable},
    {"57P01", Code::unavailable},
    {"57P02", Code::unavailable},
    {"57P03", Code::unavailable},
    {"57P05", Code::unavailable},
    {"25P03", Code::unavailable},
    {"25P04", Code::unavailable},
    {"53300", Code::unavailable},
    {"53", Code::constraint},
    {"40", Code::conflict},
    {"55P03", Code::conflict},
    {"55006", Code::conflict},
    {"SL", Code::conflict},
    {"42501", Code::permission},
    {"28", Code::permission},
    {"25006", Code::permission},
    {"3D000", Code::not_found},
    {"3F000", Code::not_found},
    {"42P01", Code::not_found},
    {"42703", Code::not_found},
    {"42704", Code::not_found},
    {"57P04", Code::not_found},
    {"42P04", Code::already_exists},
    {"42P06", Code::already_exists},
    {"42P07", Code::already_exists},
    {"42710", Code::already_exists},
    {"42701", Code::already_exists},
    {"22", Code::data},
    {"54", Code::data},
    {"23", Code::constraint},
    {"21000", Code::constraint},  // the same key twice in one INSERT ... ON CONFLICT
    {"44000", Code::constraint},  // WITH CHECK OPTION
    {"P0001", Code::constraint},  // RAISE, of a trigger
    {"2BP01", Code::constraint},
    {"0A", Code::unsupported},
    {"42", Code::invalid_argument},
};

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  return text;
}

std::string hint_for(std::string_view sqlstate) {
  if (sqlstate == "53100") return "free space on the server's disk";
  if (sqlstate == "53300") return "raise max_connections or use fewer workers";
  if (sqlstate == "28P01") return "check user and password of the store's url";
  return "";
}

/// Five capitals or digits, of which every SQLSTATE has one ("FATAL" has none).
bool is_sqlstate(std::string_view text) {
  if (text.size() != 5) return false;
  bool has_digit = false;
  for (const char c : text) {
    const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!is_digit && std::isupper(static_cast<unsigned char>(c)) == 0) return false;
    has_digit = has_digit || is_digit;
  }
  return has_digit;
}

}  // namespace

Code code_of_sqlstate(std::string_view sqlstate, bool was_cancelled) {
  if (sqlstate == "57014") return was_cancelled ? Code::cancelled : Code::timeout;
  const Rule* best = nullptr;
  for (const Rule& rule : kRules) {
    if (sqlstate.substr(0, rule.prefix.size()) != rule.prefix) continue;
    if (best == nullptr || rule.prefix.size() > best->prefix.size()) best = &rule;
  }
  return best == nullptr ? Code::internal : best->code;
}

Error make_error(const std::string& sqlstate, const std::string& message, bool was_cancelled,
                 const std::string& where) {
  const std::string text = where.empty() ? message : where + ": " + message;
  return Error(code_of_sqlstate(sqlstate, was_cancelled), text, hint_for(sqlstate)).with_sqlstate(sqlstate);
}

Error error_of(const PGresult* result, const PGconn* connection, bool was_cancelled, const std::string& where) {
  const std::string prefix = where.empty() ? "" : where + ": ";
  const std::string sqlstate = result == nullptr ? "" : field(result, PG_DIAG_SQLSTATE);
  if (sqlstate.empty()) {
    const std::string text = trimmed(result == nullptr ? PQerrorMessage(connection) : PQresultErrorMessage(result));
    if (was_cancelled) return Error(Code::cancelled, prefix + "cancelled");
    const bool is_lost = PQstatus(connection) == CONNECTION_BAD;
    return Error(is_lost ? Code::unavailable : Code::internal,
                 prefix + (is_lost ? "the connection to the server was lost: " : "") + text);
  }
  std::string text = field(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  const std::string context = field(result, PG_DIAG_CONTEXT);
  if (!detail.empty()) text += " (" + detail + ")";
  if (!context.empty()) text += " [" + context + "]";
  const std::string hint = field(result, PG_DIAG_MESSAGE_HINT);
  const Error error = make_error(sqlstate, text, was_cancelled, where);
  return hint.empty() || !error.hint().empty() ? error : error.with_hint(hint);
}

Error error_of_connecting(const PGconn* connection, const std::string& server) {
  std::istringstream lines(PQerrorMessage(connection));
  std::string line, text, sqlstate;
  while (std::getline(lines, line)) {
    if (line.rfind("LOCATION:", 0) == 0) continue;
    for (size_t colon = line.find(": "); colon != std::string::npos; colon = line.find(": ", colon + 1)) {
      const size_t state = line.find_first_not_of(' ', colon + 1);
      if (state == std::string::npos || !is_sqlstate(line.substr(state, 5)) || line.substr(state + 5, 2) != ": ")
        continue;
      sqlstate = line.substr(state, 5);
      line = line.substr(state + 7);
      break;
    }
    text += (text.empty() ? "" : " ") + trimmed(line);
  }
  if (!sqlstate.empty()) return make_error(sqlstate, text, false, server);
  const bool needs_password = PQconnectionNeedsPassword(connection) != 0;
  const bool lacks_root = text.find("root certificate") != std::string::npos;
  return Error(needs_password ? Code::permission : Code::unavailable, server + ": " + text,
               lacks_root ? "a remote server's certificate is verified unless told otherwise: give sslrootcert, or "
                            "another sslmode in the url"
               : needs_password ? "the server wants a password: put it in the url, PGPASSWORD or a passfile"
                                : "is the server running and reachable?");
}

}  // namespace sluice::postgres
