#include "matrix/cases.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "matrix/notation.hpp"
#include "support/environment.hpp"

namespace sluice::test::matrix {
namespace {

namespace fs = std::filesystem;

std::string cut_word(std::string& line) {
  const size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const size_t end = std::min(line.find(' ', begin), line.size());
  std::string word = line.substr(begin, end - begin);
  line = end + 1 < line.size() ? line.substr(end + 1) : "";
  return word;
}

std::vector<std::string> split(const std::string& text, const std::string& by) {
  std::vector<std::string> parts;
  size_t at = 0;
  for (size_t end = text.find(by); end != std::string::npos; at = end + by.size(), end = text.find(by, at))
    parts.push_back(text.substr(at, end - at));
  parts.push_back(text.substr(at));
  return parts;
}

std::vector<std::string> decoded(const std::string& text) {
  std::vector<std::string> values = split(text, " ;; ");
  for (std::string& value : values) value = decode(value);
  return values;
}

std::vector<std::string> stores_of(const std::string& written, const std::vector<std::string>& known) {
  if (written == "*") return known;
  std::vector<std::string> stores = split(written, ",");
  for (const std::string& store : stores) {
    if (std::ranges::count(known, store) == 0) throw std::runtime_error("there is no store " + store + " here");
  }
  return stores;
}

std::string cut_quoted(std::string& line) {
  const size_t end = line.find('"', 1);
  if (line.empty() || line[0] != '"' || end == std::string::npos) throw std::runtime_error("expected policy \"NAME\" TEXT");
  std::string name = line.substr(1, end - 1);
  line = end + 2 < line.size() ? line.substr(end + 2) : "";
  return name;
}

std::optional<Outcome> read_outcome(std::string line) {
  const std::string word = cut_word(line);
  Outcome outcome;
  if (word == "untold") return std::nullopt;
  if (word == "kept") {
    outcome.fate = Fate::kept;
  } else if (word == "policy") {
    outcome.fate = Fate::policy;
    outcome.policy = cut_quoted(line);
  } else if (word == "refused") {
    outcome.fate = Fate::refused;
  } else if (word == "unsupported") {
    outcome.fate = Fate::unsupported;
  } else if (word == "unreadable") {
    outcome.fate = Fate::unreadable;
  } else {
    throw std::runtime_error("there is no outcome " + word);
  }
  outcome.texts = decoded(line);
  return outcome;
}

/// Reads one file, line by line.
class Reader {
 public:
  explicit Reader(std::vector<Case>& cases) : cases_(cases) {}

  void take(std::string line, const std::string& place) {
    const std::string word = cut_word(line);
    if (word.empty() || word[0] == '#') return;
    if (word == "type") {
      type_ = {};
      type_.type = line;
      is_in_value_ = false;
    } else if (word == "value") {
      add_value(line, place);
    } else if (word == "to") {
      add_outcomes(line, place);
    } else {
      add_part(word, line);
    }
  }

 private:
  Case& current() { return is_in_value_ ? cases_.back() : type_; }

  void add_value(const std::string& name, const std::string& place) {
    cases_.push_back(type_);
    cases_.back().name = name;
    cases_.back().place = place;
    is_in_value_ = true;
  }

  void add_part(const std::string& word, std::string line) {
    const std::string who = cut_word(line);
    if (word == "option") {
      current().options.emplace_back(who, line);
    } else if (word == "map") {
      current().map_type = who;
    } else if (word == "column" || word == "from" || word == "file") {
      for (const std::string& store : stores_of(who, kSources)) {
        Holding& holding = current().holdings[store];
        if (word == "column") holding.column = line;
        if (word == "from") holding.values = decoded(line);
        if (word == "file") holding.values = {decode(line)};
        holding.is_file = word == "file" || (holding.is_file && word == "column");
      }
    } else {
      throw std::runtime_error("there is no word " + word);
    }
  }

  void add_outcomes(std::string line, const std::string& place) {
    const std::vector<std::string> ends = split(cut_word(line), ">");
    std::optional<Outcome> outcome = read_outcome(line);
    if (outcome) outcome->place = place;
    for (const std::string& source : stores_of(ends.size() == 2 ? ends[0] : "*", kSources)) {
      for (const std::string& target : stores_of(ends.back(), kTargets)) current().ends[{source, target}] = outcome;
    }
  }

  std::vector<Case>& cases_;
  Case type_;
  bool is_in_value_ = false;
};

void check(const Case& one, std::set<std::string>& names) {
  if (!names.insert(one.name).second) throw std::runtime_error(one.place + ": the value " + one.name + " is there already");
  for (const auto& [source, holding] : one.holdings) {
    if (holding.values.empty()) continue;
    for (const std::string& target : kTargets) {
      if (!one.ends.contains({source, target}))
        throw std::runtime_error(one.place + ": " + one.name + " says nothing of " + source + ">" + target);
    }
  }
}

void read_file(const fs::path& path, std::vector<Case>& cases) {
  std::ifstream file(path);
  Reader reader(cases);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string place = path.filename().string() + ":" + std::to_string(number);
    try {
      reader.take(line, place);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(place + ": " + error.what());
    }
  }
}

}  // namespace

const char* to_text(Fate fate) {
  switch (fate) {
    case Fate::kept: return "kept";
    case Fate::policy: return "policy";
    case Fate::refused: return "refused";
    case Fate::unsupported: return "unsupported";
    case Fate::unreadable: return "unreadable";
  }
  return "";
}

const Outcome* Case::end(const std::string& source, const std::string& target) const {
  const auto holding = holdings.find(source);
  if (holding == holdings.end() || holding->second.values.empty()) return nullptr;
  const auto found = ends.find({source, target});
  return found == ends.end() || !found->second ? nullptr : &*found->second;
}

std::vector<Case> read_cases() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(source_directory() + "/tests/data/matrix")) {
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<Case> cases;
  for (const fs::path& path : paths) read_file(path, cases);
  std::set<std::string> names;
  for (const Case& one : cases) check(one, names);
  return cases;
}

}  // namespace sluice::test::matrix
