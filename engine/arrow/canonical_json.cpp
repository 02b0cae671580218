#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "arrow/canonical.hpp"
#include "arrow/json_escape.hpp"
#include "arrow/text.hpp"

namespace sluice::arrow {

namespace {

constexpr int kMostDepth = 1000;

struct Member {
  std::string key;
  std::string value;
};

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// Of members with one key the last, sorted by key.
void sort_members(std::vector<Member>& members) {
  std::ranges::stable_sort(members, {}, &Member::key);
  size_t kept = 0;
  for (size_t i = 0; i < members.size(); ++i) {
    const bool is_last = i + 1 == members.size() || members[i].key != members[i + 1].key;
    if (!is_last) continue;
    if (kept != i) members[kept] = std::move(members[i]);
    ++kept;
  }
  members.resize(kept);
}

/// Reads one JSON text (RFC 8259) and writes its canonical form. Every function answers false where the text is broken.
class JsonReader {
 public:
  JsonReader(std::string_view text, CanonicalWriter& out) : text_(text), out_(out) {}

  bool read_all() {
    if (!read_value(0)) return false;
    skip_space();
    return at_ == text_.size();
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool read_value(int depth) {
    skip_space();
    if (at_ >= text_.size() || depth > kMostDepth) return false;
    switch (text_[at_]) {
      case '{': return read_object(depth);
      case '[': return read_array(depth);
      case '"': return read_text();
      case 't': return read_word("true");
      case 'f': return read_word("false");
      case 'n': return read_word("null");
      default: return read_number();
    }
  }

  bool read_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    out_.put(word[0]);
    return true;
  }

  bool read_text() {
    std::string text;
    if (!read_string(text)) return false;
    out_.put('s');
    out_.put_sized(text);
    return true;
  }

  bool read_array(int depth) {
    ++at_;
    out_.put('[');
    if (take(']')) return out_.put(']'), true;
    do {
      if (!read_value(depth + 1)) return false;
    } while (take(','));
    out_.put(']');
    return take(']');
  }

  bool read_object(int depth) {
    ++at_;
    out_.put('{');
    std::vector<Member> members;
    if (!take('}')) {
      do {
        if (!read_member(members.emplace_back(), depth)) return false;
      } while (take(','));
      if (!take('}')) return false;
    }
    sort_members(members);
    for (const Member& member : members) {
      out_.put('k');
      out_.put_sized(member.key);
      out_.put_raw(member.value);
    }
    out_.put('}');
    return true;
  }

  bool read_member(Member& member, int depth) {
    skip_space();
    if (!read_string(member.key) || !take(':')) return false;
    const size_t begin = out_.size();
    if (!read_value(depth + 1)) return false;
    member.value = out_.from(begin);
    out_.truncate(begin);
    return true;
  }

  bool read_number() {
    const size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '-') ++at_;
    const size_t whole = at_;
    if (!skip_digits()) return false;
    if (text_[whole] == '0' && at_ - whole > 1) return false;
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!skip_digits()) return false;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!skip_digits()) return false;
    }
    append_canonical_number(out_, text_.substr(begin, at_ - begin));
    return true;
  }

  bool skip_digits() {
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > begin;
  }

  bool read_string(std::string& out) {
    if (at_ >= text_.size() || text_[at_] != '"') return false;
    ++at_;
    while (at_ < text_.size()) {
      size_t plain = at_;
      while (plain < text_.size() && text_[plain] != '"' && text_[plain] != '\\') {
        if (static_cast<unsigned char>(text_[plain]) < 0x20) return false;
        ++plain;
      }
      out.append(text_, at_, plain - at_);
      at_ = plain + 1;
      if (plain >= text_.size()) return false;
      if (text_[plain] == '"') return true;
      if (!read_escape(out)) return false;
    }
    return false;
  }

  bool read_escape(std::string& out) {
    if (at_ >= text_.size()) return false;
    const char c = text_[at_++];
    switch (c) {
      case '"':
      case '\\':
      case '/': out += c; return true;
      case 'b': out += '\b'; return true;
      case 'f': out += '\f'; return true;
      case 'n': out += '\n'; return true;
      case 'r': out += '\r'; return true;
      case 't': out += '\t'; return true;
      case 'u': return read_code_point(out);
      default: return false;
    }
  }

  bool read_code_point(std::string& out) {
    uint32_t code = 0;
    if (!read_hex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      const size_t behind = at_;
      uint32_t low = 0;
      at_ += 2;
      if (!read_hex(low)) return false;
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = behind;
      }
    }
    // Half of a pair is valid JSON (RFC 8259, 8.2), if no character: it has bytes of its own here.
    append_utf8(out, code);
    return true;
  }

  bool read_hex(uint32_t& code) {
    if (text_.size() - at_ < 4) return false;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return false;
      code = code * 16 + static_cast<uint32_t>(digit);
    }
    return true;
  }

  std::string_view text_;
  CanonicalWriter& out_;
  size_t at_ = 0;
};

}  // namespace

bool append_canonical_json(CanonicalWriter& out, std::string_view text) {
  const size_t begin = out.size();
  if (is_valid_utf8(text) && JsonReader(text, out).read_all()) return true;
  out.truncate(begin);
  return false;
}

bool is_json(std::string_view text) {
  CanonicalWriter scratch;
  return append_canonical_json(scratch, text) && !has_half_pair(text);
}

}  // namespace sluice::arrow
