#include "workflow/criterion_units.hpp"

#include <map>

namespace sluice::workflow {
namespace {

using Kind = Dimension::Kind;

std::map<std::string, Unit> make_units() {
  const auto whole = [](Int128 number) { return Rational::make(number, 1); };
  const Dimension time{Kind::quantity, 1, 0};
  const Dimension bytes{Kind::quantity, 0, 1};
  std::map<std::string, Unit> units = {
      {"%", {{Kind::percent}, Rational::make(1, 100)}},
      {"pp", {{Kind::percent}, Rational::make(1, 100)}},
      {"x", {{Kind::ratio}, whole(1)}},
      {"ms", {time, Rational::make(1, 1000)}},
      {"s", {time, whole(1)}},
      {"m", {time, whole(60)}},
      {"h", {time, whole(3600)}},
      {"d", {time, whole(86400)}},
      {"rows", {{Kind::count}, whole(1)}},
      {"/s", {{Kind::quantity, -1, 0}, whole(1)}},
      {"rows/s", {{Kind::quantity, -1, 0}, whole(1)}},
  };
  const std::map<std::string, Int128> sizes = {{"bytes", 1},
                                               {"KB", 1000},
                                               {"MB", 1000000},
                                               {"GB", 1000000000},
                                               {"TB", 1000000000000},
                                               {"KiB", 1024},
                                               {"MiB", 1024 * 1024},
                                               {"GiB", 1024 * 1024 * 1024},
                                               {"TiB", Int128{1} << 40}};
  for (const auto& [name, size] : sizes) {
    units[name] = {bytes, whole(size)};
    units[name + "/s"] = {{Kind::quantity, -1, 1}, whole(size)};
  }
  return units;
}

const std::map<std::string, Unit>& all_units() {
  static const std::map<std::string, Unit> units = make_units();
  return units;
}

Dimension quantity(int time, int bytes) {
  return {time == 0 && bytes == 0 ? Kind::count : Kind::quantity, time, bytes};
}

bool are(const Dimension& a, const Dimension& b, Kind one, Kind other) {
  return (a.kind == one && b.kind == other) || (a.kind == other && b.kind == one);
}

}  // namespace

std::string describe(const Dimension& dimension) {
  switch (dimension.kind) {
    case Kind::plain: return "a number without unit";
    case Kind::count: return "a count";
    case Kind::ratio: return "a ratio";
    case Kind::percent: return "a percentage";
    case Kind::quantity: break;
  }
  if (dimension.time == 1 && dimension.bytes == 0) return "a time";
  if (dimension.time == 0 && dimension.bytes == 1) return "a size in bytes";
  if (dimension.time == -1 && dimension.bytes == 0) return "a rate per second";
  if (dimension.time == -1 && dimension.bytes == 1) return "a rate of bytes per second";
  return "a mixed quantity";
}

std::optional<Unit> find_unit(const std::string& name) {
  const auto found = all_units().find(name);
  if (found == all_units().end()) return std::nullopt;
  return found->second;
}

const std::vector<std::string>& unit_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, unit] : all_units()) all.push_back(name);
    return all;
  }();
  return names;
}

Unit unit_of_metric(const std::string& name) {
  if (name == "%") return {{Kind::percent}, Rational::make(1, 1)};
  return find_unit(name).value_or(Unit{{Kind::count}, Rational::make(1, 1)});
}

std::optional<Dimension> combine_sum(const Dimension& a, const Dimension& b) {
  if (a == b) return a;
  if (a.time != b.time || a.bytes != b.bytes) return std::nullopt;
  if (are(a, b, Kind::plain, Kind::count)) return Dimension{Kind::count};
  if (are(a, b, Kind::plain, Kind::ratio)) return Dimension{Kind::ratio};
  if (are(a, b, Kind::ratio, Kind::percent)) return Dimension{Kind::percent};
  return std::nullopt;
}

Dimension combine_product(const Dimension& a, const Dimension& b) {
  if (!a.is_dimensionless() || !b.is_dimensionless()) return quantity(a.time + b.time, a.bytes + b.bytes);
  if (a.kind == Kind::plain) return b;
  if (b.kind == Kind::plain) return a;
  if (a.kind == Kind::count || b.kind == Kind::count) return {Kind::count};
  return {Kind::ratio};
}

Dimension combine_quotient(const Dimension& a, const Dimension& b) {
  if (b.kind == Kind::plain) return a;
  if (b.is_dimensionless() && b.kind != Kind::count && a.kind != Kind::plain && a.kind != b.kind) return a;
  const bool cancels = a.time == b.time && a.bytes == b.bytes;
  return cancels ? Dimension{Kind::ratio} : quantity(a.time - b.time, a.bytes - b.bytes);
}

}  // namespace sluice::workflow
