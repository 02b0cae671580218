#include "cli/signals.hpp"

#include <signal.h>

#include <ctime>

namespace sluice::cli {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

Signals::Signals(run::Controls& controls) {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A reader that goes away must not end the run.
  signal(SIGPIPE, SIG_IGN);
  thread_ = std::thread([this, &controls, set] {
    const timespec look{0, 100000000};
    while (!is_over_) {
      if (sigtimedwait(&set, nullptr, &look) > 0) controls.stop = true;
    }
  });
}

Signals::~Signals() {
  is_over_ = true;
  thread_.join();
}

}  // namespace sluice::cli
