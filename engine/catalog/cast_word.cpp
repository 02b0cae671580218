#include "catalog/cast_word.hpp"

#include <algorithm>

namespace sluice::catalog {

namespace {

using arrow::Kind;
using arrow::Type;
using Types = std::vector<Type>;

constexpr size_t kAnyNumber = 1000;

Kind family_of(Kind kind) {
  if (kind >= Kind::int8 && kind <= Kind::uint64) return Kind::int64;
  if (kind == Kind::float32) return Kind::float64;
  return kind == Kind::decimal ? Kind::number : kind;
}

Types same(const Type& from) { return {from}; }
Types moment(const Type&) { return {{Kind::timestamptz}, {Kind::timestamp}}; }
Types text(const Type&) { return {{Kind::text}}; }
/// Text is decoded, bytes are encoded.
Types text_or_bytes(const Type& from) { return {{from.kind == Kind::binary ? Kind::text : Kind::binary}}; }
template <Kind kind>
Types always(const Type&) {
  return {{kind}};
}

const std::vector<Kind> kNumeric = {Kind::int64, Kind::float64, Kind::number, Kind::text};

CastWord moment_word(const char* name, const char* help, const char* example) {
  return {.name = name, .help = help, .example = example, .takes = kNumeric, .makes = moment};
}

std::vector<CastWord> make_times() {
  return {
      {.name = "epoch_days",
       .help = "Days since 1970-01-01 (whole numbers, also as text) to date.",
       .example = "columns = { [\"people.born\"] = cast.epoch_days }",
       .takes = kNumeric,
       .makes = always<Kind::date>},
      {.name = "iso_date",
       .help = "ISO text (2026-01-31, 20260131, or a timestamp at 00:00) to date.",
       .example = "columns = { [\"people.born\"] = cast.iso_date }",
       .takes = {Kind::text},
       .makes = always<Kind::date>,
       .keeps_defaults = true},
      {.name = "iso_timestamp",
       .help = "ISO text with or without T, zone and fraction to timestamptz; without a zone it counts as UTC. With "
               "types = \"timestamp\" a zone is an error.",
       .example = "columns = { [\"*.created_at\"] = cast.iso_timestamp }",
       .takes = {Kind::text},
       .makes = moment,
       .keeps_defaults = true},
      moment_word("julian_day",
                  "Julian day numbers to timestamptz (or timestamp, in UTC), rounded to milliseconds as SQLite does.",
                  "columns = { [\"log.at\"] = cast.julian_day }"),
      moment_word("unix_micros", "Microseconds since 1970-01-01 UTC to timestamptz (or timestamp, in UTC).",
                  "columns = { [\"trades.at\"] = cast.unix_micros }"),
      moment_word("unix_millis", "Milliseconds since 1970-01-01 UTC to timestamptz (or timestamp, in UTC).",
                  "columns = { [\"trades.at\"] = cast.unix_millis }"),
      moment_word("unix_seconds",
                  "Seconds since 1970-01-01 UTC, with up to six decimals, to timestamptz (or timestamp, in UTC).",
                  "columns = { [\"orders.placed_on\"] = cast.unix_seconds }"),
      {.name = "zero_date_null",
       .help =
           "Texts of dates with a year, month or day of zero (0000-00-00, 2026-00-00 10:00:00) to NULL; others stay.",
       .example = "columns = { [\"*.at\"] = { cast.zero_date_null, cast.iso_timestamp } }",
       .takes = {Kind::text},
       .makes = same,
       .cleans = true,
       .makes_null = true,
       .keeps_defaults = true},
  };
}

std::vector<CastWord> make_texts() {
  return {
      {.name = "null_if",
       .help = "The values given, as the store prints them, to NULL; others stay.",
       .example = "columns = { [\"users.name\"] = cast.null_if(\"\", \"n/a\") }",
       .makes = same,
       .least_values = 1,
       .most_values = kAnyNumber,
       .cleans = true,
       .makes_null = true,
       .keeps_defaults = true},
      {.name = "number",
       .help =
           "Decimal text to numeric. cast.number(\",\", \".\") names the decimal mark and the one between thousands.",
       .example = "columns = { [\"*.price\"] = cast.number(\",\", \".\") }",
       .takes = {Kind::text},
       .makes = always<Kind::number>,
       .most_values = 2},
      {.name = "replace_nul",
       .help = "NUL characters in text, which PostgreSQL can't hold, to the text given (default: U+FFFD).",
       .example = "columns = { [\"notes.body\"] = cast.replace_nul(\" \") }",
       .takes = {Kind::text},
       .makes = same,
       .most_values = 1,
       .cleans = true,
       .keeps_defaults = true},
      {.name = "strip_nul",
       .help = "Drops NUL characters from text, which PostgreSQL can't hold.",
       .example = "columns = { [\"notes.body\"] = cast.strip_nul }",
       .takes = {Kind::text},
       .makes = same,
       .cleans = true,
       .keeps_defaults = true},
      {.name = "trim",
       .help = "Drops spaces, tabs and line ends at both ends of a text.",
       .example = "columns = { [\"users.name\"] = { cast.trim, cast.null_if(\"\") } }",
       .takes = {Kind::text},
       .makes = same,
       .cleans = true,
       .keeps_defaults = true},
  };
}

std::vector<CastWord> make_forms() {
  return {
      {.name = "base64",
       .help = "Base64 text to binary; binary to base64 text.",
       .example = "columns = { [\"files.content\"] = cast.base64 }",
       .takes = {Kind::text, Kind::binary},
       .makes = text_or_bytes},
      {.name = "boolean",
       .help = "0 1 t f true false y n yes no on off, in any case, to boolean.",
       .example = "columns = { [\"*.is_active\"] = cast.boolean }",
       .takes = {Kind::boolean, Kind::int64, Kind::text},
       .makes = always<Kind::boolean>,
       .keeps_defaults = true},
      {.name = "cp1252",
       .help = "Bytes in Windows-1252, which MySQL calls latin1, to text.",
       .example = "columns = { [\"users.name\"] = cast.cp1252 }",
       .takes = {Kind::binary},
       .makes = text},
      {.name = "hex",
       .help = "Hex digits, also behind \\x or 0x, to binary; binary to hex digits.",
       .example = "columns = { [\"files.digest\"] = cast.hex }",
       .takes = {Kind::text, Kind::binary},
       .makes = text_or_bytes},
      {.name = "json",
       .help = "Text that is JSON to jsonb. A JSON string that holds an object or array as text is opened once.",
       .example = "columns = { [\"events.payload\"] = cast.json }",
       .takes = {Kind::text, Kind::json},
       .makes = always<Kind::json>},
      {.name = "latin1",
       .help = "Bytes in ISO 8859-1 to text.",
       .example = "columns = { [\"users.name\"] = cast.latin1 }",
       .takes = {Kind::binary},
       .makes = text},
      {.name = "utf8_in_latin1",
       .help = "Text of a latin1 column of MySQL that holds UTF-8 bytes (\"MÃ¼ller\") to the text that was meant; where the bytes are "
               "no UTF-8 the row is refused.",
       .example = "columns = { [\"users.name\"] = cast.utf8_in_latin1 }",
       .takes = {Kind::text},
       .makes = same,
       .cleans = true},
      {.name = "uuid",
       .help = "Hex text with or without hyphens and braces, or 16 bytes, to uuid.",
       .example = "columns = { [\"users.id\"] = cast.uuid }",
       .takes = {Kind::text, Kind::binary},
       .makes = always<Kind::uuid>,
       .keeps_defaults = true},
  };
}

std::vector<CastWord> make_words() {
  std::vector<CastWord> words = make_times();
  for (std::vector<CastWord> more : {make_texts(), make_forms()}) words.insert(words.end(), more.begin(), more.end());
  std::ranges::sort(words, {}, [](const CastWord& word) { return std::string(word.name); });
  return words;
}

}  // namespace

std::string to_text(const CastCall& call) {
  std::string values;
  for (const std::string& value : call.values) values += (values.empty() ? "\"" : ", \"") + value + "\"";
  return values.empty() ? call.name : call.name + "(" + values + ")";
}

bool CastWord::takes_kind(Kind kind) const { return takes.empty() || std::ranges::count(takes, family_of(kind)) > 0; }

const std::vector<CastWord>& cast_words() {
  static const std::vector<CastWord> words = make_words();
  return words;
}

const CastWord* find_cast_word(const std::string& name) {
  const auto found = std::ranges::find(cast_words(), name, [](const CastWord& word) { return std::string(word.name); });
  return found == cast_words().end() ? nullptr : &*found;
}

}  // namespace sluice::catalog
