#include "errors.hpp"

#include <algorithm>

namespace sluice::mysql {
namespace {

struct Rule {
  unsigned number;
  Code code;
};

/// Numbers as the servers' manuals list them; 2xxx are the client library's.
constexpr Rule kRules[] = {
    {1005, Code::constraint},      // cannot create the table (foreign key)
    {1021, Code::constraint},      // disk full
    {1040, Code::unavailable},     // too many connections
    {1041, Code::constraint},      // out of memory
    {1044, Code::permission},      // no access to the database
    {1045, Code::permission},      // wrong user or password
    {1046, Code::invalid_argument},
    {1048, Code::constraint},      // NULL in a column that is NOT NULL
    {1049, Code::not_found},       // no such database
    {1050, Code::already_exists},  // table
    {1051, Code::not_found},
    {1053, Code::unavailable},     // shutting down
    {1054, Code::not_found},       // column
    {1060, Code::already_exists},
    {1061, Code::already_exists},
    {1062, Code::constraint},      // doubled key
    {1064, Code::invalid_argument},
    {1071, Code::unsupported},     // key too long
    {1079, Code::unavailable},
    {1114, Code::constraint},      // table full
    {1118, Code::unsupported},     // row too long
    {1142, Code::permission},
    {1143, Code::permission},
    {1146, Code::not_found},       // table
    {1153, Code::data},            // packet too large
    {1158, Code::unavailable},
    {1159, Code::unavailable},
    {1160, Code::unavailable},
    {1161, Code::unavailable},
    {1205, Code::conflict},        // lock wait timeout
    {1213, Code::conflict},        // deadlock
    {1215, Code::constraint},
    {1216, Code::constraint},
    {1217, Code::constraint},
    {1227, Code::permission},
    {1264, Code::data},
    {1265, Code::data},
    {1290, Code::permission},      // read-only
    {1292, Code::data},
    {1317, Code::cancelled},       // query was interrupted
    {1364, Code::constraint},
    {1366, Code::data},
    {1406, Code::data},            // too long
    {1412, Code::conflict},        // the table's definition has changed
    {1451, Code::constraint},
    {1452, Code::constraint},
    {1644, Code::constraint},      // SIGNAL, of a trigger
    {1690, Code::data},
    {1698, Code::permission},
    {1969, Code::timeout},
    {2002, Code::unavailable},
    {2003, Code::unavailable},
    {2005, Code::unavailable},
    {2006, Code::unavailable},
    {2013, Code::unavailable},
    {2026, Code::permission},      // TLS
    {3024, Code::timeout},
    {3819, Code::constraint},      // CHECK
    {4025, Code::constraint},      // CHECK, MariaDB
};

std::string hint_for(unsigned number) {
  switch (number) {
    case 1045:
    case 1698: return "check user and password of the store's url";
    case 2026: return "the server's certificate could not be checked: see the options tls and tls_ca";
    case 1040: return "raise max_connections or use fewer workers";
    case 1153: return "raise max_allowed_packet on the server";
    case 1412: return "a table was altered while it was being read: begin again when nobody alters it";
    default: return "";
  }
}

}  // namespace

Code code_of(unsigned number) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules), [&](const Rule& rule) { return rule.number == number; });
  if (found != std::end(kRules)) return found->code;
  return number >= 2000 && number < 3000 ? Code::unavailable : Code::invalid_argument;
}

bool is_lost(unsigned number) {
  return number == 2006 || number == 2013 || number == 1053 || number == 1079 || number == 2055 || number == 1927;
}

Error error_of(unsigned number, const char* sqlstate, const char* message, const std::string& where, bool was_cancelled) {
  const Code code = was_cancelled && (number == 1317 || is_lost(number)) ? Code::cancelled : code_of(number);
  const std::string text = (where.empty() ? "" : where + ": ") + message;
  // The server has no state of its own for want of room.
  const bool has_no_room = number == 1021 || number == 1041 || number == 1114;
  return Error(code, text, hint_for(number)).with_sqlstate(has_no_room ? "53100" : sqlstate).with_native_code(static_cast<int>(number));
}

}  // namespace sluice::mysql
