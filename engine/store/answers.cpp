#include <nlohmann/json.hpp>
#include <utility>

#include "arrow/text.hpp"
#include "arrow/view.hpp"
#include "base/error.hpp"
#include "catalog/json_reader.hpp"
#include "store/calls.hpp"

/// What plugins are asked and what they answer, as JSON and as rows.
namespace sluice::store {

namespace {

using catalog::JsonReader;
using nlohmann::json;

/// The counts of a ledger row, as the contract names them.
struct Count {
  const char* name;
  int64_t WorkResult::*member;
};

constexpr Count kCounts[] = {
    {"read", &WorkResult::read},
    {"kept", &WorkResult::kept},
    {"filtered", &WorkResult::filtered},
    {"rejected", &WorkResult::rejected},
    {"emitted", &WorkResult::emitted},
    {"written", &WorkResult::written},
    {"already_there", &WorkResult::already_there},
    {"refused", &WorkResult::refused},
};

/// How the contract calls the kind of object that a DDL statement creates; "" where it creates none.
std::string recorded_kind(const std::string& kind) {
  if (kind == "primary_key" || kind == "unique" || kind == "foreign_key") return "constraint";
  return kind == "sequence" || kind == "analyze" || kind == "comment" ? "" : kind;
}

/// One batch of `ledger_read`'s rows, columns by name.
class LedgerBatch {
 public:
  LedgerBatch(const std::vector<arrow::Field>& fields, const ArrowArray& batch)
      : fields_(fields), views_(arrow::view_batch(fields, batch)) {}

  std::string text(const char* name, int64_t row) const {
    const arrow::ColumnView& column = view(name);
    return column.is_null(row) ? "" : arrow::value_to_text(column, row);
  }
  int64_t integer(const char* name, int64_t row) const {
    const arrow::ColumnView& column = view(name);
    if (column.type().kind != arrow::Kind::int64) refuse(name, "is " + to_text(column.type()) + ", expected int64");
    return column.is_null(row) ? 0 : column.int64(row);
  }

 private:
  [[noreturn]] static void refuse(const std::string& name, const std::string& why) {
    throw Error(Code::internal, "ledger_read: column " + name + " " + why, "the plugin is broken");
  }
  const arrow::ColumnView& view(const char* name) const {
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (fields_[i].name == name) return views_[i];
    }
    refuse(name, "is missing");
  }

  const std::vector<arrow::Field>& fields_;
  std::vector<arrow::ColumnView> views_;
};

LedgerRow ledger_row(const LedgerBatch& batch, int64_t row, const std::string& run) {
  LedgerRow out;
  out.key = {run, batch.text("node", row), batch.text("table", row),
             static_cast<uint32_t>(batch.integer("generation", row)), batch.integer("chunk", row)};
  for (const Count& count : kCounts) out.result.*count.member = batch.integer(count.name, row);
  out.result.f_src = fingerprint_from_text(batch.text("f_src", row));
  out.result.f_out = fingerprint_from_text(batch.text("f_out", row));
  out.result.bounds = batch.text("bounds", row);
  out.epoch = batch.integer("epoch", row);
  return out;
}

}  // namespace

std::string to_json(const LookFilter& filter) {
  json object = json::object();
  if (!filter.schema.empty()) object["schema"] = filter.schema;
  if (!filter.tables.empty()) object["tables"] = filter.tables;
  if (!filter.views.empty()) object["views"] = filter.views;
  if (filter.evidence) object["evidence"] = true;
  if (filter.rejects) object["rejects"] = true;
  return object.dump();
}

Cuts cuts_from_answer(const std::string& text) {
  Cuts cuts = cuts_from_json(text);
  const size_t width = cuts.is_local() ? 1 : cuts.key.size();
  for (const std::vector<std::string>& cut : cuts.cuts) {
    if (cut.size() == width) continue;
    throw Error(Code::internal, "plan_chunks: a cut of " + std::to_string(cut.size()) + " values for a key of " +
                                    std::to_string(width) + " columns");
  }
  return cuts;
}

FenceHolder holder_from_json(const std::string& text) {
  const json whole = catalog::parse_json(text, "fence");
  const JsonReader object(whole, "fence");
  FenceHolder holder;
  holder.exists = !whole.empty();
  holder.is_free = object.flag("free", !holder.exists);
  holder.run = object.text("run");
  holder.host = object.text("host");
  holder.boot_id = object.text("boot_id");
  holder.journal = object.text("journal");
  holder.pid = object.integer("pid");
  holder.pid_start = object.integer("pid_start");
  holder.epoch = object.integer("epoch");
  holder.lease_left_ms = object.integer("lease_left_ms");
  return holder;
}

std::optional<LedgerRow> ledger_row_from_json(const std::string& text, const WorkKey& key) {
  const json whole = catalog::parse_json(text, "ledger row");
  const JsonReader object(whole, "ledger row");
  if (whole.empty()) return std::nullopt;
  LedgerRow row;
  row.key = key;
  for (const Count& count : kCounts) row.result.*count.member = object.integer(count.name);
  row.result.f_src = fingerprint_from_text(object.required_text("f_src"));
  row.result.f_out = fingerprint_from_text(object.required_text("f_out"));
  row.result.bounds = object.text("bounds");
  row.epoch = object.integer("epoch");
  return row;
}

std::string objects_to_json(const std::vector<catalog::Statement>& objects) {
  json list = json::array();
  for (const catalog::Statement& object : objects) {
    const std::string kind = recorded_kind(object.kind);
    if (kind.empty()) continue;
    list.push_back({{"kind", kind}, {"schema", object.schema}, {"table", object.table}, {"name", object.name}});
  }
  return list.dump();
}

std::vector<catalog::Statement> objects_from_json(const std::string& text) {
  const json whole = {{"objects", catalog::parse_json(text, "objects")}};
  std::vector<catalog::Statement> objects;
  JsonReader(whole, "answer").each("objects", [&](const JsonReader& object) {
    catalog::Statement statement;
    statement.kind = object.required_text("kind");
    statement.schema = object.text("schema");
    statement.table = object.text("table");
    statement.name = object.text("name");
    objects.push_back(std::move(statement));
  });
  return objects;
}

Session::Dropped dropped_from_json(const std::string& text) {
  const json whole = catalog::parse_json(text, "dropped objects");
  const JsonReader object(whole, "dropped objects");
  return {object.texts("dropped"), object.texts("kept")};
}

std::vector<LedgerRow> read_ledger(arrow::BatchReader& rows, const std::string& run) {
  std::vector<LedgerRow> all;
  for (arrow::Array batch = rows.next(); !batch.empty(); batch = rows.next()) {
    const LedgerBatch columns(rows.fields(), *batch);
    for (int64_t row = 0; row < batch->length; ++row) all.push_back(ledger_row(columns, row, run));
  }
  return all;
}

}  // namespace sluice::store
