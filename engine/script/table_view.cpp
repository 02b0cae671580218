#include "script/table_view.hpp"

#include <algorithm>
#include <utility>

#include "base/nearest.hpp"
#include "base/utf8.hpp"
#include "script/handles.hpp"

namespace sluice::script {
namespace {

// The address is the registry key of the weak table from tables to constructors; the value is never read.
char constructors_key = 0;

constexpr size_t kMostListed = 20;

void push_constructors(lua_State* state) {
  lua_pushlightuserdata(state, &constructors_key);
  lua_rawget(state, LUA_REGISTRYINDEX);
}

}  // namespace

void register_constructors(Script& script) {
  lua_State* state = script.lua();
  lua_pushlightuserdata(state, &constructors_key);
  lua_newtable(state);
  lua_createtable(state, 0, 1);
  lua_pushliteral(state, "k");
  lua_setfield(state, -2, "__mode");
  lua_setmetatable(state, -2);
  lua_rawset(state, LUA_REGISTRYINDEX);
}

int remember_constructor(Script&, lua_State* state) {
  lua_settop(state, 2);
  if (lua_type(state, 2) != LUA_TTABLE) return 1;
  push_constructors(state);
  lua_pushvalue(state, 2);
  lua_pushvalue(state, 1);
  lua_rawset(state, -3);
  lua_pop(state, 1);
  return 1;
}

std::string suggest(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return "; did you mean " + near + "?";
  if (known.empty() || known.size() > kMostListed) return "";
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  return "; known: " + list;
}

TableView::TableView(Script& script, int index, std::string label, const Place& fallback)
    : script_(script),
      state_(script.lua()),
      index_(index < 0 ? lua_gettop(script.lua()) + index + 1 : index),
      label_(std::move(label)),
      fallback_(fallback) {
  luaL_checkstack(state_, 8, "tables nest too deep");
  push_constructors(state_);
  lua_pushvalue(state_, index_);
  lua_rawget(state_, -2);
  if (lua_isnumber(state_, -1) != 0) {
    written_ = script.sources().find_constructor(static_cast<size_t>(lua_tonumber(state_, -1)), &file_);
  }
  lua_pop(state_, 2);
  read_keys();
}

void TableView::read_keys() {
  size_t count = 0, largest = 0;
  lua_pushnil(state_);
  while (lua_next(state_, index_) != 0) {
    lua_pop(state_, 1);
    note_key(count, largest);
  }
  std::sort(names_.begin(), names_.end());
  refuse_holes(count, largest);
  size_ = count;
}

void TableView::note_key(size_t& count, size_t& largest) {
  if (lua_type(state_, -1) == LUA_TSTRING) {
    size_t size = 0;
    const char* text = lua_tolstring(state_, -1, &size);
    names_.emplace_back(text, size);
    const bool is_text = utf8_valid_prefix(names_.back()) == size && names_.back().find('\0') == std::string::npos;
    if (!is_text) throw error_at(place(), label_ + ": the key \"" + names_.back() + "\" is not valid UTF-8");
    return;
  }
  const double number = lua_type(state_, -1) == LUA_TNUMBER ? lua_tonumber(state_, -1) : 0;
  if (number < 1 || number > 1e9 || number != static_cast<double>(static_cast<size_t>(number))) {
    throw error_at(
        place(), label_ + ": a key is " + describe_value(script_, -1) + "; keys are names, lists are numbered from 1");
  }
  ++count;
  largest = std::max(largest, static_cast<size_t>(number));
}

/// Lua drops a nil: one in the middle leaves a gap, one at the end only shows in what was written.
void TableView::refuse_holes(size_t count, size_t largest) const {
  const size_t written = written_ ? written_->positional.size() - (written_->is_open_ended ? 1 : 0) : 0;
  if (count == largest && count >= written) return;
  const size_t hole = find_hole();
  throw error_at(place(hole), label_ + ": entry " + std::to_string(hole) +
                                  " of the list is nil, and Lua would drop it without a word; "
                                  "leave it out, or write when(condition, node) for an optional node");
}

size_t TableView::find_hole() const {
  for (size_t number = 1;; ++number) {
    lua_rawgeti(state_, index_, static_cast<int>(number));
    const bool is_hole = lua_isnil(state_, -1);
    lua_pop(state_, 1);
    if (is_hole) return number;
  }
}

void TableView::push(size_t number) const { lua_rawgeti(state_, index_, static_cast<int>(number)); }

void TableView::push(const std::string& name) const {
  lua_pushlstring(state_, name.data(), name.size());
  lua_rawget(state_, index_);
}

Place TableView::place() const { return written_ ? script_.sources().at(*file_, written_->open) : fallback_; }

Place TableView::place(size_t number) const {
  const WrittenEntry* entry = written_ ? written_->find_positional(number) : nullptr;
  return entry ? script_.sources().at(*file_, entry->place) : fallback_;
}

Place TableView::place(const std::string& name) const {
  const WrittenEntry* entry = written_ ? written_->find_key(name) : nullptr;
  return entry ? script_.sources().at(*file_, entry->place) : fallback_;
}

void TableView::require_known(const std::vector<workflow::FieldSpec>& fields) const {
  std::vector<std::string> known;
  for (const workflow::FieldSpec& field : fields) {
    if (field.name == "*") return;
    if (!field.name.empty()) known.push_back(field.name);
  }
  for (const std::string& name : names_) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw error_at(place(name), label_ + " has no field \"" + name + "\"" + suggest(name, known));
  }
}

void TableView::require_no_list(const std::string& remedy) const {
  if (size_ > 0) throw error_at(place(1), label_ + " takes named fields only, found a list; " + remedy);
}

void TableView::require_no_fields(const std::string& remedy) const {
  if (!names_.empty())
    throw error_at(place(names_.front()),
                   label_ + " takes a list only, found the field \"" + names_.front() + "\"; " + remedy);
}

}  // namespace sluice::script
