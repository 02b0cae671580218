#include "options.hpp"

#include <optional>
#include <string_view>

#include "abi/plugin_sdk.hpp"
#include "arrow/text.hpp"
#include "base/error.hpp"

namespace sluice::mysql {
namespace {

[[noreturn]] void refuse_url(const std::string& why) {
  // The url itself is left out: it holds the password.
  throw Error(Code::invalid_argument, "option 'url': " + why,
              "mysql://user:password@host:port/database, special characters as %XX");
}

std::string decoded(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    const auto byte = at + 2 < text.size() ? arrow::bytes_from_hex(text.substr(at + 1, 2)) : std::nullopt;
    if (!byte) refuse_url("a % is not followed by two hex digits");
    out += *byte;
    at += 2;
  }
  if (out.find('\0') != std::string::npos) refuse_url("it holds %00");
  return out;
}

bool is_local(const std::string& host) { return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0; }

unsigned whole_number(const std::string& option, const std::string& text, int64_t most) {
  const auto value = arrow::int64_from_text(text);
  if (!value || *value < 1 || *value > most) {
    throw Error(Code::invalid_argument,
                "option '" + option + "': expected a whole number from 1 to " + std::to_string(most) + ", found " + text);
  }
  return static_cast<unsigned>(*value);
}

Tls tls_from_text(const std::string& text) {
  if (text == "verify") return Tls::verify;
  if (text == "require") return Tls::require;
  if (text == "off") return Tls::off;
  throw Error(Code::invalid_argument, "option 'tls': expected verify, require or off, found " + text);
}

}  // namespace

StoreOptions::StoreOptions(const sluice_option* options, int64_t count) {
  const auto given = sdk::read_options(options, count, {"url", "connect_timeout", "tls", "tls_ca", "zero_dates"});
  if (given.count("url") == 0) {
    throw Error(Code::invalid_argument, "option 'url' is missing", "url = \"mysql://user@host/database\"");
  }
  read_url(given.at("url"));
  for (const auto& [name, value] : given) {
    if (name != "url") read_setting(name, value);
  }
  if (!has_tls_ && socket_.empty() && !is_local(host_)) tls_ = Tls::verify;
}

void StoreOptions::read_url(const std::string& url) {
  const size_t scheme = url.find("://");
  const std::string word = scheme == std::string::npos ? "" : url.substr(0, scheme);
  if (word != "mysql" && word != "mariadb") refuse_url("it does not begin with mysql:// or mariadb://");
  std::string rest = url.substr(scheme + 3);
  if (const size_t mark = rest.find('?'); mark != std::string::npos) {
    read_query(rest.substr(mark + 1));
    rest.resize(mark);
  }
  const size_t slash = rest.find('/');
  if (slash != std::string::npos) database_ = decoded(rest.substr(slash + 1));
  if (database_.empty()) refuse_url("it names no database");
  read_authority(rest.substr(0, slash));
}

void StoreOptions::read_authority(const std::string& authority) {
  const size_t at = authority.rfind('@');
  if (at != std::string::npos) {
    const std::string login = authority.substr(0, at);
    const size_t colon = login.find(':');
    user_ = decoded(login.substr(0, colon));
    if (colon != std::string::npos) password_ = decoded(login.substr(colon + 1));
  }
  std::string place = at == std::string::npos ? authority : authority.substr(at + 1);
  const bool is_bracketed = !place.empty() && place[0] == '[';
  const size_t colon = is_bracketed ? place.find("]:") : place.rfind(':');
  if (colon != std::string::npos) {
    port_ = whole_number("url", place.substr(colon + (is_bracketed ? 2 : 1)), 65535);
    place.resize(colon + (is_bracketed ? 1 : 0));
  }
  if (is_bracketed) place = place.substr(1, place.size() - 2);
  if (!place.empty()) host_ = decoded(place);
}

void StoreOptions::read_query(const std::string& query) {
  for (size_t at = 0; at < query.size();) {
    const size_t end = std::min(query.find('&', at), query.size());
    const std::string pair = query.substr(at, end - at);
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) refuse_url("behind the ? stands something that is not NAME=VALUE");
    const std::string name = pair.substr(0, equals);
    if (name == "socket") {
      socket_ = decoded(pair.substr(equals + 1));
    } else {
      read_setting(name, decoded(pair.substr(equals + 1)));
    }
    at = end + 1;
  }
}

void StoreOptions::read_setting(const std::string& name, const std::string& value) {
  if (name == "connect_timeout") {
    connect_timeout_ = whole_number(name, value, 3600);
  } else if (name == "tls") {
    tls_ = tls_from_text(value);
    has_tls_ = true;
  } else if (name == "tls_ca") {
    tls_ca_ = value;
  } else if (name == "zero_dates") {
    zero_dates_ = ZeroDates(value);
  } else {
    refuse_url("'" + name + "' is no setting; there are socket, connect_timeout, tls, tls_ca, zero_dates");
  }
}

std::string StoreOptions::name() const {
  return (socket_.empty() ? host_ + ":" + std::to_string(port_) : socket_) + "/" + database_;
}

}  // namespace sluice::mysql
