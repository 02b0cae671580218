#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/error.hpp"
#include "script/load.hpp"
#include "script/read_value.hpp"
#include "script/script.hpp"
#include "script/table_view.hpp"
#include "script/transform.hpp"
#include "workflow/resolve.hpp"

namespace sluice::script {
namespace {

using workflow::GateAnswer;
using workflow::GateContext;
using workflow::Metric;
using workflow::MetricValue;

constexpr std::chrono::seconds kLongestCheck{60};
constexpr int64_t kMostInstructions = int64_t{1} << 40;  // time is the bound here

// The addresses are registry keys, of the GateCall and of push_context; the values are never read.
char call_key = 0;
char context_key = 0;

/// What one check may reach while it runs.
struct GateCall {
  const workflow::Workflow& workflow;
  const workflow::MetricScope& scope;
  const workflow::Node& gate;
  GateContext& context;
};

GateCall& current_call(lua_State* state) {
  lua_pushlightuserdata(state, &call_key);
  lua_rawget(state, LUA_REGISTRYINDEX);
  auto* call = static_cast<GateCall*>(lua_touserdata(state, -1));
  lua_pop(state, 1);
  if (!call) throw Error(Code::invalid_argument, "ctx is used after the check has returned");
  return *call;
}

std::string text_at(Script& script, int index, const std::string& label) {
  return read_text(script, index, label, script.current_place());
}

void push_text(lua_State* state, const std::string& text) { lua_pushlstring(state, text.data(), text.size()); }

/// A whole number that Lua holds exactly, or a decimal, becomes a number; everything else stays the text that the store
/// gave.
void push_scalar(lua_State* state, const std::string& text) {
  const size_t digits_from = !text.empty() && text[0] == '-' ? 1 : 0;
  const bool is_whole =
      text.size() > digits_from && text.find_first_not_of("0123456789", digits_from) == std::string::npos;
  const bool is_decimal = !is_whole && text.size() > digits_from && text[digits_from] >= '0' &&
                          text[digits_from] <= '9' &&
                          text.find_first_not_of("0123456789.eE+-", digits_from) == std::string::npos;
  char* end = nullptr;
  const double number = is_whole || is_decimal ? std::strtod(text.c_str(), &end) : 0;
  const bool is_number = end && *end == '\0' && std::isfinite(number) && (is_decimal || to_whole(number));
  if (is_number)
    lua_pushnumber(state, number);
  else
    push_text(state, text);
}

/// ctx.new:scalar "select ..."; upvalue 1 is the store's name.
int call_scalar(Script& script, lua_State* state) {
  const std::string store = lua_tostring(state, lua_upvalueindex(1));
  const bool is_method = lua_gettop(state) == 2 && lua_type(state, 1) == LUA_TTABLE;
  if (!is_method)
    throw error_at(script.current_place("scalar"),
                   "write ctx." + store + ":scalar \"select ...\", with a colon and one text");
  const std::string query = text_at(script, 2, "ctx." + store + ":scalar");
  std::optional<std::string> value;
  script.state().pause_budget();
  try {
    value = current_call(state).context.scalar(store, query);
  } catch (const Error& error) {
    script.state().resume_budget();
    throw Error(error).with_where(to_text(script.current_location())).with_prefix("ctx." + store + ":scalar: ");
  }
  script.state().resume_budget();
  if (value)
    push_scalar(state, *value);
  else
    lua_pushnil(state);
  return 1;
}

const MetricValue* find_worst(const Metric& metric, bool higher_is_worse) {
  const MetricValue* worst = metric.value ? &*metric.value : nullptr;
  for (const auto& [table, value] : metric.tables) {
    if (!value.has_data()) continue;
    const bool is_worse =
        !worst || (higher_is_worse ? value.as_double() > worst->as_double() : value.as_double() < worst->as_double());
    if (is_worse) worst = &value;
  }
  return worst;
}

/// ctx:metric("proof.missing") or, for one table, ctx:metric("proof.missing", "orders"); nil where there is no data.
int call_metric(Script& script, lua_State* state) {
  const Place place = script.current_place("metric");
  if (lua_type(state, 1) != LUA_TTABLE || lua_type(state, 2) != LUA_TSTRING)
    throw error_at(place, "write ctx:metric \"STEP.metric\", with a colon");
  const std::string name = text_at(script, 2, "ctx:metric");
  const GateCall& call = current_call(state);
  std::vector<std::string> known;
  const auto found = call.scope.at(call.gate.path)(name, known);
  if (!found) throw error_at(place, "ctx:metric: unknown metric \"" + name + "\"" + suggest(name, known));
  const auto metric = call.context.metrics().find(found->key);
  const MetricValue* value = nullptr;
  if (metric != call.context.metrics().end() && lua_gettop(state) < 3)
    value = find_worst(metric->second, found->spec->higher_is_worse);
  if (metric != call.context.metrics().end() && lua_gettop(state) >= 3) {
    const auto table = metric->second.tables.find(text_at(script, 3, "ctx:metric"));
    if (table != metric->second.tables.end()) value = &table->second;
  }
  if (value && value->has_data())
    lua_pushnumber(state, value->as_double());
  else
    lua_pushnil(state);
  return 1;
}

/// Anything else that is read from ctx.
int refuse_context_field(Script& script, lua_State* state) {
  const std::string name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : luaL_typename(state, 2);
  std::vector<std::string> known = {"metric"};
  for (const auto& [store, spec] : current_call(state).workflow.stores) known.push_back(store);
  throw error_at(script.current_place(name),
                 "ctx has no \"" + name + "\": it has metric and the workflow's stores" + suggest(name, known));
}

int refuse_store_field(Script& script, lua_State* state) {
  const std::string name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : luaL_typename(state, 2);
  throw error_at(script.current_place(name),
                 "a store has no \"" + name + "\" here; write ctx.STORE:scalar \"select ...\"");
}

void close_table(lua_State* state, lua_CFunction refuse) {
  lua_createtable(state, 0, 2);
  lua_pushcfunction(state, refuse);
  lua_setfield(state, -2, "__index");
  lua_pushboolean(state, 0);
  lua_setfield(state, -2, "__metatable");
  lua_setmetatable(state, -2);
}

/// Fills the table below the stack's top with one entry per store.
void add_stores(lua_State* state, const GateCall& call) {
  for (const auto& [name, store] : call.workflow.stores) {
    if (!call.context.has_store(name)) continue;
    lua_createtable(state, 0, 1);
    push_text(state, name);
    lua_pushcclosure(state, guarded<call_scalar>, 1);
    lua_setfield(state, -2, "scalar");
    close_table(state, guarded<refuse_store_field>);
    lua_setfield(state, -2, name.c_str());
  }
}

/// Builds ctx under a protected call, since making tables may run out of memory.
int push_context(lua_State* state) {
  const GateCall& call = *static_cast<const GateCall*>(lua_touserdata(state, 1));
  lua_newtable(state);
  add_stores(state, call);
  lua_pushcfunction(state, guarded<call_metric>);
  lua_setfield(state, -2, "metric");
  close_table(state, guarded<refuse_context_field>);
  return 1;
}

/// A slot that is there allocates nothing when it is set, so this can't fail once it was done.
void set_current_call(lua_State* state, GateCall* call) {
  lua_pushlightuserdata(state, &call_key);
  lua_pushlightuserdata(state, call);
  lua_rawset(state, LUA_REGISTRYINDEX);
}

/// Makes a call reachable from Lua for its duration.
class CurrentCall {
 public:
  CurrentCall(lua_State* state, GateCall& call) : state_(state) { set_current_call(state, &call); }
  ~CurrentCall() { set_current_call(state_, nullptr); }
  CurrentCall(const CurrentCall&) = delete;
  CurrentCall& operator=(const CurrentCall&) = delete;

