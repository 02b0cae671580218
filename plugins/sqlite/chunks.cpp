#include "chunks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "arrow/text.hpp"
#include "estimate.hpp"
#include "quote.hpp"
#include "session.hpp"
#include "shape.hpp"
#include "statement.hpp"

namespace sluice::sqlite {

namespace {

using nlohmann::json;

/// Tables up to so many rowids are cut by a pass over them, which takes no longer than probing.
constexpr int64_t kSmallSpan = 100000;
constexpr int kProbes = 64;
/// Rows that a probe looks ahead to learn how dense they lie.
constexpr int64_t kProbeRows = 64;
/// How far the densest and the thinnest probe may be apart for equal widths to be fair.
constexpr double kMostUneven = 3;

struct Chunks {
  std::vector<std::string> key;
  std::string type = "local";
  std::vector<std::string> cuts;
  int64_t rows = 0;
};

std::string to_json(const Chunks& chunks) {
  json cuts = json::array();
  for (const std::string& cut : chunks.cuts) cuts.push_back(json::array({cut}));
  return json{{"key", chunks.key}, {"type", chunks.type}, {"cuts", cuts}, {"rows", chunks.rows}}.dump();
}

/// Keeps evenly spread values of an ordered pass whose length isn't known before.
template <typename Value>
class Sample {
 public:
  explicit Sample(int64_t wanted) : most_(static_cast<size_t>(std::max<int64_t>(wanted * 32, 4096))) {}

  /// Whether the next row's value is to be given to add().
  bool wants_next() { return rows_++ % stride_ == 0; }
  void add(Value value) {
    kept_.push_back(std::move(value));
    if (kept_.size() < most_) return;
    for (size_t i = 0; 2 * i < kept_.size(); ++i) kept_[i] = std::move(kept_[2 * i]);
    kept_.resize((kept_.size() + 1) / 2);
    stride_ *= 2;
  }
  int64_t rows() const { return rows_; }

  /// At most wanted - 1 ascending values that split the rows evenly, none of them the first.
  std::vector<Value> cuts(int64_t wanted) const {
    std::vector<Value> cuts;
    const int64_t chunks = std::min(wanted, rows_);
    for (int64_t i = 1; i < chunks; ++i) {
      const Value& value = kept_[static_cast<size_t>(static_cast<__int128>(rows_) * i / chunks / stride_)];
      const bool is_new = cuts.empty() ? kept_.front() < value : cuts.back() < value;
      if (is_new) cuts.push_back(value);
    }
    return cuts;
  }

 private:
  size_t most_;
  int64_t stride_ = 1;
  int64_t rows_ = 0;
  std::vector<Value> kept_;
};

/// Cuts one table. Lives for one call.
class Cutter {
 public:
  Cutter(Session& session, const TableShape& shape, int64_t wanted)
      : session_(session), shape_(shape), wanted_(std::max<int64_t>(wanted, 1)) {}

  Chunks cut() {
    if (shape_.kind == TableShape::Kind::view) return {};
    if (shape_.kind == TableShape::Kind::keyed_table) return cut_by_key();
    if (shape_.rowid_name.empty()) return {{}, "local", {}, estimate_rows(session_, shape_)};
    return cut_by_rowid();
  }

 private:
  Chunks cut_by_rowid() {
    Chunks chunks;
    if (!shape_.rowid_alias.empty()) chunks = {{shape_.rowid_alias}, "integer", {}, 0};
    int64_t least = 0;
    int64_t greatest = 0;
    if (!find_rowid_span(session_, shape_, least, greatest)) return chunks;
    const __int128 span = static_cast<__int128>(greatest) - least + 1;
    std::vector<int64_t> cuts;
    if (span > kSmallSpan && probe_density(least, span)) {
      chunks.rows = probed_rows_;
      cuts = equal_widths(least, span, std::min(wanted_, probed_rows_));
    } else {
      cuts = quantiles(chunks.rows);
    }
    for (const int64_t cut : cuts) chunks.cuts.push_back(std::to_string(cut));
    return chunks;
  }

  static std::vector<int64_t> equal_widths(int64_t least, __int128 span, int64_t chunks) {
    std::vector<int64_t> cuts;
    for (int64_t i = 1; i < chunks; ++i) cuts.push_back(static_cast<int64_t>(least + span * i / chunks));
    return cuts;
  }

