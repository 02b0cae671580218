#include "script/read_nodes.hpp"

#include <algorithm>
#include <utility>

#include "base/units.hpp"
#include "script/handles.hpp"
#include "script/read_value.hpp"
#include "script/word_calls.hpp"

namespace sluice::script {
namespace {

using workflow::FieldSpec;
using workflow::FieldType;
using workflow::Node;
using workflow::NodeKind;
using workflow::Value;

constexpr int kDeepestList = 50;

std::chrono::milliseconds to_duration(const Value& value) {
  return duration_from_text(value.as_text()).value_or(std::chrono::milliseconds{0});
}

bool has_field(const TableView& table, const std::string& name) {
  return std::binary_search(table.names().begin(), table.names().end(), name);
}

class NodeTaker {
 public:
  NodeTaker(Script& script, const std::vector<NodeKind>& allowed) : script_(script), allowed_(allowed) {}

  void take_list(const TableView& table) {
    if (++depth_ > kDeepestList)
      throw error_at(table.place(), table.label() + ": lists nest too deep; does a list hold itself?");
    make_room(table.size());
    for (size_t number = 1; number <= table.size(); ++number) {
      table.push(number);
      take_entry(table, number);
      lua_pop(script_.lua(), 1);
    }
    --depth_;
  }

  std::vector<Node> taken;

 private:
  /// Nodes are large: a list of thousands is not to be moved again and again, nor are many short lists.
  void make_room(size_t more) {
    if (taken.size() + more > taken.capacity()) taken.reserve(std::max(taken.size() + more, 2 * taken.capacity()));
  }

  std::string expected() const {
    std::string list;
    for (size_t i = 0; i < allowed_.size(); ++i) {
      const bool is_last = i + 1 == allowed_.size();
      list += (i == 0    ? ""
               : is_last ? " or "
                         : ", ") +
              std::string(allowed_[i] == NodeKind::parallel ? "parallel { ... }"
                                                            : std::string(to_text(allowed_[i])) + " \"name\" { ... }");
    }
    return list;
  }

  void take_entry(const TableView& table, size_t number) {
    lua_State* state = script_.lua();
    if (lua_type(state, -1) == LUA_TTABLE) return take_nested(table);
    const Handle* handle = find_handle(state, -1);
    if (handle && handle->kind == ItemKind::nothing) return;
    if (!handle || handle->kind != ItemKind::node) throw refuse(table, number, handle);
    NodeItem& item = script_.items().nodes[handle->index];
    if (item.is_placed)
      throw error_at(table.place(number), describe_item(script_.items(), *handle) + " (" + to_text(item.node.where) +
                                              ") is placed twice; call the word again for a second one");
    if (std::find(allowed_.begin(), allowed_.end(), item.node.kind) == allowed_.end())
      throw refuse(table, number, handle);
    item.is_placed = true;
    taken.push_back(std::move(item.node));
    // What is left behind names itself in messages about a second placing.
    item.node = Node{.kind = taken.back().kind, .name = taken.back().name, .where = taken.back().where};
  }

  void take_nested(const TableView& table) {
    const TableView nested(script_, -1, table.label(), table.place());
    nested.require_no_fields("a list of nodes has no fields");
    take_list(nested);
  }

  Error refuse(const TableView& table, size_t number, const Handle* handle) const {
    const Place place = table.place(number);
    if (handle && handle->kind == ItemKind::action) {
      return error_at(place, table.label() + ": expected " + expected() + ", found the action " +
                                 describe_item(script_.items(), *handle) + "; put it into a step \"name\" { ... }");
    }
    const bool is_loose = handle && handle->kind == ItemKind::node &&
                          std::find(allowed_.begin(), allowed_.end(), NodeKind::phase) != allowed_.end();
    if (is_loose)
      return error_at(place, table.label() + ": expected phases, found " + describe_item(script_.items(), *handle) +
                                 "; put it into a phase \"name\" { ... }");
    return unexpected(script_, -1, table.label(), expected(), place);
  }

