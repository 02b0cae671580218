#include "base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice {

namespace {

struct Unit {
  std::string_view name;
  int64_t value;
};

/// Milliseconds, largest first.
constexpr std::array<Unit, 5> kDurations = {Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                                            Unit{"s", 1'000}, Unit{"ms", 1}};

constexpr std::array<Unit, 11> kSizes = {
    Unit{"", 1},
    Unit{"b", 1},
    Unit{"bytes", 1},
    Unit{"kb", 1'000},
    Unit{"kib", int64_t{1} << 10},
    Unit{"mb", 1'000'000},
    Unit{"mib", int64_t{1} << 20},
    Unit{"gb", 1'000'000'000},
    Unit{"gib", int64_t{1} << 30},
    Unit{"tb", 1'000'000'000'000},
    Unit{"tib", int64_t{1} << 40},
};

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Takes "12" or "1.5" off the front.
std::optional<double> take_number(std::string_view& text) {
  size_t size = 0;
  while (size < text.size() && (is_digit(text[size]) || text[size] == '.')) ++size;
  if (size == 0 || !is_digit(text[0]) || !is_digit(text[size - 1])) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + size, value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + size) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

std::string take_word(std::string_view& text) {
  std::string word;
  while (!text.empty() && !is_digit(text.front())) {
    const char letter = text.front();
    word += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    text.remove_prefix(1);
  }
  return word;
}

std::optional<int64_t> scale(double number, int64_t unit) {
  const double value = std::round(number * static_cast<double>(unit));
  if (value > 9.0e18) return std::nullopt;
  return static_cast<int64_t>(value);
}

template <typename Units>
const Unit* find_unit(const Units& units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::string with_one_place(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.size() > 2 && text.substr(text.size() - 2) == ".0") text.resize(text.size() - 2);
  return text;
}

}  // namespace

std::optional<std::chrono::milliseconds> duration_from_text(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  int64_t last_unit = std::numeric_limits<int64_t>::max();
  while (!text.empty()) {
    const std::optional<double> number = take_number(text);
    const Unit* unit = number ? find_unit(kDurations, take_word(text)) : nullptr;
    if (unit == nullptr || unit->value >= last_unit) return std::nullopt;
    const std::optional<int64_t> part = scale(*number, unit->value);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
    last_unit = unit->value;
  }
  return std::chrono::milliseconds(total);
}

std::string duration_to_text(std::chrono::milliseconds duration) {
  const int64_t total = duration.count();
  if (total < 0) return "-" + duration_to_text(-duration);
  if (total < 1'000) return fmt::format("{}ms", total);
  if (total < 60'000) {
    std::string seconds = fmt::format("{}.{:03}", total / 1'000, total % 1'000);
    while (seconds.back() == '0') seconds.pop_back();
    if (seconds.back() == '.') seconds.pop_back();
    return seconds + "s";
  }
  for (size_t i = 0; i + 1 < kDurations.size(); ++i) {
    const int64_t large = total / kDurations[i].value;
    if (large == 0) continue;
    const int64_t small = total % kDurations[i].value / kDurations[i + 1].value;
    const std::string text = fmt::format("{}{}", large, kDurations[i].name);
    return small == 0 ? text : text + fmt::format("{}{}", small, kDurations[i + 1].name);
  }
  return "0ms";
}

std::optional<int64_t> size_from_text(std::string_view text) {
  const std::optional<double> number = take_number(text);
  if (!number) return std::nullopt;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const Unit* unit = find_unit(kSizes, take_word(text));
  if (unit == nullptr || !text.empty()) return std::nullopt;
  return scale(*number, unit->value);
}

std::string size_to_text(int64_t bytes) {
  constexpr std::array<const char*, 5> kNames = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (std::abs(value) >= 1024 && unit + 1 < kNames.size()) {
    value /= 1024;
    ++unit;
  }
  return with_one_place(value) + " " + kNames[unit];
}

std::string count_to_text(int64_t count) {
  std::string text = std::to_string(count);
  const size_t first = count < 0 ? 1 : 0;
  for (size_t place = text.size(); place > first + 3;) {
    place -= 3;
    text.insert(place, ",");
  }
  return text;
}

std::string count_of(int64_t count, std::string_view thing) {
  return count_to_text(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

}  // namespace sluice
