#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "arrow/type.hpp"

namespace sluice::catalog {

/// Reads a JSON object field by field and names the place where it is not as expected: "tables[2].columns[0].type".
/// Fields that are missing or null count as empty; fields that nobody asks for are left alone. Lives as long as its
/// JSON.
class JsonReader {
 public:
  /// `what` names the whole text: "catalog". Throws Error(internal) where it is not an object.
  JsonReader(const nlohmann::json& object, std::string what, std::string place = {});

  std::string text(const char* field) const;
  /// Throws where it is missing or empty.
  std::string required_text(const char* field) const;
  int64_t integer(const char* field) const;
  bool flag(const char* field, bool missing = false) const;
  arrow::Type type(const char* field) const;
  std::vector<std::string> texts(const char* field) const;
  bool has(const char* field) const;
  JsonReader object(const char* field) const;
  /// Calls `read` with each object of a list.
  void each(const char* field, const std::function<void(const JsonReader&)>& read) const;

 private:
  const nlohmann::json* find(const char* field) const;
  std::string place_of(const std::string& field) const;
  [[noreturn]] void refuse(const std::string& place, const std::string& expected, const nlohmann::json& found) const;

  const nlohmann::json& object_;
  std::string what_;
  std::string place_;
};

/// Parses a whole text. Throws Error(internal) naming `what` and the byte where it is not JSON.
nlohmann::json parse_json(const std::string& text, const std::string& what);

}  // namespace sluice::catalog
