#include "script/constructors.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace sluice::script {
namespace {

using Kind = LuaToken::Kind;

/// What is open around a token: a constructor (by index), or brackets and blocks in which commas mean something else.
struct Frame {
  std::optional<size_t> constructor;
  bool at_entry_start = false;
  std::unordered_map<std::string, int> keys = {};  ///< constant key to line
};

class Finder {
 public:
  Finder(std::string_view source, const std::vector<LuaToken>& tokens) : source_(source), tokens_(tokens) {}

  Constructors run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) visit();
    return std::move(found_);
  }

 private:
  std::string_view text(size_t index) const {
    return index < tokens_.size() ? text_of(tokens_[index], source_) : std::string_view();
  }
  bool is_symbol(size_t index, std::string_view symbol) const {
    return index < tokens_.size() && tokens_[index].kind == Kind::symbol && text(index) == symbol;
  }
  bool is_keyword(std::string_view word) const { return tokens_[at_].kind == Kind::keyword && text(at_) == word; }
  bool is_inside_constructor() const { return !frames_.empty() && frames_.back().constructor; }
  Constructor& current() { return found_.all[*frames_.back().constructor]; }

  void visit() {
    if (is_inside_constructor() && frames_.back().at_entry_start && !is_symbol(at_, "}")) begin_entry();
    if (is_symbol(at_, "{")) return open_constructor();
    if (is_symbol(at_, "}")) return close_constructor();
    if (is_symbol(at_, "(") || is_symbol(at_, "[")) return frames_.push_back({});
    if (is_symbol(at_, ")") || is_symbol(at_, "]")) return close_frame();
    if (is_symbol(at_, ",") || is_symbol(at_, ";")) return end_entry();
    if (is_keyword("function") || is_keyword("if") || is_keyword("do") || is_keyword("repeat"))
      return frames_.push_back({});
    if (is_keyword("end") || is_keyword("until")) close_frame();
  }

  void close_frame() {
    if (!frames_.empty()) frames_.pop_back();
  }

  bool takes_argument(size_t index) const {
    if (tokens_[index].kind == Kind::name || tokens_[index].kind == Kind::text) return true;
    if (is_symbol(index, "}")) return closed_argument_ == index;
    return is_symbol(index, ")") || is_symbol(index, "]");
  }

  void open_constructor() {
    Constructor constructor;
    constructor.open = tokens_[at_];
    constructor.end = source_.size();
    constructor.is_argument = at_ > 0 && takes_argument(at_ - 1);
    if (at_ > 0) constructor.token_before = at_ - 1;
    frames_.push_back({found_.all.size(), true});
    found_.all.push_back(std::move(constructor));
  }

  void close_constructor() {
    if (!is_inside_constructor()) return;
    Constructor& constructor = current();
    constructor.end = tokens_[at_].end;
    constructor.is_open_ended =
        is_symbol(at_ - 1, "...") && !constructor.entries.empty() && constructor.entries.back().is_positional;
    if (constructor.is_argument) closed_argument_ = at_;
    check_numbered_keys(constructor);
    frames_.pop_back();
  }

  void end_entry() {
    if (is_inside_constructor()) frames_.back().at_entry_start = true;
  }

  void begin_entry() {
    frames_.back().at_entry_start = false;
    WrittenEntry entry;
    entry.place = tokens_[at_];
    if (tokens_[at_].kind == Kind::name && is_symbol(at_ + 1, "=")) {
      entry.key = std::string(text(at_));
    } else if (is_symbol(at_, "[")) {
      if (is_symbol(at_ + 2, "]") && is_symbol(at_ + 3, "=")) entry.key = constant_key(at_ + 1);
    } else {
      entry.is_positional = true;
      current().positional.push_back(current().entries.size());
    }
    add_entry(std::move(entry));
  }

  std::string constant_key(size_t index) const {
    if (tokens_[index].kind == Kind::text) return std::string(content_of(tokens_[index], source_));
    if (tokens_[index].kind == Kind::number) return "[" + std::string(text(index)) + "]";
    return "";
  }

  void add_entry(WrittenEntry entry) {
    if (!entry.key.empty()) {
      const auto [first, is_new] = frames_.back().keys.emplace(entry.key, entry.place.line);
      if (!is_new) found_.doubled.push_back({entry.place, entry.key, first->second});
    }
    current().entries.push_back(std::move(entry));
  }

  /// { "a", [1] = "b" }
  void check_numbered_keys(const Constructor& constructor) {
    const auto& keys = frames_.back().keys;
    for (size_t number = 1; number <= constructor.positional.size() && !keys.empty(); ++number) {
      const std::string key = "[" + std::to_string(number) + "]";
      if (keys.count(key) == 0) continue;
      found_.doubled.push_back(
          {constructor.find_key(key)->place, key, constructor.find_positional(number)->place.line});
    }
  }

  std::string_view source_;
  const std::vector<LuaToken>& tokens_;
  size_t at_ = 0;
  std::vector<Frame> frames_;
  std::optional<size_t> closed_argument_;  ///< token that last closed f { ... }
  Constructors found_;
};

struct Insertion {
  size_t at = 0;
  std::string text;
};

}  // namespace

const WrittenEntry* Constructor::find_key(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const WrittenEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const WrittenEntry* Constructor::find_positional(size_t number) const {
  if (positional.empty() || number == 0) return nullptr;
  return &entries[positional[std::min(number, positional.size()) - 1]];
}

Constructors find_constructors(std::string_view source, const std::vector<LuaToken>& tokens) {
  return Finder(source, tokens).run();
}

std::string mark_constructors(std::string_view source, const std::vector<LuaToken>& tokens, const Constructors& found,
                              std::string_view marker, size_t first) {
  std::vector<Insertion> insertions;
  for (size_t i = 0; i < found.all.size(); ++i) {
    const Constructor& constructor = found.all[i];
    // The parenthesis of a call has to stand on the line of the function, else Lua calls it ambiguous.
    if (constructor.is_argument) insertions.push_back({tokens[*constructor.token_before].end, "("});
    insertions.push_back({constructor.open.begin, std::string(marker) + "(" + std::to_string(first + i) + ","});
    insertions.push_back({constructor.end, constructor.is_argument ? "))" : ")"});
  }
  std::stable_sort(insertions.begin(), insertions.end(),
                   [](const Insertion& a, const Insertion& b) { return a.at < b.at; });
  std::string marked;
  size_t copied = 0;
  for (const Insertion& insertion : insertions) {
    marked.append(source.substr(copied, insertion.at - copied)).append(insertion.text);
    copied = insertion.at;
  }
  return marked.append(source.substr(copied));
}

}  // namespace sluice::script