  Script& script_;
  const std::vector<NodeKind>& allowed_;
  int depth_ = 0;
};

workflow::OnFail read_on_fail(Script& script, const TableView& table) {
  lua_State* state = script.lua();
  const std::string label = table.label() + ": on_fail";
  table.push("on_fail");
  workflow::OnFail on_fail;
  if (const Handle* handle = find_handle(state, -1, ItemKind::rollback)) {
    on_fail = {workflow::OnFail::Kind::rollback_to, script.items().rollbacks[handle->index]};
  } else if (lua_type(state, -1) != LUA_TSTRING || std::string(lua_tostring(state, -1)) != "abort") {
    throw unexpected(script, -1, label, "rollback_to \"NODE\" or \"abort\"", table.place("on_fail"));
  }
  lua_pop(state, 1);
  return on_fail;
}

workflow::Action read_action(Script& script, int index, const std::string& label, const Place& place) {
  const Handle* handle = find_handle(script.lua(), index, ItemKind::action);
  if (handle) return script.items().actions[handle->index];
  const bool is_function = lua_type(script.lua(), index) == LUA_TFUNCTION;
  throw error_at(place, label + ": expected an action such as copy.tables { ... }, found " +
                            describe_value(script, index) + (is_function ? "; is its { ... } missing?" : ""));
}

workflow::Retry read_retry(const Value& value) {
  const Value::Object& fields = value.as_object();
  return {.times = static_cast<int>(fields.at("times").as_integer()),
          .wait = to_duration(fields.at("wait")),
          .cap = to_duration(fields.at("cap"))};
}

/// The fields that every node word reads as plain values; the rest is read by who knows it.
Value::Object read_plain_fields(Script& script, const TableView& table, const workflow::Word& word) {
  table.require_known(word.fields);
  Value::Object out;
  for (const FieldSpec& field : word.fields) {
    const bool is_plain = field.type == FieldType::text || field.type == FieldType::duration ||
                          field.type == FieldType::phases || field.type == FieldType::settings;
    if (!is_plain || !has_field(table, field.name)) continue;
    table.push(field.name);
    out[field.name] = read_value(script, -1, field, table.label() + ": " + field.name, table.place(field.name));
    lua_pop(script.lua(), 1);
  }
  return out;
}

Node read_common(Script& script, const TableView& table, const Value::Object& fields, NodeKind kind) {
  Node node;
  node.kind = kind;
  if (const Value* title = find_field(fields, "title")) node.title = title->as_text();
  if (const Value* note = find_field(fields, "note")) node.note = note->as_text();
  if (has_field(table, "on_fail")) node.on_fail = read_on_fail(script, table);
  return node;
}

void read_check(Script& script, const TableView& table, Node& gate) {
  lua_State* state = script.lua();
  table.push("check");
  if (lua_type(state, -1) != LUA_TFUNCTION || lua_iscfunction(state, -1) != 0) {
    throw unexpected(script, -1, table.label() + ": check", "a function", table.place("check"));
  }
  // The reference stands in until the node's path is known: see Script::name_function.
  gate.check = workflow::FunctionRef{std::to_string(luaL_ref(state, LUA_REGISTRYINDEX))};
}

}  // namespace

std::vector<Node> take_nodes(Script& script, const TableView& table, const std::vector<NodeKind>& allowed) {
  NodeTaker taker(script, allowed);
  taker.take_list(table);
  return std::move(taker.taken);
}

Node read_phase(Script& script, const TableView& table) {
  const Value::Object fields = read_plain_fields(script, table, *workflow::find_word("phase"));
  Node phase = read_common(script, table, fields, NodeKind::phase);
  phase.children = take_nodes(script, table, {NodeKind::step, NodeKind::gate, NodeKind::parallel});
  if (const Value* after = find_field(fields, "after")) {
    phase.after.emplace();
    for (const Value& name : after->as_list()) phase.after->push_back(name.as_text());
  }
  return phase;
}

Node read_step(Script& script, const TableView& table) {
  lua_State* state = script.lua();
  const Value::Object fields = read_plain_fields(script, table, *workflow::find_word("step"));
  Node step = read_common(script, table, fields, NodeKind::step);
  if (table.size() == 0)
    throw error_at(table.place(), table.label() + " has no action; write for example { copy.tables { map = m } }");
  if (table.size() > 1)
    throw error_at(table.place(2), table.label() + ": one step does one action, found " + std::to_string(table.size()) +
                                       "; write a step for each");
  table.push(size_t{1});
  step.action = read_action(script, -1, table.label(), table.place(1));
  lua_pop(state, 1);
  if (has_field(table, "undo")) {
    table.push("undo");
    step.undo = read_action(script, -1, table.label() + ": undo", table.place("undo"));
    lua_pop(state, 1);
  }
  if (const Value* retry = find_field(fields, "retry")) step.retry = read_retry(*retry);
  if (const Value* timeout = find_field(fields, "timeout")) step.timeout = to_duration(*timeout);
  return step;
}

Node read_gate(Script& script, int index, const std::string& label, const Place& place) {
  lua_State* state = script.lua();
  Node gate;
  gate.kind = NodeKind::gate;
  if (lua_type(state, index) == LUA_TSTRING) {
    gate.criterion = read_text(script, index, label, place);
    return gate;
  }
  if (lua_type(state, index) != LUA_TTABLE) throw unexpected(script, index, label, "a criterion or { ... }", place);
  const TableView table(script, index, label, place);
  gate = read_common(script, table, read_plain_fields(script, table, *workflow::find_word("gate")), NodeKind::gate);
  const bool has_check = has_field(table, "check");
  if (table.size() > 1) throw error_at(table.place(2), label + ": a gate has one criterion; join them with and");
  if (table.size() == 1 && has_check)
    throw error_at(table.place("check"), label + ": a gate has a criterion or a check, not both; write two gates");
  if (table.size() == 0 && !has_check)
    throw error_at(table.place(),
                   label + " has no criterion; write { \"proof.missing == 0\" } or { check = function(ctx) ... end }");
  if (has_check) {
    read_check(script, table, gate);
    return gate;
  }
  table.push(size_t{1});
  gate.criterion = read_text(script, -1, label, table.place(1));
  lua_pop(state, 1);
  return gate;
}

}  // namespace sluice::script
