#include "script/transform.hpp"

#include <cstddef>
#include <utility>

#include "base/error.hpp"
#include "script/embedded.hpp"
#include "script/read_transforms.hpp"
#include "script/table_view.hpp"
#include "script/transform_columns.hpp"

namespace sluice::script {
namespace {

using arrow::Kind;
using catalog::ColumnMapping;
using catalog::TableMapping;
using workflow::MadeRows;

static_assert(sizeof(InColumn) == 40 && sizeof(OutColumn) == 24 && sizeof(TransformBatch) == 120,
              "transform.lua says the same");

// The address is the registry key of what makes the loops of a table; the value is never read.
char maker_key = 0;

constexpr int kCollectorPause = 200;  // percent: a worker's garbage is bounded by what lives

int host_fail(Script& script, lua_State* state) {
  size_t size = 0;
  const char* text = lua_tolstring(state, 1, &size);
  throw error_at(script.current_place(), text ? std::string(text, size) : "the function failed");
}

int host_unknown(Script& script, lua_State* state) {
  const std::string table = lua_tostring(state, 1);
  const std::string name = lua_tostring(state, 2);
  std::vector<std::string> known;
  for (int i = 1; i <= static_cast<int>(lua_objlen(state, 3)); ++i) {
    lua_rawgeti(state, 3, i);
    known.emplace_back(lua_tostring(state, -1));
    lua_pop(state, 1);
  }
  throw error_at(script.current_place(name), table + " has no column \"" + name + "\" here" + suggest(name, known));
}

/// Compiles transform.lua and pushes what it returns. Runs protected.
int run_part(lua_State* state) {
  luaJIT_setmode(state, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_ON);
  const std::string& part = embedded_parts().at("transform");
  if (luaL_loadbufferx(state, part.data(), part.size(), "=sluice transform", "t") != 0) return lua_error(state);
  lua_pushcfunction(state, luaopen_ffi);
  lua_call(state, 0, 1);
  lua_pushcfunction(state, luaopen_bit);
  lua_call(state, 0, 1);
  lua_createtable(state, 0, 2);
  lua_pushcfunction(state, guarded<host_fail>);
  lua_setfield(state, -2, "fail");
  lua_pushcfunction(state, guarded<host_unknown>);
  lua_setfield(state, -2, "unknown");
  lua_call(state, 3, 1);
  lua_pushlightuserdata(state, &maker_key);
  lua_insert(state, -2);
  lua_rawset(state, LUA_REGISTRYINDEX);
  return 0;
}

/// The JIT is there only after its library was opened, and that turns it on.
int open_jit(lua_State* state) {
  lua_pushcfunction(state, luaopen_jit);
  lua_call(state, 0, 0);
  return 0;
}

void set_text(lua_State* state, const char* key, const std::string& text) {
  lua_pushlstring(state, text.data(), text.size());
  lua_setfield(state, -2, key);
}

void set_number(lua_State* state, const char* key, int64_t number) {
  lua_pushnumber(state, static_cast<lua_Number>(number));
  lua_setfield(state, -2, key);
}

std::string kind_of(const arrow::Type& type) {
  return type.kind == Kind::decimal ? "decimal" : arrow::to_text(arrow::Type{type.kind});
}

class ScriptTransform : public workflow::TableTransform {
 public:
  ScriptTransform(Script& script, TransformWatch& watch, size_t map, const TableMapping& table)
      : script_(script),
        watch_(watch),
        map_(map),
        table_(table),
        before_(table.before_transforms()),
        memory_(before_.columns.size(), which_made(table), static_cast<bool>(table.row)) {
    for (const ColumnMapping& column : before_.columns)
      fields_.push_back({.name = column.source, .type = column.compare});
    lua_pushcfunction(lua(), build);
    lua_pushlightuserdata(lua(), this);
    script_.call(1, 0);
  }

  ~ScriptTransform() override {
    for (const int loop : columns_) luaL_unref(lua(), LUA_REGISTRYINDEX, loop);
    luaL_unref(lua(), LUA_REGISTRYINDEX, filter_);
    luaL_unref(lua(), LUA_REGISTRYINDEX, row_);
  }

