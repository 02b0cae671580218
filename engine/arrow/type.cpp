#include "arrow/type.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::arrow {

namespace {

struct Word {
  const char* word;
  Kind kind;
};

/// Our own spellings, one per kind, in the order of Kind.
constexpr std::array kNames = {
    Word{"boolean", Kind::boolean},
    Word{"int8", Kind::int8},
    Word{"int16", Kind::int16},
    Word{"int32", Kind::int32},
    Word{"int64", Kind::int64},
    Word{"uint8", Kind::uint8},
    Word{"uint16", Kind::uint16},
    Word{"uint32", Kind::uint32},
    Word{"uint64", Kind::uint64},
    Word{"float32", Kind::float32},
    Word{"float64", Kind::float64},
    Word{"decimal", Kind::decimal},
    Word{"number", Kind::number},
    Word{"text", Kind::text},
    Word{"binary", Kind::binary},
    Word{"date", Kind::date},
    Word{"time", Kind::time},
    Word{"timestamp", Kind::timestamp},
    Word{"timestamptz", Kind::timestamptz},
    Word{"uuid", Kind::uuid},
    Word{"json", Kind::json},
};

/// What SQL calls them. "numeric" is a decimal with parameters and a number without.
constexpr std::array kSqlWords = {
    Word{"bool", Kind::boolean},
    Word{"tinyint", Kind::int8},
    Word{"smallint", Kind::int16},
    Word{"integer", Kind::int32},
    Word{"int", Kind::int32},
    Word{"bigint", Kind::int64},
    Word{"real", Kind::float32},
    Word{"double precision", Kind::float64},
    Word{"double", Kind::float64},
    Word{"numeric", Kind::decimal},
    Word{"varchar", Kind::text},
    Word{"character varying", Kind::text},
    Word{"bytea", Kind::binary},
    Word{"blob", Kind::binary},
    Word{"time without time zone", Kind::time},
    Word{"datetime", Kind::timestamp},
    Word{"timestamp without time zone", Kind::timestamp},
    Word{"timestamp with time zone", Kind::timestamptz},
    Word{"jsonb", Kind::json},
};

/// "Character  Varying ( 40 )" as the word "character varying" and its parameters {40}.
struct Spelling {
  std::string word;
  std::vector<int> parameters;
};

[[noreturn]] void refuse(const std::string& text, const std::string& why, const std::string& hint = {}) {
  throw Error(Code::invalid_argument, "type '" + text + "': " + why, hint);
}

std::string squeeze(std::string_view text) {
  std::string words;
  for (const char letter : text) {
    if (letter == ' ' || letter == '\t' || letter == '\n') {
      if (!words.empty() && words.back() != ' ') words += ' ';
    } else {
      words += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    }
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

std::vector<int> split_parameters(const std::string& text, std::string_view list) {
  std::vector<int> parameters;
  while (true) {
    const size_t comma = list.find(',');
    const std::string item = squeeze(list.substr(0, comma));
    int value = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), value);
    if (error != std::errc() || end != item.data() + item.size() || value < 0) {
      refuse(text, "expected a number between the parentheses, found '" + item + "'");
    }
    parameters.push_back(value);
    if (comma == std::string_view::npos) return parameters;
    list.remove_prefix(comma + 1);
  }
}

Spelling read_spelling(const std::string& text) {
  const size_t open = text.find('(');
  if (open == std::string::npos) return {squeeze(text), {}};
  const size_t close = text.find(')', open);
  if (close == std::string::npos) refuse(text, "the parenthesis is not closed");
  const std::string_view inside = std::string_view(text).substr(open + 1, close - open - 1);
  return {squeeze(text.substr(0, open) + " " + text.substr(close + 1)), split_parameters(text, inside)};
}

std::optional<Kind> find_kind(const std::string& word) {
  for (const Word& name : kNames) {
    if (word == name.word) return name.kind;
  }
  for (const Word& sql : kSqlWords) {
    if (word == sql.word) return sql.kind;
  }
  return std::nullopt;
}

Type decimal_type(const std::string& text, const Spelling& spelling) {
  const std::vector<int>& parameters = spelling.parameters;
  if (parameters.empty()) {
    if (spelling.word == "numeric") return Type{Kind::number};
    refuse(text, "precision and scale are missing", "write decimal(12,2), or number for exact numbers of any size");
  }
  if (parameters.size() > 2) refuse(text, "expected precision and scale");
  const int precision = parameters[0];
  const int scale = parameters.size() > 1 ? parameters[1] : 0;
  if (precision < 1 || scale > precision) refuse(text, "the precision must be at least 1 and at least the scale");
  if (precision > 38) refuse(text, "the precision is at most 38", "write number for exact numbers of any size");
  return Type{Kind::decimal, precision, scale};
}

Type text_type(const std::string& text, const Spelling& spelling) {
  Type type{Kind::text};
  if (spelling.parameters.empty()) return type;
  if (spelling.parameters.size() > 1 || spelling.parameters[0] < 1) refuse(text, "expected one length above zero");
  type.length = spelling.parameters[0];
  return type;
}

bool is_time(Kind kind) { return kind == Kind::time || kind == Kind::timestamp || kind == Kind::timestamptz; }

std::vector<std::string> known_words() {
  std::vector<std::string> words;
  for (const Word& name : kNames) words.emplace_back(name.word);
  for (const Word& sql : kSqlWords) words.emplace_back(sql.word);
  return words;
}

}  // namespace

std::string to_text(const Type& type) {
  const std::string name = kNames[static_cast<size_t>(type.kind) - 1].word;
  if (type.kind == Kind::decimal) {
    return name + "(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
  }
  if (type.kind == Kind::text && type.length > 0) return name + "(" + std::to_string(type.length) + ")";
  return name;
}

Type type_from_text(const std::string& text) {
  const Spelling spelling = read_spelling(text);
  const std::optional<Kind> kind = find_kind(spelling.word);
  if (!kind) {
    std::string hint = did_you_mean(spelling.word, known_words());
    refuse(text, "there is no such type",
           hint.empty() ? "types are int64, decimal(12,2), text, timestamp and others" : hint);
  }
  if (*kind == Kind::decimal) return decimal_type(text, spelling);
  if (*kind == Kind::text) return text_type(text, spelling);
  // timestamp(3) declares digits of a second: all of ours hold six.
  const bool may_have_digits = is_time(*kind) && spelling.parameters.size() == 1 && spelling.parameters[0] <= 6;
  if (!spelling.parameters.empty() && !may_have_digits) refuse(text, "this type takes no such parameters");
  return Type{*kind};
}

std::string arrow_format(const Type& type) {
  switch (type.kind) {
    case Kind::boolean: return "b";
    case Kind::int8: return "c";
    case Kind::int16: return "s";
    case Kind::int32: return "i";
    case Kind::int64: return "l";
    case Kind::uint8: return "C";
    case Kind::uint16: return "S";
    case Kind::uint32: return "I";
    case Kind::uint64: return "L";
    case Kind::float32: return "f";
    case Kind::float64: return "g";
    case Kind::decimal: return "d:" + std::to_string(type.precision) + "," + std::to_string(type.scale);
    case Kind::number:
    case Kind::text:
    case Kind::json: return "u";
    case Kind::binary: return "z";
    case Kind::date: return "tdD";
    case Kind::time: return "ttu";
    case Kind::timestamp: return "tsu:";
    case Kind::timestamptz: return "tsu:UTC";
    case Kind::uuid: return "w:16";
  }
  throw Error(Code::internal, "a type of unknown kind " + std::to_string(static_cast<int>(type.kind)));
}

}  // namespace sluice::arrow
