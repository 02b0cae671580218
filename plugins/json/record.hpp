#pragma once

#include <memory>
#include <string_view>
#include <vector>

namespace sluice::json {

enum class Kind { null = 1, boolean, number, string, object, array };
const char* to_text(Kind kind);
/// By a value's first character.
Kind kind_of(char first);

/// A value as its source text: strings with their quotes and escapes, containers whole.
struct Value {
  Kind kind = Kind::null;
  std::string_view raw;
  bool has_escapes = false;  ///< of a string

  /// Of a string, between the quotes.
  std::string_view content() const { return raw.substr(1, raw.size() - 2); }
};

/// A member of an object; the key as it is written between its quotes.
struct Field {
  std::string_view key;
  bool has_escapes = false;  ///< the key
  Value value = {};
};

/// Takes single records apart, everything in them checked. What it answers points into the text. One thread.
class RecordParser {
 public:
  explicit RecordParser(int most_depth);
  ~RecordParser();

  /// Replaces `fields` by the object's members in their order, doubled keys included. False where the text is not one
  /// whole JSON object: find_fault says why. kPadding bytes behind the text must be readable.
  bool parse_object(std::string_view text, std::vector<Field>& fields);
  bool parse_array(std::string_view text, std::vector<Value>& values);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluice::json
