#include "script/word_calls.hpp"

#include <utility>

#include "script/handles.hpp"
#include "script/read_nodes.hpp"
#include "script/read_value.hpp"

namespace sluice::script {
namespace {

using workflow::Node;
using workflow::NodeKind;
using workflow::Value;
using workflow::Word;

std::string label_of(const Pending& pending) { return pending.word->name + " \"" + pending.name + "\""; }

/// The only text that a word was given.
std::string read_name(Script& script, lua_State* state, const Word& word, const Place& place) {
  if (lua_gettop(state) != 1 || lua_type(state, 1) != LUA_TSTRING)
    throw unexpected(script, 1, word.name, "one text", place);
  return read_text(script, 1, word.name, place);
}

int push_node(Script& script, lua_State* state, Node node) {
  script.items().nodes.push_back({std::move(node)});
  push_handle(state, {ItemKind::node, static_cast<uint32_t>(script.items().nodes.size() - 1)});
  return 1;
}

/// A store's fields are its options; those of the plugin are checked when it is loaded.
workflow::StoreSpec read_store(Script& script, const TableView& table, const Word& word) {
  table.require_no_list("write { url = ..., schema = ... }");
  workflow::StoreSpec store;
  for (const std::string& name : table.names()) {
    const workflow::FieldSpec* field = word.find_field(name);
    table.push(name);
    store.options[name] =
        read_value(script, -1, field ? *field : *word.find_field("*"), table.label() + ": " + name, table.place(name));
    lua_pop(script.lua(), 1);
  }
  return store;
}

int complete_store(Script& script, lua_State* state, const TableView& table, const Pending& pending) {
  workflow::StoreSpec store = read_store(script, table, *pending.word);
  store.plugin = pending.name;
  store.where = pending.where;
  script.items().stores.push_back(std::move(store));
  push_handle(state, {ItemKind::store, static_cast<uint32_t>(script.items().stores.size() - 1)});
  return 1;
}

void read_stores(Script& script, const TableView& table, workflow::Workflow& workflow) {
  lua_State* state = script.lua();
  table.push("stores");
  const Place place = table.place("stores");
  if (!lua_isnil(state, -1)) {
    require_table_argument(script, state, -1, "stores", place);
    const TableView stores(script, -1, "stores", place);
    stores.require_no_list("write { old = store \"sqlite\" { ... } }");
    for (const std::string& name : stores.names()) {
      require_name(name, "stores", stores.place(name));
      stores.push(name);
      const Handle* handle = find_handle(state, -1, ItemKind::store);
      if (!handle) throw unexpected(script, -1, "stores: " + name, "store \"PLUGIN\" { ... }", stores.place(name));
      workflow::StoreSpec store = script.items().stores[handle->index];
      store.name = name;
      workflow.stores[name] = std::move(store);
      lua_pop(state, 1);
    }
  }
  lua_pop(state, 1);
}

int complete_workflow(Script& script, lua_State* state, const TableView& table, const Pending& pending) {
  table.require_known(pending.word->fields);
  if (script.items().workflow)
    throw error_at(script.sources().at(pending.where, "workflow"), "a file describes one workflow, this is the second");
  workflow::Workflow workflow;
  workflow.name = pending.name;
  table.push("title");
  if (!lua_isnil(state, -1)) workflow.title = read_text(script, -1, table.label() + ": title", table.place("title"));
  lua_pop(state, 1);
  read_stores(script, table, workflow);
  workflow.phases = take_nodes(script, table, {NodeKind::phase});
  script.items().workflow = std::move(workflow);
  push_handle(state, {ItemKind::workflow, 0});
  return 1;
}

int complete_node(Script& script, lua_State* state, const TableView& table, const Pending& pending) {
  Node node = pending.word->name == "phase" ? read_phase(script, table) : read_step(script, table);
  node.name = pending.name;
  node.where = pending.where;
  return push_node(script, state, std::move(node));
}

}  // namespace

const Word& word_of(lua_State* state) { return *static_cast<const Word*>(lua_touserdata(state, lua_upvalueindex(1))); }

Place place_of_call(Script& script, const Word& word) {
  const size_t dot = word.name.find('.');
  return script.current_place(dot == std::string::npos ? word.name : word.name.substr(dot + 1));
}

void require_table_argument(Script& script, lua_State* state, int index, const std::string& label, const Place& place) {
  if (lua_type(state, index) != LUA_TTABLE) throw unexpected(script, index, label, "a table { ... }", place);
}

int complete_pending(Script& script, lua_State* state) {
  // A copy: reading the table may make more pending words.
  const Pending pending = script.items().pendings[find_handle(state, 1)->index];
  const std::string label = label_of(pending);
  const Place place = script.sources().at(pending.where, pending.word->name);
  if (pending.word->name == "gate") {
    Node gate = read_gate(script, 2, label, place);
    gate.name = pending.name;
    gate.where = pending.where;
    return push_node(script, state, std::move(gate));
  }
  require_table_argument(script, state, 2, label, place);
  const TableView table(script, 2, label, place);
  if (pending.word->name == "store") return complete_store(script, state, table, pending);
  if (pending.word->name == "workflow") return complete_workflow(script, state, table, pending);
  return complete_node(script, state, table, pending);
}

int call_named(Script& script, lua_State* state) {
  const Word& word = word_of(state);
  const Place place = place_of_call(script, word);
  const std::string name = read_name(script, state, word, place);
  require_name(name, word.name, place);
  script.items().pendings.push_back({&word, name, place.location()});
  push_handle(state, {ItemKind::pending, static_cast<uint32_t>(script.items().pendings.size() - 1)});
  return 1;
}

int call_parallel(Script& script, lua_State* state) {
  const Place place = place_of_call(script, word_of(state));
  require_table_argument(script, state, 1, "parallel", place);
  const TableView table(script, 1, "parallel", place);
  table.require_no_fields("it has no settings, its steps have");
  Node node;
  node.kind = NodeKind::parallel;
  node.where = place.location();
  node.children = take_nodes(script, table, {NodeKind::step, NodeKind::gate});
  return push_node(script, state, std::move(node));
}

int call_action(Script& script, lua_State* state) {
  const Word& word = word_of(state);
  const Place place = place_of_call(script, word);
  require_table_argument(script, state, 1, word.name, place);
  const TableView table(script, 1, word.name, place);
  workflow::Action action{word.name, read_fields(script, table, word.fields), place.location()};
  script.items().actions.push_back(std::move(action));
  push_handle(state, {ItemKind::action, static_cast<uint32_t>(script.items().actions.size() - 1)});
  return 1;
}

int call_secret(Script& script, lua_State* state) {
  const Word& word = word_of(state);
  const Place place = place_of_call(script, word);
  const std::string name = read_name(script, state, word, place);
  const bool is_variable =
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos &&
      !name.empty();
  if (!is_variable)
    throw error_at(place, "secret: \"" + name +
                              "\" is no name of an environment variable; the value itself never stands in a workflow");
  script.items().secrets.push_back(name);
  push_handle(state, {ItemKind::secret, static_cast<uint32_t>(script.items().secrets.size() - 1)});
  return 1;
}

int call_rollback_to(Script& script, lua_State* state) {
  const Word& word = word_of(state);
  const std::string node = read_name(script, state, word, place_of_call(script, word));
  script.items().rollbacks.push_back(node);
  push_handle(state, {ItemKind::rollback, static_cast<uint32_t>(script.items().rollbacks.size() - 1)});
  return 1;
}

}  // namespace sluice::script
