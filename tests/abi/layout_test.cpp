#include <gtest/gtest.h>

#include <lua.hpp>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "layout.h"

namespace {

std::vector<layout_line> lines_of(const layout_line* (*layout)(size_t*)) {
  size_t count = 0;
  const layout_line* first = layout(&count);
  return {first, first + count};
}

std::string declarations() {
  const std::string folder = std::string(SLUICE_SOURCE_DIR) + "/engine/abi/";
  return sluice::read_file(folder + "arrow_abi_decl.h") + sluice::read_file(folder + "plugin_abi_decl.h");
}

void push_names(lua_State* lua, const std::vector<layout_line>& lines) {
  lua_newtable(lua);
  for (size_t i = 0; i < lines.size(); ++i) {
    lua_newtable(lua);
    lua_pushlstring(lua, &lines[i].kind, 1);
    lua_setfield(lua, -2, "kind");
    lua_pushstring(lua, lines[i].type);
    lua_setfield(lua, -2, "type");
    lua_pushstring(lua, lines[i].name);
    lua_setfield(lua, -2, "name");
    lua_rawseti(lua, -2, static_cast<int>(i + 1));
  }
}

/// The numbers that LuaJIT has for these lines, from the declarations' own text.
std::vector<int64_t> numbers_in_lua(const std::vector<layout_line>& lines) {
  const std::unique_ptr<lua_State, void (*)(lua_State*)> lua(luaL_newstate(), lua_close);
  luaL_openlibs(lua.get());
  const std::string script = std::string(SLUICE_SOURCE_DIR) + "/tests/abi/layout.lua";
  if (luaL_loadfile(lua.get(), script.c_str()) != 0) throw std::runtime_error(lua_tostring(lua.get(), -1));
  lua_pushstring(lua.get(), declarations().c_str());
  push_names(lua.get(), lines);
  if (lua_pcall(lua.get(), 2, 1, 0) != 0) throw std::runtime_error(lua_tostring(lua.get(), -1));
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < lines.size(); ++i) {
    lua_rawgeti(lua.get(), -1, static_cast<int>(i + 1));
    numbers.push_back(static_cast<int64_t>(lua_tonumber(lua.get(), -1)));
    lua_pop(lua.get(), 1);
  }
  return numbers;
}

std::string label(const layout_line& line) { return std::string(line.type) + " " + line.name; }

}  // namespace

TEST(AbiLayout, IsTheSameInCAndCpp) {
  const std::vector<layout_line> in_c = lines_of(layout_in_c);
  const std::vector<layout_line> in_cpp = lines_of(layout_in_cpp);
  ASSERT_EQ(in_c.size(), in_cpp.size());
  for (size_t i = 0; i < in_c.size(); ++i) {
    EXPECT_EQ(label(in_c[i]), label(in_cpp[i]));
    EXPECT_EQ(in_c[i].value, in_cpp[i].value) << label(in_c[i]);
    EXPECT_EQ(in_c[i].size, in_cpp[i].size) << label(in_c[i]);
  }
}

TEST(AbiLayout, IsTheSameInCAndLuaJit) {
  const std::vector<layout_line> in_c = lines_of(layout_in_c);
  const std::vector<int64_t> in_lua = numbers_in_lua(in_c);
  for (size_t i = 0; i < in_c.size(); ++i) EXPECT_EQ(in_c[i].value, in_lua[i]) << label(in_c[i]);
}

TEST(AbiLayout, LeavesNoGapBetweenFieldsNorAtTheEnd) {
  int64_t end = 0, whole = 0;
  std::string type;
  for (const layout_line& line : lines_of(layout_in_c)) {
    if (line.kind != 'f') {
      EXPECT_EQ(end, whole) << type << " has a field that the list forgets, or hidden padding at its end";
      end = 0;
      whole = line.kind == 's' ? line.value : 0;
      type = line.type;
      continue;
    }
    EXPECT_EQ(line.value, end) << label(line) << ": the list forgets a field before it, or there is hidden padding";
    end = line.value + line.size;
  }
}

TEST(AbiLayout, ListsEveryStructAndConstantOfTheDeclarations) {
  std::set<std::string> listed;
  for (const layout_line& line : lines_of(layout_in_c)) listed.insert(line.kind == 'c' ? line.name : line.type);
  const std::string text = std::regex_replace(declarations(), std::regex(R"(/\*([^*]|\*[^/])*\*/)"), "");
  const std::regex wanted(R"(\b(SLUICE_\w+) = |\} (\w+);|^(struct Arrow\w+) \{)",
                          std::regex::ECMAScript | std::regex::multiline);
  int found = 0;
  for (std::sregex_iterator match(text.begin(), text.end(), wanted), end; match != end; ++match) {
    for (size_t group = 1; group <= 3; ++group) {
      if (!(*match)[group].matched) continue;
      ++found;
      EXPECT_TRUE(listed.count((*match)[group]) == 1) << (*match)[group] << " is missing in layout_list.h";
    }
  }
  EXPECT_EQ(found, static_cast<int>(listed.size()));
}

TEST(AbiLayout, BeginsGrowingStructsWithTheirSize) {
  for (const layout_line& line : lines_of(layout_in_c)) {
    if (line.kind != 'f' || std::string(line.name) != "struct_size") continue;
    EXPECT_EQ(line.value, 0) << line.type;
    EXPECT_EQ(line.size, 4) << line.type;
  }
}
