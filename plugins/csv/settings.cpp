#include "settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <string_view>
#include <utility>

#include "abi/plugin_sdk.hpp"
#include "base/error.hpp"
#include "files/url_options.hpp"

namespace sluice::csv {

namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& value, const std::string& expected) {
  throw Error(Code::invalid_argument, "csv option " + name + ": expected " + expected + ", found '" + value + "'");
}

/// One ASCII character, or a word for it.
char character_from_text(const std::string& name, const std::string& value) {
  constexpr std::array<std::pair<std::string_view, char>, 8> kWords = {{{"comma", ','},
                                                                        {"tab", '\t'},
                                                                        {"\\t", '\t'},
                                                                        {"semicolon", ';'},
                                                                        {"pipe", '|'},
                                                                        {"space", ' '},
                                                                        {"double", '"'},
                                                                        {"backslash", '\\'}}};
  for (const auto& [word, character] : kWords) {
    if (value == word) return character;
  }
  const bool is_one = value.size() == 1 && static_cast<unsigned char>(value[0]) < 0x80;
  // Digits and letters would make numbers and words mean something else.
  if (!is_one || value[0] == '\n' || value[0] == '\r' || value[0] == '\0' || std::isalnum(value[0]) != 0) {
    refuse(name, value,
           "one ASCII character that is no letter or digit, or comma, tab, semicolon, pipe, space, double, backslash");
  }
  return value[0];
}

char character_or_none(const std::string& name, const std::string& value) {
  return value.empty() || value == "none" ? '\0' : character_from_text(name, value);
}

bool is_yes(const std::string& name, const std::string& value, const std::string& yes, const std::string& no) {
  if (value != yes && value != no) refuse(name, value, yes + " or " + no);
  return value == yes;
}

void set_encoding(Dialect& dialect, std::string value) {
  for (char& c : value) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  dialect.has_mark = value == "utf-8-bom";
  if (value == "utf-8" || value == "utf8" || dialect.has_mark) {
    dialect.encoding = files::Encoding::utf8;
  } else if (value == "latin1" || value == "iso-8859-1") {
    dialect.encoding = files::Encoding::latin1;
  } else if (value == "windows-1252" || value == "cp1252") {
    dialect.encoding = files::Encoding::windows1252;
  } else if (value == "utf-16") {
    dialect.encoding = files::Encoding::utf16_little;
  } else {
    refuse("encoding", value, "utf-8, utf-8-bom, latin1, windows-1252 or utf-16");
  }
}

void set_option(Settings& settings, const std::string& name, const std::string& value) {
  Dialect& dialect = settings.dialect;
  if (name == "path") {
    settings.path = value;
  } else if (name == "access") {
    settings.access = is_yes(name, value, "read", "write") ? Access::read : Access::write;
  } else if (name == "delimiter") {
    dialect.delimiter = character_from_text(name, value);
  } else if (name == "quote") {
    dialect.quote = character_or_none(name, value);
  } else if (name == "escape") {
    dialect.escape = character_or_none(name, value);
  } else if (name == "comment") {
    dialect.comment = character_or_none(name, value);
  } else if (name == "header") {
    dialect.has_header = is_yes(name, value, "yes", "no");
  } else if (name == "null") {
    dialect.null_text = value;
  } else {
    set_encoding(dialect, value);
  }
}

void check_dialect(Dialect& dialect) {
  // A quote that is its own escape is what doubling means.
  if (dialect.escape == dialect.quote) dialect.escape = 0;
  const std::array<std::pair<const char*, char>, 4> characters = {{{"delimiter", dialect.delimiter},
                                                                   {"quote", dialect.quote},
                                                                   {"escape", dialect.escape},
                                                                   {"comment", dialect.comment}}};
  for (size_t i = 0; i < characters.size(); ++i) {
    for (size_t j = i + 1; j < characters.size(); ++j) {
      if (characters[i].second == 0 || characters[i].second != characters[j].second) continue;
      throw Error(Code::invalid_argument, std::string("csv: ") + characters[i].first + " and " + characters[j].first +
                                              " are the same character '" + characters[i].second + "'");
    }
  }
  const std::string null_text = dialect.null_text.value_or("");
  if (null_text.find_first_of("\r\n") != std::string::npos) {
    refuse("null", null_text, "a text without line breaks");
  }
}

}  // namespace

Dialect Dialect::for_file(const std::string& path) const {
  Dialect dialect = *this;
  if (dialect.delimiter != 0) return dialect;
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  dialect.delimiter = extension == ".tsv" || extension == ".tab" ? '\t' : ',';
  return dialect;
}

Settings settings_from_options(const sluice_option* options, int64_t count) {
  static const std::vector<std::string> kKnown = {"url", "path", "access", "delimiter", "quote", "escape", "header", "null", "encoding", "comment"};
  files::Given given = sdk::read_options(options, count, kKnown);
  files::take_url("csv", kKnown, given);
  Settings settings;
  for (const auto& [name, value] : given) set_option(settings, name, value);
  check_dialect(settings.dialect);
  return settings;
}

}  // namespace sluice::csv
