#include "steps/cancel.hpp"

namespace sluice::steps {

void CancelToken::cancel(Code why) {
  int expected = 0;
  why_.compare_exchange_strong(expected, static_cast<int>(why));
  std::lock_guard lock(mutex_);
  for (store::Session* session : sessions_) session->cancel();
}

void CancelToken::check() const {
  const int why = why_.load(std::memory_order_relaxed);
  if (why == 0) return;
  if (why == static_cast<int>(Code::timeout)) throw Error(Code::timeout, "the step's time is over");
  throw Error(Code::cancelled, "stopped on request");
}

CancelScope::CancelScope(CancelToken& token, store::Session& session) : token_(token), session_(session) {
  {
    std::lock_guard lock(token_.mutex_);
    token_.sessions_.insert(&session_);
  }
  token_.check();
}

CancelScope::~CancelScope() {
  std::lock_guard lock(token_.mutex_);
  token_.sessions_.erase(&session_);
}

}  // namespace sluice::steps