 private:
  lua_State* state_;
};

ReadSource reader_of(std::map<std::string, std::string> files) {
  return [files = std::move(files)](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    return found == files.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
}

class LoadedCalls : public workflow::ScriptCalls {
 public:
  LoadedCalls(const std::map<std::string, std::string>& files, const std::string& main_file, const ParamSources& params)
      : script_(reader_of(files), params, Limits{}),
        workflow_(script_.load(main_file)),
        scope_(workflow_) {
    Limits limits;
    limits.time = kLongestCheck;
    limits.instructions = kMostInstructions;
    script_.state().set_limits(limits);
    set_current_call(script_.lua(), nullptr);
    lua_pushlightuserdata(script_.lua(), &context_key);
    lua_pushcfunction(script_.lua(), push_context);
    lua_rawset(script_.lua(), LUA_REGISTRYINDEX);
  }

  GateAnswer check_gate(const workflow::FunctionRef& function, GateContext& context) override {
    const std::string path = function.id.substr(0, function.id.find('#'));
    const workflow::Node* gate = workflow_.find(path);
    const auto reference = script_.find_function(function.id);
    if (!gate || !reference)
      throw Error(Code::internal, "gate " + path + ": the workflow has no function " + function.id);
    try {
      return run(*gate, *reference, context);
    } catch (const Error& error) {
      throw error.with_prefix("gate \"" + path + "\": ");
    }
  }

 private:
  GateAnswer run(const workflow::Node& gate, int reference, GateContext& context) {
    lua_State* state = script_.lua();
    lua_settop(state, 0);
    GateCall call{workflow_, scope_, gate, context};
    const CurrentCall current(state, call);
    lua_pushlightuserdata(state, &context_key);
    lua_rawget(state, LUA_REGISTRYINDEX);
    lua_pushlightuserdata(state, &call);
    script_.call(1, 1);
    lua_rawgeti(state, LUA_REGISTRYINDEX, reference);
    lua_insert(state, -2);
    script_.call(1, LUA_MULTRET);
    GateAnswer answer = read_answer(gate);
    lua_settop(state, 0);
    return answer;
  }

  GateAnswer read_answer(const workflow::Node& gate) {
    lua_State* state = script_.lua();
    const Place place = script_.sources().at(gate.where, "check");
    const int count = lua_gettop(state);
    if (count == 0 || lua_type(state, 1) != LUA_TBOOLEAN)
      throw unexpected(script_, 1, "check", "true or false as the first result", place);
    GateAnswer answer{lua_toboolean(state, 1) != 0, ""};
    if (count > 2)
      throw error_at(place, "check: expected true or false and a message, found " + std::to_string(count) + " results");
    const int type = count == 2 ? lua_type(state, 2) : LUA_TNIL;
    if (type == LUA_TNUMBER)
      answer.message = number_to_text(lua_tonumber(state, 2));
    else if (type != LUA_TNIL)
      answer.message = read_text(script_, 2, "check: the message", place);
    return answer;
  }

  Script script_;
  workflow::Workflow workflow_;
  workflow::MetricScope scope_;
};

/// Loads the workflow when the first table asks: most steps and most workflows have no use for it.
class LoadedTransforms : public workflow::Transforms {
 public:
  LoadedTransforms(std::map<std::string, std::string> files, std::string main_file, ParamSources params, TransformLimits limits)
      : files_(std::move(files)), main_file_(std::move(main_file)), params_(std::move(params)), limits_(limits) {}

  workflow::TableTransform* find(size_t map, const catalog::TableMapping& table) override {
    if (!table.has_transforms()) return nullptr;
    if (!script_) load();
    auto& transform = tables_[{map, table.target_table}];
    if (!transform) transform = make_table_transform(*script_, *watch_, map, table);
    return transform.get();
  }

 private:
  void load() {
    auto script = std::make_unique<Script>(reader_of(files_), params_, Limits{});
    script->load(main_file_);
    Limits limits;
    limits.time = limits_.time;
    limits.instructions = kMostInstructions;
    script->state().set_limits(limits);
    open_transforms(*script);
    script_ = std::move(script);
    watch_ = std::make_unique<TransformWatch>(limits_.time, limits_.grace, [this] { script_->state().stop_soon(); });
  }

  std::map<std::string, std::string> files_;
  std::string main_file_;
  ParamSources params_;
  TransformLimits limits_;
  std::unique_ptr<Script> script_;
  std::unique_ptr<TransformWatch> watch_;
  std::map<std::pair<size_t, std::string>, std::unique_ptr<workflow::TableTransform>> tables_;
};

class Factory : public workflow::ScriptCallsFactory {
 public:
  Factory(std::map<std::string, std::string> files, std::string main_file, ParamSources params, TransformLimits limits)
      : files_(std::move(files)), main_file_(std::move(main_file)), params_(std::move(params)), limits_(limits) {}

  std::unique_ptr<workflow::ScriptCalls> make() const override {
    return std::make_unique<LoadedCalls>(files_, main_file_, params_);
  }
  std::unique_ptr<workflow::Transforms> make_transforms() const override {
    return std::make_unique<LoadedTransforms>(files_, main_file_, params_, limits_);
  }

 private:
  std::map<std::string, std::string> files_;
  std::string main_file_;
  ParamSources params_;
  TransformLimits limits_;
};

}  // namespace

std::unique_ptr<workflow::ScriptCallsFactory> make_script_calls(std::map<std::string, std::string> files,
                                                                std::string main_file, ParamSources params, TransformLimits limits) {
  return std::make_unique<Factory>(std::move(files), std::move(main_file), std::move(params), limits);
}

}  // namespace sluice::script
