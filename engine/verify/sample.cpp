#include "verify/sample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "copy/halve.hpp"
#include "store/plugin.hpp"
#include "verify/reread.hpp"

namespace sluice::verify {

namespace {

using arrow::Kind;

constexpr size_t kKeptRows = 100;
constexpr double kConfidence = 0.95;

bool speaks_sql(store::Session& session) { return !session.store().plugin().manifest().language.empty(); }

bool is_integer(Kind kind) { return kind >= Kind::int8 && kind <= Kind::uint64; }

/// Keys that mean the same row when their text is bound on either side; of the rest only what is found counts.
bool has_exact_key(const catalog::TableMapping& table) {
  return std::ranges::all_of(table.key, [&](const std::string& name) {
    const Kind kind = table.find_target(name)->compare.kind;
    return is_integer(kind) || kind == Kind::text;
  });
}

bool can_be_looked_up(const catalog::TableMapping& table) {
  return std::ranges::all_of(table.key, [&](const std::string& name) {
    const catalog::ColumnMapping& column = *table.find_target(name);
    const Kind kind = column.compare.kind;
    // Under a cast one text does not mean the same row on both sides.
    if (!column.chain.empty()) return false;
    return is_integer(kind) || kind == Kind::text || kind == Kind::uuid || kind == Kind::date;
  });
}

std::string why_not(const TableSide& source, const TableSide& target) {
  if (source.table.key.empty()) return "it has no key";
  const catalog::TableMapping before = source.table.before_transforms();
  const bool has_key = std::ranges::all_of(source.table.key, [&](const std::string& name) { return before.find_target(name) != nullptr; });
  if (!has_key || !can_be_looked_up(before) || !can_be_looked_up(source.table)) return "its key is of a type that is not looked up, or has a cast";
  if (!speaks_sql(source.session) || !speaks_sql(target.session)) return "a store has no query language";
  return {};
}

/// Compares batch by batch. Used once.
class SampleCheck {
 public:
  SampleCheck(const TableSide& source, const TableSide& target, TableDifference& difference)
      : source_(source),
        target_(target),
        table_(source.table),
        difference_(difference),
        key_columns_(RowKeys(table_).key_columns()) {}

  void run(int64_t wanted, const CheckCancelled& check) {
    SampleKeys keys(source_, difference_.source_rows, wanted, check);
    while (sampled_ < wanted) {
      if (check) check();
      const std::vector<KeyTexts> batch = keys.next(wanted - sampled_);
      if (batch.empty()) break;
      compare(batch, keys.may_miss());
    }
    add_note();
  }

  int64_t sampled() const { return sampled_; }

 private:
  void compare(const std::vector<KeyTexts>& keys, bool may_miss) {
    const RereadRows of_source = reread_source(keys);
    // Functions may have dropped rows, and split ones.
    const bool are_all_kept = !table_.changes_rows() && source_.copied.rejects == 0;
    if (!may_miss && are_all_kept && of_source.size() < keys.size()) lost_ += static_cast<int64_t>(keys.size() - of_source.size());
    const RereadRows of_target = reread_rows(target_, texts_of_keys(of_source));
    for (const auto& [key, row] : of_source) {
      const auto other = of_target.find(key);
      if (other == of_target.end() && excused_ < source_.copied.refused) {
        ++excused_;  // the fingerprints have shown that no other row is missing
      } else if (other == of_target.end()) {
        add_missing(row);
      } else {
        ++sampled_;
        if (other->second.row != row.row) add_changed(row, other->second);
      }
    }
  }

  /// Without the rows that the copy had to reject, too, because the source can't deliver them.
  RereadRows reread_source(const std::vector<KeyTexts>& keys) const {
    if (source_.copied.rejects == 0) return reread_rows(source_, keys);
    RereadRows rows;
    copy::halve(
        {0, static_cast<int64_t>(keys.size())},
        [&](copy::Span span) { rows.merge(reread_rows(source_, {keys.begin() + span.first, keys.begin() + span.first + span.rows})); },
        [](int64_t, const Error&) {});
    return rows;
  }

