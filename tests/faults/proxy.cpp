#include "faults/proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace sluice::test {
namespace {

sockaddr_in local_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool read_exactly(int socket, std::string& bytes, std::size_t count) {
  bytes.resize(count);
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::recv(socket, bytes.data() + done, count - done, 0);
    if (got <= 0) return false;
    done += static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int socket, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t sent = ::send(socket, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

std::size_t length_at(const std::string& bytes, std::size_t at) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(bytes[at + i]);
  return length;
}

/// One message of the client's: the first has no type.
bool read_message(int socket, bool is_first, std::string& message) {
  const std::size_t head = is_first ? 4 : 5;
  if (!read_exactly(socket, message, head)) return false;
  std::string body;
  if (!read_exactly(socket, body, length_at(message, head - 4) - 4)) return false;
  message += body;
  return true;
}

void forward_answers(int server, int client) {
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::recv(server, buffer, sizeof buffer, 0);
    if (got <= 0 || !write_all(client, std::string(buffer, static_cast<std::size_t>(got)))) break;
  }
  ::shutdown(client, SHUT_RDWR);
}

/// Messages go one by one here: each would wait for the other side's delayed acknowledgement.
void send_at_once(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// Where port and database are in a URL.
struct PortPlace {
  std::size_t begin;
  std::size_t end;
};

PortPlace find_port(const std::string& url) {
  const std::size_t colon = url.find(':', url.find('@'));
  const std::size_t slash = url.find('/', colon);
  if (colon == std::string::npos || slash == std::string::npos) throw std::runtime_error("no port in the server's URL");
  return {colon + 1, slash};
}

}  // namespace

CommitProxy::CommitProxy(const std::string& url) : url_(url) {
  const PortPlace place = find_port(url);
  server_port_ = static_cast<std::uint16_t>(std::stoi(url.substr(place.begin, place.end - place.begin)));
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = local_address(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the proxy can't listen");
  }
  url_.replace(place.begin, place.end - place.begin, std::to_string(ntohs(address.sin_port)));
  url_ += "?sslmode=disable&gssencmode=disable";
  acceptor_ = std::thread([this] { accept_all(); });
}

CommitProxy::~CommitProxy() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
}

void CommitProxy::cut_at(int number, Cut how) {
  commits_ = 0;
  has_cut_ = false;
  how_ = how;
  chosen_ = number;
}

void CommitProxy::accept_all() {
  for (;;) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    send_at_once(client);
    const std::lock_guard lock(mutex_);
    sockets_.push_back(client);
    threads_.emplace_back([this, client] { serve(client); });
  }
}

void CommitProxy::serve(int client) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  {
    const std::lock_guard lock(mutex_);
    sockets_.push_back(server);
  }
  send_at_once(server);
  const sockaddr_in address = local_address(server_port_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    std::thread answers([&] { forward_answers(server, client); });
    forward_requests(client, server);
    // The server still reads what it was sent, then sees the end.
    ::shutdown(server, SHUT_WR);
    answers.join();
  }
  ::shutdown(client, SHUT_RDWR);
}

bool CommitProxy::forward_requests(int client, int server) {
  std::string message;
  for (bool is_first = true; read_message(client, is_first, message); is_first = false) {
    if (!is_first && is_chosen(message)) {
      // The answer must not get through, so the client's side goes first.
      ::shutdown(client, SHUT_RDWR);
      return how_ == Cut::after_commit && write_all(server, message);
    }
    if (!write_all(server, message)) return false;
  }
  return true;
}

bool CommitProxy::is_chosen(const std::string& message) {
  constexpr std::size_t kHead = 5;
  if (message[0] != 'Q' || message.compare(kHead, 6, "COMMIT") != 0) return false;
  const bool is_it = ++commits_ == chosen_;
  if (is_it) has_cut_ = true;
  return is_it;
}

}  // namespace sluice::test
