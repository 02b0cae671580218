#include <gtest/gtest.h>

#include <lua.hpp>

#include "script/constructors.hpp"

namespace sluice::script {
namespace {

std::string mark(const std::string& source) {
  const auto tokens = cut_lua(source);
  return mark_constructors(source, tokens, find_constructors(source, tokens), "T", 0);
}

TEST(Constructors, AreWrappedWithoutMovingLines) {
  EXPECT_EQ(mark("x = {}"), "x = T(0,{})");
  EXPECT_EQ(mark("f {}"), "f( T(0,{}))");
  EXPECT_EQ(mark("f 'a'\n{ { 1 } }"), "f 'a'(\nT(0,{ T(1,{ 1 }) }))");
  EXPECT_EQ(mark("f{}{}"), "f(T(0,{}))(T(1,{}))");
  EXPECT_EQ(mark("return {}, a[1] {}, g() {}"), "return T(0,{}), a[1]( T(1,{})), g()( T(2,{}))");
  EXPECT_EQ(mark("x = f -- {\n{}"), "x = f( -- {\nT(0,{}))");
}

TEST(Constructors, InTextsAndCommentsAreNone) {
  EXPECT_EQ(mark("x = '{' .. \"{\\\"\" .. [[{]] .. [==[ ]] { ]==] -- { \n --[[ {\n{ ]] y = 1"),
            "x = '{' .. \"{\\\"\" .. [[{]] .. [==[ ]] { ]==] -- { \n --[[ {\n{ ]] y = 1");
}

struct Counted {
  const char* source;
  size_t positional;
  size_t entries;
};

class ConstructorEntries : public testing::TestWithParam<Counted> {};

TEST_P(ConstructorEntries, AreCounted) {
  const std::string source = GetParam().source;
  const auto found = find_constructors(source, cut_lua(source));
  ASSERT_FALSE(found.all.empty());
  EXPECT_EQ(found.all[0].positional.size(), GetParam().positional) << source;
  EXPECT_EQ(found.all[0].entries.size(), GetParam().entries) << source;
}

INSTANTIATE_TEST_SUITE_P(
    All, ConstructorEntries,
    testing::Values(Counted{"x = {}", 0, 0}, Counted{"x = { 1, 2; 3, }", 3, 3},
                    Counted{"x = { a = 1, 'b', ['c'] = 2 }", 1, 3}, Counted{"x = { f(1, 2), a == b, t[1] }", 3, 3},
                    Counted{"x = { a, function(x, y) local a, b = 1, 2; if a then return a, b end end, c }", 3, 3},
                    Counted{"x = { function() repeat local a, b until a, b end, 1 }", 2, 2},
                    Counted{"x = { function() for i = 1, 2 do while x do f(a, b) end end end, k = 1 }", 1, 2},
                    Counted{"x = { { 1, 2 }, { a = 1, b = 2 } }", 2, 2},
                    Counted{"x = { [a[1]] = 1, [f { 2 }] = 3 }", 0, 2},
                    Counted{"x = { 0x1p-3, 1e+5, .5, 3 .. 4 }", 4, 4}));

TEST(Constructors, DoubledKeysAreFoundInEachTableAlone) {
  const std::string source = "x = { a = 1, b = { a = 2 }, ['a'] = 3,\n c = function() return { c = 1 } end }";
  const auto found = find_constructors(source, cut_lua(source));
  ASSERT_EQ(found.doubled.size(), 1U);
  EXPECT_EQ(found.doubled[0].key, "a");
  EXPECT_EQ(found.doubled[0].first_line, 1);
}

TEST(Constructors, MarkedSourceMeansTheSame) {
  const char* const kSource =
      "local function f(t) return function(u) return #t * 10 + #u end end\n"
      "local a = f { 1, 2 } { 1, { 2 }, { { 3 } } }\n"
      "local b = ({ 4, 5 })[2] + #{ n = 1, 7 }\n"
      "local s = ('x'):rep(#{ 1,\n 2 })\n"
      "return a .. ' ' .. b .. ' ' .. s";
  lua_State* state = luaL_newstate();
  luaL_openlibs(state);
  lua_pushcfunction(state, [](lua_State* l) -> int {
    lua_settop(l, 2);
    return 1;
  });
  lua_setglobal(state, "T");
  ASSERT_EQ(luaL_dostring(state, mark(kSource).c_str()), 0) << lua_tostring(state, -1);
  EXPECT_STREQ(lua_tostring(state, -1), "23 6 xx");
  lua_close(state);
}

}  // namespace
}  // namespace sluice::script