  std::vector<KeyTexts> texts_of_keys(const RereadRows& rows) const {
    std::vector<KeyTexts> keys;
    for (const auto& [key, row] : rows) {
      KeyTexts& texts = keys.emplace_back();
      for (const size_t column : key_columns_) texts.push_back(row.texts[column].value_or(""));
    }
    return keys;
  }

  void add_missing(const RereadRow& row) {
    if (!has_exact_key(table_)) {
      ++unmatched_;
      return;
    }
    ++sampled_;
    ++difference_.missing;
    keep({.kind = DifferenceKind::missing, .key = key_text(row), .cells = {}, .times = 1});
  }

  void add_changed(const RereadRow& source, const RereadRow& target) {
    ++difference_.changed;
    RowDifference difference{.kind = DifferenceKind::changed, .key = key_text(source), .cells = {}, .times = 1};
    for (size_t i = 0; i < source.columns.size(); ++i) {
      if (source.columns[i] == target.columns[i]) continue;
      difference.cells.push_back(
          {table_.columns[i].target, source.texts[i].value_or("NULL"), target.texts[i].value_or("NULL")});
    }
    keep(std::move(difference));
  }

  void keep(RowDifference row) {
    difference_.verdict = Verdict::mismatch;
    ++differing_;
    if (difference_.rows.size() < kKeptRows) difference_.rows.push_back(std::move(row));
  }

  std::string key_text(const RereadRow& row) const {
    std::string text;
    for (const size_t column : key_columns_) {
      text += (text.empty() ? "" : ", ") + table_.columns[column].target + "=" + row.texts[column].value_or("NULL");
    }
    return text;
  }

  void add_note() {
    std::string note = std::to_string(sampled_) + " random rows read again by query: ";
    if (differing_ > 0) {
      note += std::to_string(differing_) + " differ";
    } else if (sampled_ > 0 && sampled_ < difference_.source_rows) {
      char bound[32];
      std::snprintf(bound, sizeof(bound), "%.2f", largest_unseen_rate(sampled_, kConfidence) * 100);
      note += std::string("none differs; at 95 % confidence at most ") + bound + " % of all rows do";
    } else {
      note += "none differs";
    }
    difference_.notes.push_back(note);
    if (unmatched_ > 0) {
      difference_.notes.push_back(std::to_string(unmatched_) +
                                  " sampled keys were not looked up: the stores spell them differently");
    }
    if (lost_ > 0) {
      difference_.notes.push_back(std::to_string(lost_) +
                                  " keys that the source was read with are not found by its own query");
      if (difference_.verdict == Verdict::match) difference_.verdict = Verdict::incomplete;
    }
  }

  const TableSide& source_;
  const TableSide& target_;
  const catalog::TableMapping& table_;
  TableDifference& difference_;
  std::vector<size_t> key_columns_;
  int64_t sampled_ = 0, differing_ = 0, excused_ = 0, unmatched_ = 0, lost_ = 0;
};

}  // namespace

int64_t check_sample(store::Session& source, store::Session& target, const catalog::TableMapping& table, int64_t wanted,
                     TableDifference& difference, const CheckCancelled& check, const CopiedBy& copied) {
  if (wanted <= 0 || difference.source_rows == 0) return 0;
  const TableSide of_source{source, table, copy::Side::source, copied};
  const TableSide of_target{target, table, copy::Side::target};
  if (const std::string why = why_not(of_source, of_target); !why.empty()) {
    difference.notes.push_back("no sample was read again: " + why);
    return 0;
  }
  SampleCheck sample(of_source, of_target, difference);
  try {
    sample.run(wanted, check);
  } catch (const Error& error) {
    throw error.with_prefix(table.target_table + ": reading a sample again: ");
  }
  return sample.sampled();
}

double largest_unseen_rate(int64_t sampled, double confidence) {
  if (sampled <= 0) return 1;
  return 1 - std::pow(1 - confidence, 1 / static_cast<double>(sampled));
}

}  // namespace sluice::verify
