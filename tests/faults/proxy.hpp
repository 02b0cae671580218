#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice::test {

/// What becomes of the connection whose COMMIT is chosen.
enum class Cut {
  before_commit,  ///< the server never sees it
  after_commit    ///< the server gets it and does it; the client never hears
};

/// A TCP proxy in front of a PostgreSQL server that counts COMMITs and cuts the connection at one of them. Threads of its
/// own until it is destroyed.
class CommitProxy {
 public:
  /// `url`: the server's, with host and port as in postgresql://user:password@host:port/database.
  explicit CommitProxy(const std::string& url);
  CommitProxy(const CommitProxy&) = delete;
  CommitProxy& operator=(const CommitProxy&) = delete;
  ~CommitProxy();

  /// The URL that leads through the proxy; without TLS, which it couldn't read.
  const std::string& url() const { return url_; }
  /// Cuts at the `number`th COMMIT from now on, once; 0: never. Starts counting anew.
  void cut_at(int number, Cut how);
  int commits() const { return commits_; }
  bool has_cut() const { return has_cut_; }

 private:
  void accept_all();
  void serve(int client);
  bool forward_requests(int client, int server);
  bool is_chosen(const std::string& message);

  std::string url_;
  std::uint16_t server_port_ = 0;
  int listener_ = -1;
  std::atomic<int> commits_{0};
  std::atomic<int> chosen_{0};
  std::atomic<Cut> how_{Cut::after_commit};
  std::atomic<bool> has_cut_{false};
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sluice::test
