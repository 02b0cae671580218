#include "identity.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "home.hpp"

namespace sluice::postgres {
namespace {

/// Where the system identifier may not be read: the address, which names the cluster less surely.
std::string cluster_id(Session& session) {
  try {
    return session.control()
        .ask("SELECT system_identifier FROM pg_catalog.pg_control_system()", {}, "identity")
        .text(0, 0);
  } catch (const Error& error) {
    if (error.code() != Code::permission) throw;
  }
  const Rows address = session.control().ask(
      "SELECT coalesce(host(inet_server_addr()), current_setting('unix_socket_directories')), current_setting('port')",
      {}, "identity");
  return address.text(0, 0) + ":" + address.text(0, 1);
}

}  // namespace

std::string read_identity(Session& session) {
  const Rows rows = session.control().ask(
      "SELECT d.oid, current_setting('server_version'), current_database(), "
      "coalesce(host(inet_server_addr()), 'local'), current_setting('port') "
      "FROM pg_catalog.pg_database d WHERE d.datname = current_database()",
      {}, "identity");
  return nlohmann::json{{"id", "postgresql:" + cluster_id(session) + ":" + rows.text(0, 0)},
                        {"version", rows.text(0, 1)},
                        {"name", rows.text(0, 3) + ":" + rows.text(0, 4) + "/" + rows.text(0, 2)},
                        {"pin", read_pin(session)}}
      .dump();
}

}  // namespace sluice::postgres
