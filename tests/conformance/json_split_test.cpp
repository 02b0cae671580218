#include "json_store.hpp"

namespace sluice::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const kEvents =
    "[{\"id\": \"e1\", \"markets\": [{\"q\": 1}, {\"q\": 2, \"id\": 7}], \"n\": 1},"
    " {\"id\": \"e2\", \"markets\": []}, {\"id\": \"e3\", \"markets\": null}, {\"id\": \"e4\"},"
    " {\"id\": \"e5\", \"markets\": [{\"q\": 3}]}]";

TEST(JsonSplit, ANestedArrayBecomesATableWithParentAndOrdinal) {
  JsonFiles files(kEvents, {{"split", "markets"}});
  EXPECT_EQ(files.columns(), "id text string, n int64 number");
  EXPECT_EQ(files.columns("t_markets"), "t_id text string, ordinal int64 number, q int64 number, id int64 number");
  EXPECT_THAT(files.rows({"t_id", "ordinal", "q", "id"}, {}, "t_markets"),
              ElementsAre(ElementsAre("e1", "1", "1", "NULL"), ElementsAre("e1", "2", "2", "7"),
                          ElementsAre("e5", "1", "3", "NULL")));
  EXPECT_THAT(files.catalog().notes,
              testing::Contains("t_markets: parents without rows here: 1 have [], 1 null, 1 lack the key"));
}

TEST(JsonSplit, TheTableMayHaveAnyNameAndTheParentAnyKey) {
  JsonFiles files("[{\"no\": 1, \"x\": 2, \"a\": [{\"ordinal\": 9}]}]", {{"split", "a=parts"}, {"id", "no,x"}});
  EXPECT_EQ(files.columns("parts"),
            "t_no int64 number, t_x int64 number, ordinal_2 int64 number, ordinal int64 number");
  EXPECT_THAT(files.rows({"t_no", "t_x", "ordinal_2", "ordinal"}, {}, "parts"),
              ElementsAre(ElementsAre("1", "2", "1", "9")));
}

TEST(JsonSplit, AnObjectOfRecordsGivesItsKeyToTheChildren) {
  JsonFiles files("{\"k1\": {\"a\": [{\"x\": 1}]}, \"k2\": {\"a\": [{\"x\": 2}]}}", {{"split", "a"}});
  EXPECT_THAT(files.rows({"t_key", "x"}, {}, "t_a"), ElementsAre(ElementsAre("k1", "1"), ElementsAre("k2", "2")));
}

TEST(JsonSplit, ChildrenAreNotSplitFurther) {
  JsonFiles files("[{\"id\": 1, \"a\": [{\"a\": [{\"x\": 1}]}]}]", {{"split", "a"}});
  EXPECT_THAT(files.rows({"t_id", "a"}, {}, "t_a"), ElementsAre(ElementsAre("1", "[{\"x\": 1}]")));
}

const char* const kNested =
    "[{\"id\": 1, \"a\": [{\"n\": 10, \"b\": [{\"x\": 1}, {\"x\": 2}]}, {\"n\": 11}, {\"n\": 12, \"b\": [{\"x\": "
    "3}]}]},"
    " {\"id\": 2, \"a\": []}, {\"id\": 3, \"a\": [{\"n\": 13, \"b\": [{\"x\": 4, \"c\": [{\"y\": 5}]}]}]}]";

TEST(JsonSplit, TablesInSplitTablesReferToAllThatHoldThem) {
  JsonFiles files(kNested, {{"split", "a,a.b,a.b.c=deep"}});
  EXPECT_EQ(files.columns("t_a"), "t_id int64 number, ordinal int64 number, n int64 number");
  EXPECT_EQ(files.columns("t_a_b"),
            "t_id int64 number, t_a_ordinal int64 number, ordinal int64 number, x int64 number");
  EXPECT_THAT(files.rows({"t_id", "t_a_ordinal", "ordinal", "x"}, {}, "t_a_b"),
              ElementsAre(ElementsAre("1", "1", "1", "1"), ElementsAre("1", "1", "2", "2"),
                          ElementsAre("1", "3", "1", "3"), ElementsAre("3", "1", "1", "4")));
  EXPECT_THAT(files.rows({"t_id", "t_a_ordinal", "t_a_b_ordinal", "ordinal", "y"}, {}, "deep"),
              ElementsAre(ElementsAre("3", "1", "1", "1", "5")));
  EXPECT_THAT(files.catalog().notes,
              testing::Contains("t_a_b: parents without rows here: 0 have [], 0 null, 1 lack the key"));
}

TEST(JsonSplit, TablesInSplitTablesReferToTheKeyOfThese) {
  JsonFiles files(kNested, {{"split", "a,a.b"}, {"id", "a.n"}});
  EXPECT_EQ(files.columns("t_a"), "t_id int64 number, ordinal int64 number, n int64 number");
  EXPECT_EQ(files.columns("t_a_b"), "t_a_n int64 number, ordinal int64 number, x int64 number, c json array");
  EXPECT_THAT(files.rows({"t_a_n", "ordinal", "x"}, {}, "t_a_b"),
              ElementsAre(ElementsAre("10", "1", "1"), ElementsAre("10", "2", "2"), ElementsAre("12", "1", "3"),
                          ElementsAre("13", "1", "4")));
}

