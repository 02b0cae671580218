#include <gtest/gtest.h>

#include "base/escape.hpp"
#include "base/nearest.hpp"
#include "base/secret.hpp"
#include "base/sha256.hpp"
#include "base/utf8.hpp"

using namespace sluice;

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> words = {"workers", "retry", "timeout", "map"};
  EXPECT_EQ(nearest("wokers", words), "workers");
  EXPECT_EQ(nearest("Timeuot", words), "timeout");
  EXPECT_EQ(nearest("mpa", words), "map");
  EXPECT_EQ(nearest("elephant", words), "");
  EXPECT_EQ(nearest("x", words), "");
  EXPECT_EQ(nearest("", words), "");
  EXPECT_EQ(did_you_mean("rety", words), "did you mean retry?");
}

TEST(Escape, ShowsWhatWouldActOnATerminal) {
  EXPECT_EQ(escape_terminal("a\x1b[31mb\r\n\tc"), "a\\x1b[31mb\\r\\n\\tc");
  EXPECT_EQ(escape_terminal("\xc2\x9b"
                            "31m"),
            "\\x9b31m");
  EXPECT_EQ(escape_terminal("\xe2\x80\xae"
                            "txt"),
            "\\u202etxt");
  EXPECT_EQ(escape_terminal("\xff"), "\\xff");
  EXPECT_EQ(escape_terminal(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(escape_terminal("grün €"), "grün €");
  EXPECT_EQ(escape_terminal_lines("a\nb\x07"), "a\nb\\x07");
}

TEST(Escape, KeepsHtmlAndUrlsInTheirPlace) {
  EXPECT_EQ(escape_html("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
  EXPECT_EQ(escape_url("p@ss/w ö-"), "p%40ss%2Fw%20%C3%B6-");
}

TEST(Redactor, HidesSecretsAlsoInUrls) {
  Redactor redactor;
  redactor.add("p@ss");
  redactor.add("p@ssword");
  redactor.add("");
  EXPECT_EQ(redactor.redact("x p@ssword y p@ss z p%40ss"), "x *** y *** z ***");
  EXPECT_EQ(redactor.redact("nothing"), "nothing");
}

TEST(Sha256, HashesAsTheStandardSays) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(utf8_truncate("aä€", 3), "aä");
  EXPECT_EQ(utf8_truncate("aä€", 2), "a");
  EXPECT_EQ(utf8_truncate("aä€", 5), "aä");
  EXPECT_EQ(utf8_truncate("aä€", 6), "aä€");
  EXPECT_EQ(utf8_truncate("€", 0), "");
}