  /// Whether rows lie evenly over the span. Then probed_rows_ is about how many there are.
  bool probe_density(int64_t least, __int128 span) {
    const std::string rowid = quote_name(shape_.rowid_name);
    Statement probe(session_,
                    "SELECT max(r), count(*) FROM (SELECT " + rowid + " AS r FROM " + quote_name(shape_.name) +
                        " NOT INDEXED WHERE " + rowid + " >= ? ORDER BY r LIMIT " + std::to_string(kProbeRows) + ")",
                    "probing " + shape_.name);
    double thinnest = 1;
    double densest = 0;
    double sum = 0;
    for (int i = 0; i < kProbes; ++i) {
      const auto from = static_cast<int64_t>(least + span * i / kProbes);
      probe.reset();
      probe.bind(1, from);
      probe.step();
      // The last probe may run into the table's end.
      if (probe.integer(1) < kProbeRows) return false;
      const auto width = static_cast<double>(static_cast<__int128>(probe.integer(0)) - from + 1);
      const double density = static_cast<double>(kProbeRows) / width;
      thinnest = std::min(thinnest, density);
      densest = std::max(densest, density);
      sum += density;
    }
    probed_rows_ = static_cast<int64_t>(sum / kProbes * static_cast<double>(span));
    return densest <= thinnest * kMostUneven;
  }

  std::vector<int64_t> quantiles(int64_t& rows) {
    const std::string rowid = quote_name(shape_.rowid_name);
    Statement pass(session_, "SELECT " + rowid + " FROM " + quote_name(shape_.name) + " NOT INDEXED ORDER BY 1",
                   "cutting " + shape_.name);
    Sample<int64_t> sample(wanted_);
    while (pass.step()) {
      if (sample.wants_next()) sample.add(pass.integer(0));
    }
    rows = sample.rows();
    return sample.cuts(wanted_);
  }

  Chunks cut_by_key() {
    const ColumnShape& leading = shape_.column(shape_.key_columns()[0]);
    if (leading.type.affinity == Affinity::integer) return cut_by_leading<int64_t>(leading, "integer", SQLITE_INTEGER);
    if (leading.type.affinity == Affinity::text && is_binary(leading)) {
      return cut_by_leading<std::string>(leading, "bytes", SQLITE_TEXT);
    }
    return {{}, "local", {}, estimate_rows(session_, shape_)};
  }

  /// One chunk where a key is of another storage class: other stores would order it otherwise.
  template <typename Value>
  Chunks cut_by_leading(const ColumnShape& leading, const char* type, int storage) {
    Statement pass(session_, "SELECT " + quote_name(leading.name) + " FROM " + quote_name(shape_.name) + " ORDER BY 1",
                   "cutting " + shape_.name);
    Sample<Value> sample(wanted_);
    bool is_uniform = true;
    while (pass.step()) {
      is_uniform &= pass.type(0) == storage;
      if (sample.wants_next()) sample.add(value_of(pass, Value{}));
    }
    if (!is_uniform) return {{}, "local", {}, sample.rows()};
    Chunks chunks{{leading.name}, type, {}, sample.rows()};
    for (const Value& cut : sample.cuts(wanted_)) chunks.cuts.push_back(text_of(cut));
    return chunks;
  }

  static int64_t value_of(const Statement& pass, int64_t) { return pass.integer(0); }
  static std::string value_of(const Statement& pass, const std::string&) { return pass.string(0); }
  static std::string text_of(int64_t cut) { return std::to_string(cut); }
  static std::string text_of(const std::string& cut) { return arrow::bytes_to_hex(cut); }

  /// Whether the texts of the key lie in the order of their UTF-8 bytes.
  bool is_binary(const ColumnShape& column) {
    Statement encoding(session_, "PRAGMA encoding", "describing " + session_.path());
    if (!encoding.step() || encoding.text(0) != "UTF-8") return false;
    Statement list(session_,
                   "SELECT x.coll FROM pragma_index_list(?1, 'main') l, pragma_index_xinfo(l.name, 'main') x "
                   "WHERE l.origin = 'pk' AND x.seqno = 0",
                   "describing " + shape_.name);
    list.bind_text(1, shape_.name);
    return list.step() && same_name(list.text(0), "binary") && column.key_position == 1;
  }

  Session& session_;
  const TableShape& shape_;
  int64_t wanted_;
  int64_t probed_rows_ = 0;
};

}  // namespace

std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted) {
  const TableShape shape = shape_of(session, spec.schema.c_str(), spec.table);
  return to_json(Cutter(session, shape, wanted).cut());
}

}  // namespace sluice::sqlite