TEST(JsonSplit, StringsThatHoldJsonAreReadOnceWhenAsked) {
  const char* text =
      "[{\"id\": 1, \"o\": \"[\\\"Yes\\\", 1.50]\", \"s\": \"[{\\\"x\\\": 1}]\", \"f\": \" {\\\"a\\\": "
      "\\\"\\\\u00e4\\\"} \"},"
      " {\"id\": 2, \"o\": null, \"s\": [{\"x\": 2}]}, {\"id\": 3, \"o\": \"\\\"[1]\\\"\"}]";
  EXPECT_EQ(JsonFiles(text).column("o").type, arrow::Type{arrow::Kind::text});
  JsonFiles files(text, {{"parse", "o,s,f"}, {"split", "s"}, {"flatten", "f"}});
  EXPECT_EQ(files.columns(), "id int64 number, o json mixed, f_a text string");
  EXPECT_THAT(files.rows({"o", "f_a"}), ElementsAre(ElementsAre("[\"Yes\", 1.50]", "ä"), ElementsAre("NULL", "NULL"),
                                                    ElementsAre("\"[1]\"", "NULL")));
  EXPECT_THAT(files.rows({"t_id", "x"}, {}, "t_s"), ElementsAre(ElementsAre("1", "1"), ElementsAre("2", "2")));
  JsonFiles broken("[{\"o\": \"[1]\"}, {\"o\": \"[1\"}]", {{"parse", "o"}});
  EXPECT_THAT(error_of([&] { broken.catalog(); }).message(),
              testing::AllOf(HasSubstr("byte 15: the string of 'o', which the option parse names, holds no JSON")));
}

TEST(JsonSplit, ParentsWithoutAKeyAreRefused) {
  const auto refused = [](const std::string& text, const store::Options& options) {
    JsonFiles files(text, options);
    return std::string(error_of([&] { files.catalog(); }).what());
  };
  EXPECT_THAT(refused("[{\"a\": [{\"x\": 1}]}]", {{"split", "a"}}), HasSubstr("option id"));
  EXPECT_THAT(refused("[{\"id\": 1, \"a\": [{\"x\": 1}]}, {\"a\": []}]", {{"split", "a"}}), HasSubstr("option id"));
  EXPECT_THAT(refused("[{\"id\": 1, \"a\": [5]}]", {{"split", "a"}}), HasSubstr("byte 17"));
  EXPECT_THAT(refused("[{\"id\": 1, \"a\": 5}]", {{"split", "a"}}),
              HasSubstr("expected an array of objects, found '5'"));
  EXPECT_THAT(refused("[{\"id\": 1, \"a\": {\"x\": 1}}]", {{"split", "a"}}), HasSubstr("expected an array of objects, found '{\"x\": 1}'"));
  EXPECT_THAT(refused("[{\"id\": 1}]", {{"split", "a"}}), HasSubstr("no record has a field 'a'"));
}

TEST(JsonSplit, FlattenedObjectsBecomeColumns) {
  const char* text =
      "[{\"u\": {\"name\": \"x\", \"at\": {\"lat\": 1.5}}, \"v\": {\"w\": 1}}, {\"u\": null}, {\"u\": {}, \"v\": "
      "{\"w\": 2}}]";
  JsonFiles some(text, {{"flatten", "u"}});
  EXPECT_EQ(some.columns(), "u_name text string, u_at_lat number number, v json object");
  EXPECT_THAT(some.rows({"u_name", "u_at_lat", "v"}),
              ElementsAre(ElementsAre("x", "1.5", "{\"w\": 1}"), ElementsAre("NULL", "NULL", "NULL"),
                          ElementsAre("NULL", "NULL", "{\"w\": 2}")));
  EXPECT_EQ(JsonFiles(text, {{"flatten", "yes"}}).columns(),
            "u_name text string, u_at_lat number number, v_w int64 number");
}

TEST(JsonSplit, FlattenedNamesThatMeetStayApart) {
  JsonFiles files("[{\"a_b\": 1, \"a\": {\"b\": 2}}, {\"a\": 3}]", {{"flatten", "yes"}});
  EXPECT_EQ(files.columns(), "a_b int64 number, a int64 number, a_b_2 int64 number");
  EXPECT_THAT(files.rows({"a_b", "a", "a_b_2"}),
              ElementsAre(ElementsAre("1", "NULL", "2"), ElementsAre("NULL", "3", "NULL")));
}

TEST(JsonSplit, ADoubledObjectLeavesNothingOfTheFirst) {
  JsonFiles files("[{\"a\": {\"x\": 1, \"y\": 1}, \"a\": {\"y\": 2}}]", {{"flatten", "yes"}});
  EXPECT_THAT(files.rows({"a_x", "a_y"}), ElementsAre(ElementsAre("NULL", "2")));
  EXPECT_EQ(files.column("a_y").evidence->integers, 1);
  EXPECT_EQ(files.column("a_x").evidence->nulls, 1);
}

}  // namespace
}  // namespace sluice::test
