#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "scenarios/project.hpp"
#include "support/mysql_server.hpp"
#include "support/test_database.hpp"

namespace sluice::test {

enum class Kind { postgres, mysql, sqlite, csv, json };

/// A store of a kind, new and empty.
class NewTarget {
 public:
  explicit NewTarget(Kind kind);
  /// For SHOP_URL; "" for files of the project.
  std::string url() const { return postgres_ ? postgres_->url() : mysql_ ? mysql_->url() : ""; }
  /// As Lua. `variable`: of the environment, where the URL is.
  std::string store(const std::string& variable = "SHOP_URL") const;
  void execute(const Project& project, const std::string& sql) const;
  /// What has_same_rows takes.
  std::string place(const Project& project) const { return url().empty() ? project / "target.db" : url(); }

 private:
  Kind kind_;
  std::unique_ptr<TestDatabase> postgres_;
  std::unique_ptr<MySqlDatabase> mysql_;
};

std::string name_of(const testing::TestParamInfo<Kind>& info);
/// No server of that kind is installed.
bool is_missing(Kind kind);

/// A trigger before each insert into `item`. `on_insert`: what it does with a row, in the kind's own words.
std::string trigger(Kind kind, const std::string& when, const std::string& on_insert);

}  // namespace sluice::test
