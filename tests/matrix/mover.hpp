#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "catalog/mapping.hpp"
#include "copy/snapshots.hpp"
#include "matrix/cases.hpp"
#include "matrix/sources.hpp"

namespace sluice::test::matrix {

/// What the engine did with a table.
struct Moved {
  enum class Stage { looking = 1, planning, copying, done };
  Stage stage = Stage::looking;             ///< where it stopped
  std::string problem;                      ///< the message, unless done
  std::vector<std::string> said;            ///< policies and warnings that the plan has for the column v
  std::optional<catalog::Mapping> mapping;  ///< from planning on
  std::string proof;                        ///< what verification says of a table that is done: MATCH, or what differs
};

/// A source as a run has it: opened, described with evidence, under one snapshot.
class Opened {
 public:
  /// `tables`: empty for all. Throws Error.
  Opened(const Place& source, const store::Options& more, const std::vector<std::string>& tables);

  /// What was found of one table, and the notes about it.
  catalog::Catalog of(const std::string& table) const;
  store::Session& reader() { return snapshot_->reader(0); }

 private:
  store::Store store_;
  catalog::Catalog catalog_;
  std::unique_ptr<copy::Snapshot> snapshot_;
};

/// Moves tables one by one with the engine's own parts, in the order of a run: catalog with evidence, type decisions, the target's DDL,
/// the guarded copy of the table as one chunk, and what finishes the table.
class Mover {
 public:
  /// `common`: all tables of a database; nullptr for files, which are opened one by one, since others may be wrong on purpose.
  Mover(const Place& source, Opened* common, const Place& target);

  Moved move(const Case& one);

 private:
  void shape(const catalog::Catalog& wanted, const std::string& stage);
  void move_into(const Case& one, Moved& moved);
  catalog::Mapping plan(const Case& one, const catalog::Catalog& found);

  const Place& source_;
  Opened* common_;
  std::string target_kind_;
  store::Store target_store_;
  store::Session target_;
  store::Fence fence_;
  int64_t work_ = 0;
};

}  // namespace sluice::test::matrix
