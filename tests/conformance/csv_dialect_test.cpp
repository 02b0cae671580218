#include "csv_store.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;
using namespace std::string_literals;

struct Spelling {
  std::string name;
  store::Options options;
  std::string bytes;
  Rows rows;
  std::string file = "t.csv";
};

void PrintTo(const Spelling& value, std::ostream* out) { *out << value.name; }

class CsvDialect : public testing::TestWithParam<Spelling> {};

TEST_P(CsvDialect, IsRead) {
  EXPECT_EQ(rows_of_bytes(GetParam().bytes, GetParam().options, GetParam().file), GetParam().rows);
}

const std::vector<Spelling> kSpellings = {
    {"Plain", {}, "a,b\n1,2\n3,4\n", {{"1", "2"}, {"3", "4"}}},
    {"WithoutLastLineBreak", {}, "a,b\n1,2\n3,", {{"1", "2"}, {"3", "<NULL>"}}},
    {"CarriageReturnLineFeed", {}, "a,b\r\n1,2\r\n\"3\",\"4\"\r\n", {{"1", "2"}, {"3", "4"}}},
    {"CarriageReturn", {}, "a,b\r1,2\r3,4", {{"1", "2"}, {"3", "4"}}},
    {"EmbeddedBreaks", {}, "a,b\n\"x\ny\",\"p\r\nq\"\n\"u\rv\",w\n", {{"x\ny", "p\r\nq"}, {"u\rv", "w"}}},
    {"DoubledQuotes", {}, "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", {{"say \"hi\"", "\""}}},
    {"DelimiterInQuotes", {}, "a,b\n\"1,5\",\"x,\"\n", {{"1,5", "x,"}}},
    {"NullAndEmpty", {}, "a,b\n,\"\"\n\"\",\n", {{"<NULL>", ""}, {"", "<NULL>"}}},
    {"NullText", {{"null", "NA"}}, "a,b\nNA,\"NA\"\n,x\n", {{"<NULL>", "NA"}, {"", "x"}}},
    {"NullOfMysql", {{"null", "\\N"}, {"escape", "backslash"}}, "a,b\n\\N,x\\,y\n", {{"<NULL>", "x,y"}}},
    {"Backslashes", {{"escape", "\\"}}, "a,b\n\"a\\\"b\",\"c\\\\\"\n\"x\\\ny\",z\n", {{"a\"b", "c\\"}, {"x\ny", "z"}}},
    {"TabByName", {}, "a\tb\n1,5\t2\n", {{"1,5", "2"}}, "t.tsv"},
    {"Semicolon", {{"delimiter", ";"}}, "a;b\n1,5;2\n", {{"1,5", "2"}}},
    {"Pipe", {{"delimiter", "pipe"}}, "a|b\n1|\"|\"\n", {{"1", "|"}}},
    {"NoQuotes", {{"quote", "none"}}, "a,b\n\"x,5\" tall\n", {{"\"x", "5\" tall"}}},
    {"SingleQuotes", {{"quote", "'"}}, "a,b\n'it''s',\"\n", {{"it's", "\""}}},
    {"NoHeader", {{"header", "no"}}, "1,2\n3,4\n", {{"1", "2"}, {"3", "4"}}},
    {"Comments", {{"comment", "#"}}, "# made by hand\na,b\n#1,\"2\n1,2\n\"#3\",4\n#", {{"1", "2"}, {"#3", "4"}}},
    {"BlankLines", {}, "\na,b\n\n1,2\n\r\n", {{"1", "2"}}},
    {"OneColumn", {}, "a\nx\n\n\"\"\n", {{"x"}, {"<NULL>"}, {""}}},
    {"SpacesAreKept", {}, "a,b\n x , \n", {{" x ", " "}}},
    {"Formulas", {}, "a,b\n=1+1,@x\n-2+3,+4\n", {{"=1+1", "@x"}, {"-2+3", "+4"}}},
    {"ByteOrderMark",
     {},
     "\xEF\xBB\xBF"
     "a,b\n\"1\",2\n",
     {{"1", "2"}}},
    {"Utf8", {}, "a,b\nž,\"\xF0\x9F\x98\x80\"\n", {{"ž", "\xF0\x9F\x98\x80"}}},
    {"Latin1", {{"encoding", "latin1"}}, "a,b\ncaf\xE9,\xA4\n", {{"café", "¤"}}},
    {"Windows1252", {{"encoding", "windows-1252"}}, "a,b\n\x80,\x9Ere\n", {{"€", "žre"}}},
    {"Utf16ByMark",
     {},
     "\xFF\xFE"
     "a\0,\0b\0\n\0\xE9\0,\0\x3D\xD8\x00\xDE\n\0"s,
     {{"é", "\xF0\x9F\x98\x80"}}},
    {"Utf16Big",
     {{"encoding", "utf-16"}},
     "\xFE\xFF"
     "\0a\0,\0b\0\n\0\xE9\0,\0"
     "2\0\n"s,
     {{"é", "2"}}},
    {"Utf16WithoutMark",
     {{"encoding", "utf-16"}},
     "a\0,\0b\0\n\0"
     "1\0,\0"
     "2\0\n\0"s,
     {{"1", "2"}}},
};

