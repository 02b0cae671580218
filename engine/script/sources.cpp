#include "script/sources.hpp"

#include <algorithm>
#include <utility>

#include "base/escape.hpp"
#include "base/utf8.hpp"

namespace sluice::script {
namespace {

constexpr size_t kWidestLine = 140;

std::string_view line_of(const std::string& text, int line, size_t& begin) {
  begin = 0;
  for (int i = 1; i < line; ++i) {
    const size_t newline = text.find('\n', begin);
    if (newline == std::string::npos) return {};
    begin = newline + 1;
  }
  const size_t end = std::min(text.find('\n', begin), text.size());
  return std::string_view(text).substr(begin, end - begin);
}

/// A line as printed: no control characters; columns counted in characters.
std::string printable(std::string_view line) {
  std::string out(line);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return out;
}

bool is_inside_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_inside_character(c); }));
}

/// "\n  12 | the line\n     |     ^^^^"
std::string snippet(const Place& place) {
  size_t begin = 0;
  std::string_view line = line_of(place.file->text, place.line, begin);
  if (line.empty()) return "";
  const std::string number = std::to_string(place.line);
  const bool has_caret = place.end > place.begin && place.begin >= begin && place.begin < begin + line.size();
  const size_t column = has_caret ? place.begin - begin : 0;
  const bool is_cut = line.size() > kWidestLine;
  // A long line is shown from where the mistake is.
  size_t from = is_cut && column > kWidestLine / 2 ? column - kWidestLine / 4 : 0;
  while (from < column && is_inside_character(line[from])) ++from;
  const std::string_view shown = utf8_truncate(line.substr(from), kWidestLine);
  std::string text = "\n  " + number + " | " + printable(shown) + (is_cut ? " ..." : "");
  if (!has_caret) return text;
  const size_t width = std::min(place.end, begin + line.size()) - place.begin;
  return text + "\n  " + std::string(number.size(), ' ') + " | " +
         std::string(count_characters(shown.substr(0, column - from)), ' ') +
         std::string(std::max<size_t>(1, count_characters(line.substr(column, width))), '^');
}

bool is_word(const LuaToken& token, std::string_view source, std::string_view word) {
  if (token.end - token.begin < word.size()) return false;
  if (token.kind == LuaToken::Kind::text) return content_of(token, source) == word;
  return token.kind == LuaToken::Kind::name && text_of(token, source) == word;
}

/// Where the calls that start on this line end.
size_t end_of_calls(const SourceFile& file, int line) {
  const std::vector<Constructor>& all = file.constructors.all;
  auto at = std::lower_bound(all.begin(), all.end(), line,
                             [](const Constructor& constructor, int wanted) { return constructor.open.line < wanted; });
  size_t end = 0;
  for (; at != all.end() && at->open.line == line; ++at) end = std::max(end, at->end);
  return end;
}

}  // namespace

workflow::Location Place::location() const {
  return file ? workflow::Location{file->name, line} : workflow::Location{};
}

const SourceFile& Sources::add(const std::string& name, std::string text) {
  SourceFile& file = files_[name];
  file.name = name;
  file.text = std::move(text);
  file.tokens = cut_lua(file.text);
  file.constructors = find_constructors(file.text, file.tokens);
  if (!by_number_.empty()) {
    file.first_constructor = by_number_.back()->first_constructor + by_number_.back()->constructors.all.size();
  }
  by_number_.push_back(&file);
  for (const DoubledKey& doubled : file.constructors.doubled) {
    throw error_at(at(file, doubled.place), "\"" + doubled.key + "\" is given twice in one table (first on line " +
                                                std::to_string(doubled.first_line) +
                                                "); Lua would silently keep one of them, delete the other");
  }
  return file;
}

const SourceFile* Sources::find(const std::string& name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

const Constructor* Sources::find_constructor(size_t number, const SourceFile** file) const {
  const auto after =
      std::upper_bound(by_number_.begin(), by_number_.end(), number,
                       [](size_t wanted, const SourceFile* other) { return wanted < other->first_constructor; });
  if (after == by_number_.begin()) return nullptr;
  *file = *std::prev(after);
  const size_t index = number - (*file)->first_constructor;
  return index < (*file)->constructors.all.size() ? &(*file)->constructors.all[index] : nullptr;
}

Place Sources::at(const workflow::Location& where) const { return {find(where.file), where.line}; }

Place Sources::at(const workflow::Location& where, std::string_view word) const {
  const SourceFile* file = find(where.file);
  if (!file || word.empty()) return at(where);
  const size_t end = end_of_calls(*file, where.line);
  const auto first = std::lower_bound(file->tokens.begin(), file->tokens.end(), where.line,
                                      [](const LuaToken& token, int line) { return token.line < line; });
  for (auto token = first; token != file->tokens.end(); ++token) {
    if (token->line > where.line && token->begin >= end) break;
    if (is_word(*token, file->text, word)) return at(*file, *token);
  }
  return at(where);
}

Place Sources::at(const SourceFile& file, const LuaToken& token) const {
  return {&file, token.line, token.begin, token.end};
}

Place Sources::last_of(const std::string& name, std::string_view word) const {
  const SourceFile* file = find(name);
  if (!file) return {};
  const auto found = std::find_if(file->tokens.rbegin(), file->tokens.rend(),
                                  [&](const LuaToken& token) { return is_word(token, file->text, word); });
  return found == file->tokens.rend() ? Place{file} : at(*file, *found);
}

std::map<std::string, std::string> Sources::bundle() const {
  std::map<std::string, std::string> files;
  for (const auto& [name, file] : files_) files[name] = file.text;
  return files;
}

Error error_at(const Place& place, const std::string& message) {
  // Names that a script computed may hold anything.
  const std::string text = escape_terminal_lines(message);
  if (!place.file) return Error(Code::invalid_argument, text);
  return Error(Code::invalid_argument, text + (place.line > 0 ? snippet(place) : ""), "", to_text(place.location()));
}

}  // namespace sluice::script