  void begin(const ArrowArray& batch, workflow::OnFault on_fault) override {
    on_fault_ = std::move(on_fault);
    memory_.begin(fields_, batch);
    rejected_ = 0;
    if (table_.filter) run_filter();
    filtered_ = batch.length - static_cast<int64_t>(memory_.selected().size()) - rejected_;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i] != LUA_NOREF) run_column(static_cast<int>(i));
    }
    at_ = 0;
    is_over_ = false;
  }

  bool next(MadeRows& out) override {
    if (is_over_) return false;
    out = {};
    out.filtered = std::exchange(filtered_, 0);
    if (table_.row) {
      run_rows();
      out.filtered += std::exchange(memory_.raw().dropped, 0);
      out.count = memory_.raw().out;
      out.origin = memory_.raw().origin;
    } else {
      at_ = memory_.selected().size();
      out.count = static_cast<int64_t>(memory_.selected().size());
      out.origin = memory_.selected().data();
    }
    out.by_origin = memory_.made_columns();
    out.by_row = memory_.set_columns();
    out.bytes = memory_.raw().bytes;
    is_over_ = at_ >= memory_.selected().size();
    return true;
  }

 private:
  lua_State* lua() const { return script_.lua(); }

  static std::vector<bool> which_made(const TableMapping& table) {
    std::vector<bool> made;
    for (const ColumnMapping& column : table.columns) made.push_back(static_cast<bool>(column.transform));
    return made;
  }

  /// Runs protected, since making tables may run out of memory: asks for the loops and keeps them.
  static int build(lua_State* state) {
    auto& self = *static_cast<ScriptTransform*>(lua_touserdata(state, 1));
    lua_pushlightuserdata(state, &maker_key);
    lua_rawget(state, LUA_REGISTRYINDEX);
    self.push_spec(state);
    lua_call(state, 1, 1);
    lua_getfield(state, -1, "filter");
    self.filter_ = luaL_ref(state, LUA_REGISTRYINDEX);
    lua_getfield(state, -1, "row");
    self.row_ = luaL_ref(state, LUA_REGISTRYINDEX);
    lua_getfield(state, -1, "columns");
    for (size_t i = 0; i < self.table_.columns.size(); ++i) {
      lua_rawgeti(state, -1, static_cast<int>(i) + 1);
      const bool has_loop = !lua_isnil(state, -1);
      self.columns_.push_back(has_loop ? luaL_ref(state, LUA_REGISTRYINDEX) : LUA_NOREF);
      if (!has_loop) lua_pop(state, 1);
    }
    return 0;
  }

  void set_value(lua_State* state, const char* key, const catalog::TransformRef& ref) const {
    if (!ref) return;
    const auto reference = script_.find_function(transform_key(map_, ref.id));
    if (reference) {
      lua_rawgeti(state, LUA_REGISTRYINDEX, *reference);
    } else {
      luaL_error(state, "the workflow has no %s", ref.id.c_str());
    }
    lua_setfield(state, -2, key);
  }

  void push_spec(lua_State* state) {
    lua_newtable(state);
    set_text(state, "table", table_.source_table);
    lua_pushlightuserdata(state, &memory_.raw());
    lua_setfield(state, -2, "batch");
    set_value(state, "filter", table_.filter);
    set_value(state, "row", table_.row);
    lua_newtable(state);
    for (size_t i = 0; i < before_.columns.size(); ++i) push_input(state, i);
    lua_setfield(state, -2, "inputs");
    lua_newtable(state);
    for (size_t i = 0; i < table_.columns.size(); ++i) push_output(state, i);
    lua_setfield(state, -2, "outputs");
  }

  void push_input(lua_State* state, size_t index) const {
    const ColumnMapping& column = before_.columns[index];
    lua_newtable(state);
    set_text(state, "name", column.source);
    set_text(state, "kind", kind_of(column.compare));
    set_number(state, "precision", column.compare.precision);
    set_number(state, "scale", column.compare.scale);
    lua_rawseti(state, -2, static_cast<int>(index) + 1);
  }

  void push_output(lua_State* state, size_t index) const {
    const ColumnMapping& column = table_.columns[index];
    lua_newtable(state);
    set_text(state, "name", column.source.empty() ? column.target : column.source);
    for (size_t i = 0; i < before_.columns.size() && !column.source.empty(); ++i) {
      if (before_.columns[i].source == column.source) set_number(state, "input", static_cast<int64_t>(i) + 1);
    }
    set_value(state, "value", column.transform);
    lua_rawseti(state, -2, static_cast<int>(index) + 1);
  }

  /// Runs a loop over selected[from, ...); answers where it stopped. Throws what the function under it did.
  size_t run_loop(int loop, size_t from, const catalog::TransformRef& ref) {
    lua_State* state = lua();
    memory_.raw().at = static_cast<int32_t>(from);
    lua_rawgeti(state, LUA_REGISTRYINDEX, loop);
    lua_pushnumber(state, static_cast<lua_Number>(from));
    lua_pushnumber(state, static_cast<lua_Number>(memory_.selected().size()));
    const Watched watched(*this, table_.source_table + ", " + ref.id + " (" + ref.where + ")");
    script_.call(2, 1);
    const auto stopped = static_cast<size_t>(lua_tonumber(state, -1));
    lua_settop(state, 0);
    return stopped;
  }

  /// While it lives a function runs; afterwards rows that it kept can't be read any more.
  class Watched {
   public:
    Watched(ScriptTransform& self, const std::string& what) : self_(self) { self_.watch_.start(what); }
    ~Watched() {
      self_.watch_.end();
      self_.script_.state().go_on();
      self_.memory_.raw().row = -1;
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

   private:
    ScriptTransform& self_;
  };

  /// Throws, or counts the row where the loop is as rejected.
  void report(const Error& error, int column) {
    const int64_t row = memory_.selected()[static_cast<size_t>(memory_.raw().at)];
    // Each further row would take as long again: that is no fault of one row.
    if (!script_.state().overrun().empty() || script_.state().is_out_of_memory()) {
      on_fault_({row, column, Error(Code::data, error.message(), error.hint(), error.where()).with_sqlstate("SL007")});
    }
    on_fault_({row, column, Error(Code::data, error.message(), error.hint(), error.where())});
    ++rejected_;
  }

  void run_filter() {
    for (size_t from = 0; from < memory_.selected().size();) {
      try {
        from = run_loop(filter_, from, table_.filter);
      } catch (const Error& error) {
        report(error, -1);
        from = static_cast<size_t>(memory_.raw().at) + 1;
      }
    }
    memory_.selected().resize(static_cast<size_t>(memory_.raw().kept));
  }

  void run_column(int column) {
    for (size_t from = 0; from < memory_.selected().size();) {
      try {
        from = run_loop(columns_[static_cast<size_t>(column)], from,
                        table_.columns[static_cast<size_t>(column)].transform);
      } catch (const Error& error) {
        report(error, column);
        from = static_cast<size_t>(memory_.raw().at);
        memory_.selected().erase(memory_.selected().begin() + static_cast<std::ptrdiff_t>(from));
      }
    }
  }

  void run_rows() {
    memory_.begin_rows();
    while (at_ < memory_.selected().size()) {
      try {
        at_ = run_loop(row_, at_, table_.row);
        return;
      } catch (const Error& error) {
        report(error, -1);
        memory_.forget_row();
        at_ = static_cast<size_t>(memory_.raw().at) + 1;
      }
    }
  }

  Script& script_;
  TransformWatch& watch_;
  size_t map_;
  TableMapping table_;
  TableMapping before_;
  std::vector<arrow::Field> fields_;
  BatchMemory memory_;
  workflow::OnFault on_fault_;
  std::vector<int> columns_;  ///< registry references of the loops, by column of the target
  int filter_ = LUA_NOREF;
  int row_ = LUA_NOREF;
  size_t at_ = 0;
  int64_t filtered_ = 0;
  int64_t rejected_ = 0;
  bool is_over_ = true;
};

}  // namespace

void open_transforms(Script& script) {
  script.forget_constructors();
  lua_pushcfunction(script.lua(), open_jit);
  script.call(0, 0);
  lua_gc(script.lua(), LUA_GCSETPAUSE, kCollectorPause);
  lua_pushcfunction(script.lua(), run_part);
  script.call(0, 0);
}

std::unique_ptr<workflow::TableTransform> make_table_transform(Script& script, TransformWatch& watch, size_t map,
                                                               const catalog::TableMapping& table) {
  return std::make_unique<ScriptTransform>(script, watch, map, table);
}

}  // namespace sluice::script