INSTANTIATE_TEST_SUITE_P(Spellings, CsvDialect, testing::ValuesIn(kSpellings),
                         [](const auto& info) { return info.param.name; });

struct Mistake {
  std::string name;
  store::Options options;
  std::string bytes;
  std::string message;
};

void PrintTo(const Mistake& value, std::ostream* out) { *out << value.name; }

class CsvMistake : public testing::TestWithParam<Mistake> {};

TEST_P(CsvMistake, IsNamedWithItsPlace) {
  const Error error = error_of([&] { rows_of_bytes(GetParam().bytes, GetParam().options); });
  EXPECT_EQ(error.code(), Code::data);
  EXPECT_THAT(error.what(), HasSubstr("/t.csv, " + GetParam().message));
}

const std::vector<Mistake> kMistakes = {
    {"RowTooShort",
     {},
     "a,b,c\n1,2,3\n4,5\n",
     "line 3, byte 12: expected 3 cells, found 2; the first one missing is of column c"},
    {"RowTooLong", {}, "a,b\n\"1\n\",2,3\n", "line 2, byte 4: expected 2 cells, found 3"},
    {"NulInCell", {}, "a,b\r\n1,x\0y\r\n"s, "line 2, byte 8: column b holds a NUL byte"},
    {"NulInQuotes", {}, "a,b\n1,\"x\n\0\"\n"s, "line 3, byte 9: column b holds a NUL byte"},
    {"QuoteWithoutEnd", {}, "a,b\n1,\"x\n2,3\n", "line 2, byte 6: column b begins with a quote that does not end"},
    {"QuoteInCell", {}, "a,b\n1,x\"y\n", "line 2, byte 7: column b has a quote inside a cell"},
    {"TextBehindQuote", {}, "a,b\n\"1\"x,2\n", "line 2, byte 7: column a has text behind its closing quote"},
    {"BrokenUtf8", {}, "a,b\n1,caf\xE9\n", "line 2, byte 9: the bytes are not utf-8"},
    {"CutUtf8", {}, "a,b\n1,\xE2\x82", "line 2, byte 6: the bytes are not utf-8"},
    {"BrokenUtf16", {{"encoding", "utf-16"}}, "a\0\n\0\x00\xDC\n\0"s, "line 2, byte 4: the bytes are not utf-16"},
    {"NoWindows1252", {{"encoding", "windows-1252"}}, "a\n\x81\n", "line 2, byte 2: the bytes are not windows-1252"},
    {"NoName", {}, "a,,c\n", "line 1, byte 0: the header has no name for column 2"},
    {"NameTwice",
     {{"comment", "#"}},
     "#\na,b,a\n",
     "line 2, byte 2: the header has the name a twice, the second time for column 3"},
};

INSTANTIATE_TEST_SUITE_P(Mistakes, CsvMistake, testing::ValuesIn(kMistakes),
                         [](const auto& info) { return info.param.name; });

