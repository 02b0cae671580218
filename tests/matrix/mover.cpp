#include "matrix/mover.hpp"

#include "catalog/decide.hpp"
#include "copy/convert.hpp"
#include "copy/copy_chunk.hpp"
#include "verify/diff.hpp"

namespace sluice::test::matrix {
namespace {

constexpr const char* kRun = "r-matrix";

store::FenceRequest fence_request() {
  store::FenceRequest request;
  request.run = kRun;
  request.host = "here";
  request.boot_id = "boot";
  request.journal = "/state/matrix";
  request.pid = 1000;
  request.pid_start = 77;
  request.lease_ms = 600'000;
  return request;
}

/// A store's key is unique to the work, and so is the answer of the ledger.
store::WorkKey work_key(const std::string& table, int64_t number) {
  store::WorkKey key;
  key.run = kRun;
  key.node = "matrix";
  key.table = table;
  key.chunk = number;
  return key;
}

/// The options, those of `more` instead of equal ones.
store::Options with(store::Options options, const store::Options& more) {
  for (const auto& option : more) {
    std::erase_if(options, [&](const auto& old) { return old.first == option.first; });
    options.push_back(option);
  }
  return options;
}

/// As much as the store can hold.
store::Options target_options(const Place& target) {
  return with(target.options(), target.kind() == "postgres" ? store::Options{{"infinite", "keep"}} : store::Options{});
}

/// The only chunk of a table, with the key that a run would cut it by.
store::Range whole_range(store::Session& session, const catalog::TableMapping& table) {
  store::ReadSpec spec;
  spec.schema = table.source_schema;
  spec.table = table.source_table;
  spec.columns = copy::column_names(table, copy::Side::source);
  return store::chunk_range(session.plan_chunks(spec, 1), 0);
}

std::string proof_of(store::Session& source, store::Session& target, const catalog::TableMapping& table) {
  constexpr int64_t kShown = 5;
  const verify::TableDifference found = verify::compare_table(source, target, table, kShown, [] {});
  std::string proof = to_text(found.verdict);
  for (const auto& row : found.rows) {
    proof += "; " + std::string(to_text(row.kind)) + " " + row.key;
    for (const auto& cell : row.cells) proof += " " + cell.column + ": '" + cell.source + "' against '" + cell.target + "'";
  }
  return proof;
}

std::vector<std::string> said_of_column(const catalog::Mapping& mapping) {
  std::vector<std::string> said = mapping.warnings;
  for (const auto& column : mapping.tables.at(0).columns) {
    if (column.source != "v") continue;
    if (!column.policy.empty()) said.push_back(column.policy);
    if (column.source_cast != catalog::Cast::none) said.emplace_back(catalog::to_text(column.source_cast));
  }
  return said;
}

}  // namespace

Opened::Opened(const Place& source, const store::Options& more, const std::vector<std::string>& tables)
    : store_(plugin(source.kind()), "source", with(source.options(), more)) {
  store::LookFilter filter;
  filter.tables = tables;
  filter.evidence = true;
  catalog_ = store_.open_session()->catalog(filter);
  snapshot_ = std::make_unique<copy::Snapshot>(store_, filter, 1);
}

catalog::Catalog Opened::of(const std::string& table) const {
  catalog::Catalog found;
  found.schema = catalog_.schema;
  found.tables.push_back(*catalog_.find_table(table));
  for (const std::string& note : catalog_.notes) {
    if (note.starts_with(table + ".") || note.starts_with(table + ":")) found.notes.push_back(note);
  }
  return found;
}

Mover::Mover(const Place& source, Opened* common, const Place& target)
    : source_(source),
      common_(common),
      target_kind_(target.kind()),
      target_store_(plugin(target.kind()), "target", target_options(target)),
      target_(target_store_) {
  fence_ = {kRun, target_.fence_acquire(fence_request(), nullptr)};
}

Moved Mover::move(const Case& one) {
  Moved moved;
  try {
    move_into(one, moved);
  } catch (const Error& error) {
    moved.problem = error.what();
  }
  return moved;
}

void Mover::move_into(const Case& one, Moved& moved) {
  std::optional<Opened> own;
  if (common_ == nullptr) {
    store::Options options = one.options;
    options.emplace_back("path", source_.path(one.name + "." + source_.kind()));
    own.emplace(source_, options, std::vector<std::string>());
  } else if (!one.options.empty()) {
    own.emplace(source_, one.options, std::vector<std::string>{one.name});
  }
  Opened& source = own ? *own : *common_;
  moved.stage = Moved::Stage::planning;
  moved.mapping = plan(one, source.of(one.name));
  moved.said = said_of_column(*moved.mapping);
  shape(moved.mapping->target, "tables");
  moved.stage = Moved::Stage::copying;
  const catalog::TableMapping& table = moved.mapping->tables.at(0);
  const copy::ChunkWork work{table, whole_range(source.reader(), table), work_key(one.name, ++work_), fence_};
  copy::copy_chunk(source.reader(), target_, work, [](int64_t, int64_t) {});
  shape(moved.mapping->target, "finish");
  moved.stage = Moved::Stage::done;
  moved.proof = proof_of(source.reader(), target_, table);
}

catalog::Mapping Mover::plan(const Case& one, const catalog::Catalog& found) {
  catalog::MapSpec spec;
  spec.from = "source";
  spec.to = "target";
  spec.where = one.place;
  spec.same_kind = source_.kind() == target_kind_;
  if (!one.map_type.empty()) spec.types = {{"*.v", one.map_type}};
  return catalog::decide_mapping(found, spec, "", [&](const catalog::Catalog& wanted) { return target_.ddl(wanted, "tables"); });
}

void Mover::shape(const catalog::Catalog& wanted, const std::string& stage) {
  const auto statements = target_.ddl(wanted, stage).statements;
  if (statements.empty()) return;
  store::Guard guard(target_, fence_, work_key(wanted.tables.at(0).name, ++work_));
  for (const auto& statement : statements) target_.execute(statement.sql);
  guard.commit({});
}

}  // namespace sluice::test::matrix
