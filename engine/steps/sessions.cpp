#include "steps/sessions.hpp"

namespace sluice::steps {

store::Session& Sessions::of(const std::string& store) {
  auto& session = sessions_[store];
  if (!session) session = stores_.at(store).store->open_session();
  return *session;
}

}  // namespace sluice::steps