TEST(CsvFile, OfNoBytesIsAnError) {
  EXPECT_THAT(error_of([] { rows_of_bytes("", {}); }).what(), HasSubstr("t.csv: is empty"));
  EXPECT_EQ(rows_of_bytes("a,b\n", {}), Rows{});
}

TEST(CsvFile, IsReadAcrossItsBlocks) {
  // Rows of odd lengths with characters of up to four bytes, so that blocks end in every part of a row.
  std::string bytes = "id,text\r\n";
  Rows expected;
  for (int i = 0; i < 9000; ++i) {
    std::string text;
    for (int j = 0; j < i % 41; ++j) text += j % 3 == 0 ? "\xF0\x9F\x98\x80" : j % 3 == 1 ? "\n" : "é\"";
    expected.push_back({std::to_string(i), text});
    bytes += std::to_string(i) + ",\"";
    for (const char c : text) bytes += c == '"' ? "\"\"" : std::string(1, c);
    bytes += "\"\r\n";
  }
  EXPECT_EQ(rows_of_bytes(bytes, {}), expected);
}

TEST(CsvFile, MayHaveACellOfManyBlocks) {
  std::string cell(3 << 20, 'x');
  cell[1 << 20] = '\n';
  EXPECT_EQ(rows_of_bytes("a,b\n1,\"" + cell + "\"\n2,y\n", {}), (Rows{{"1", cell}, {"2", "y"}}));
}

TEST(CsvOptions, AreChecked) {
  const auto refusal = [](store::Options options) {
    return std::string(error_of([&] { csv_store("/tmp/t.csv", options); }).what());
  };
  EXPECT_THAT(refusal({{"delimeter", ";"}}), HasSubstr("did you mean delimiter?"));
  EXPECT_THAT(refusal({{"delimiter", ";;"}}), HasSubstr("expected one ASCII character"));
  EXPECT_THAT(refusal({{"quote", "7"}}), HasSubstr("that is no letter or digit"));
  EXPECT_THAT(refusal({{"delimiter", "\""}}), HasSubstr("delimiter and quote are the same character"));
  EXPECT_THAT(refusal({{"encoding", "ebcdic"}}),
              HasSubstr("expected utf-8, utf-8-bom, latin1, windows-1252 or utf-16"));
  EXPECT_THAT(refusal({{"header", "maybe"}}), HasSubstr("expected yes or no"));
}

TEST(CsvOptions, APathThatHoldsWhatLooksLikeOptionsIsThePath) {
  const TempDirectory directory;
  const std::string path = directory / "a?x=1.csv";
  EXPECT_THAT(error_of([&] { csv_store(path); }).what(), HasSubstr("for a path that holds a \"?\", use path = \"...\""));
  EXPECT_THAT(error_of([&] { csv_store(directory / "a?qoute='"); }).what(), AllOf(HasSubstr("did you mean quote?"), HasSubstr("use path")));
  write_text(path, "id\n7\n");
  const store::Store store = csv_store(path);
  store::Session session(store);
  EXPECT_EQ(rows_of(session, "a?x=1"), (Rows{{"7"}}));
}

TEST(CsvDirectory, HasATablePerFile) {
  const TempDirectory directory;
  write_text(directory / "b.csv", "x\n1\n");
  write_text(directory / "a.tsv", "y\tz\n2\t3\n");
  write_text(directory / "notes.txt", "not a table");
  write_text(directory / ".hidden.csv", "x\n");
  const store::Store store = csv_store(directory.path());
  store::Session session(store);
  std::vector<std::string> names;
  for (const auto& table : session.catalog({}).tables) names.push_back(table.name);
  EXPECT_THAT(names, testing::ElementsAre("a", "b"));
  EXPECT_EQ(rows_of(session, "a"), (Rows{{"2", "3"}}));
  EXPECT_THAT(error_of([&] {
                session.read({.schema = {}, .table = "bb", .columns = {"x"}, .wanted = {}, .range = {}, .where = {}});
              }).what(),
              HasSubstr("has no table bb"));
  write_text(directory / "b.tsv", "x\n1\n");
  EXPECT_THAT(error_of([&] { session.catalog({}); }).what(), HasSubstr("would both be table b"));
}

}  // namespace
}  // namespace sluice::test
