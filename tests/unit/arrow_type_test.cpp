#include "arrow/type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arrow/owner.hpp"
#include "base/error.hpp"

namespace {

using namespace sluice;
using namespace sluice::arrow;
using testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    return "accepted as " + to_text(type_from_text(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::invalid_argument);
    return error.what();
  }
}

}  // namespace

TEST(Types, ReadTheirOwnSpelling) {
  for (int kind = 1; kind <= static_cast<int>(Kind::json); ++kind) {
    Type type{static_cast<Kind>(kind)};
    if (type.kind == Kind::decimal) type.precision = 20, type.scale = 6;
    EXPECT_EQ(type_from_text(to_text(type)), type) << to_text(type);
  }
  EXPECT_EQ(to_text(type_from_text("text(40)")), "text(40)");
  EXPECT_EQ(to_text(Type{Kind::decimal, 20, 6}), "decimal(20,6)");
}

TEST(Types, ReadTheWordsOfSql) {
  EXPECT_EQ(to_text(type_from_text("BIGINT")), "int64");
  EXPECT_EQ(to_text(type_from_text("numeric(12, 2)")), "decimal(12,2)");
  EXPECT_EQ(to_text(type_from_text("numeric(12)")), "decimal(12,0)");
  EXPECT_EQ(to_text(type_from_text("numeric")), "number");
  EXPECT_EQ(to_text(type_from_text("character  varying ( 40 )")), "text(40)");
  EXPECT_EQ(to_text(type_from_text("timestamp(6) without time zone")), "timestamp");
  EXPECT_EQ(to_text(type_from_text("timestamp with time zone")), "timestamptz");
  EXPECT_EQ(to_text(type_from_text("double precision")), "float64");
  EXPECT_EQ(to_text(type_from_text("jsonb")), "json");
}

TEST(Types, NameTheNearestWord) {
  EXPECT_THAT(refusal("bigitn"), HasSubstr("did you mean bigint?"));
  EXPECT_THAT(refusal("decimal"), HasSubstr("precision and scale are missing"));
  EXPECT_THAT(refusal("decimal(39,2)"), HasSubstr("at most 38"));
  EXPECT_THAT(refusal("decimal(2,5)"), HasSubstr("at least the scale"));
  EXPECT_THAT(refusal("decimal(a,2)"), HasSubstr("found 'a'"));
  EXPECT_THAT(refusal("decimal(1,2"), HasSubstr("not closed"));
  EXPECT_THAT(refusal("int64(3)"), HasSubstr("no such parameters"));
  EXPECT_THAT(refusal("text(0)"), HasSubstr("above zero"));
  EXPECT_THAT(refusal("timestamp(9)"), HasSubstr("parameters"));
  EXPECT_THAT(refusal(""), HasSubstr("no such type"));
}

TEST(Schemas, CarryEveryTypeThere_AndBack) {
  std::vector<Field> fields;
  for (int kind = 1; kind <= static_cast<int>(Kind::json); ++kind) {
    Type type{static_cast<Kind>(kind)};
    if (type.kind == Kind::decimal) type.precision = 38, type.scale = 38;
    fields.push_back({"column " + std::to_string(kind), type, kind % 2 == 0, kind % 3 == 0 ? "native" : ""});
  }
  fields.push_back({"t40", Type{Kind::text, 0, 0, 40}, true, "varchar(40)"});
  Schema schema;
  export_schema(fields, schema.receive());
  const std::vector<Field> back = import_schema(*schema);
  ASSERT_EQ(back.size(), fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    EXPECT_EQ(back[i].name, fields[i].name);
    EXPECT_EQ(back[i].type, fields[i].type) << to_text(fields[i].type);
    EXPECT_EQ(back[i].nullable, fields[i].nullable);
    EXPECT_EQ(back[i].native_type, fields[i].native_type);
  }
}

TEST(Schemas, LetAChildBeMovedAway) {
  Schema schema, child;
  export_schema({{"a", Type{Kind::int32}}, {"b", Type{Kind::text}}}, schema.receive());
  *child.receive() = *schema->children[0];
  schema->children[0]->release = nullptr;
  schema.reset();
  EXPECT_STREQ(child->name, "a");
}

TEST(Schemas, NameTheFieldThatCannotBeRead) {
  Schema schema;
  export_schema({{"orders", Type{Kind::int32}}}, schema.receive());
  for (const char* format : {"+l", "d:76,2,256", "tsn:", "w:20", "U", ""}) {
    schema->children[0]->format = format;
    try {
      import_schema(*schema);
      ADD_FAILURE() << format;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::unsupported);
      EXPECT_THAT(error.message(), testing::AllOf(HasSubstr("orders"), HasSubstr(format)));
    }
  }
  EXPECT_THROW(import_schema(*schema->children[0]), Error);
}
