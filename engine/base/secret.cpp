#include "base/secret.hpp"

#include <algorithm>

#include "base/escape.hpp"

namespace sluice {

namespace {

constexpr const char* kReplacement = "***";

void replace_all(std::string& text, const std::string& value) {
  for (size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + 3)) {
    text.replace(at, value.size(), kReplacement);
  }
}

}  // namespace

void Redactor::add(const std::string& value) {
  if (value.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const std::string& form : {value, escape_url(value)}) {
    if (std::find(values_.begin(), values_.end(), form) == values_.end()) values_.push_back(form);
  }
  std::stable_sort(values_.begin(), values_.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::string Redactor::redact(std::string text) const {
  const std::lock_guard lock(mutex_);
  for (const std::string& value : values_) replace_all(text, value);
  return text;
}

}  // namespace sluice
