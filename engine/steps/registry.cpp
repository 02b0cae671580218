#include <map>
#include <memory>

#include "steps/action.hpp"
#include "steps/copy_tables.hpp"
#include "steps/exec.hpp"
#include "steps/schema_check.hpp"
#include "steps/schema_create.hpp"
#include "steps/schema_finish.hpp"
#include "steps/sql.hpp"
#include "steps/verify_content.hpp"
#include "steps/verify_counts.hpp"

namespace sluice::steps {
namespace {

using Registry = std::map<std::string, std::unique_ptr<const Action>>;

Registry make_registry() {
  Registry registry;
  registry["schema.check"] = std::make_unique<SchemaCheck>();
  registry["schema.create"] = std::make_unique<SchemaCreate>();
  registry["schema.finish"] = std::make_unique<SchemaFinish>();
  registry["copy.tables"] = std::make_unique<CopyTables>();
  registry["verify.counts"] = std::make_unique<VerifyCounts>();
  registry["verify.content"] = std::make_unique<VerifyContent>();
  registry["sql"] = std::make_unique<Sql>();
  registry["sql.files"] = std::make_unique<Sql>();
  registry["exec"] = std::make_unique<Exec>();
  return registry;
}

}  // namespace

const Action* find_action(const std::string& word) {
  static const Registry registry = make_registry();
  auto found = registry.find(word);
  return found == registry.end() ? nullptr : found->second.get();
}

}  // namespace sluice::steps
