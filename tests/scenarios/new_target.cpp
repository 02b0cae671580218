#include "scenarios/new_target.hpp"

#include "support/pg_session.hpp"

namespace sluice::test {

NewTarget::NewTarget(Kind kind) : kind_(kind) {
  if (kind == Kind::postgres) postgres_ = std::make_unique<TestDatabase>();
  if (kind == Kind::mysql) mysql_ = std::make_unique<MySqlDatabase>();
}

std::string NewTarget::store(const std::string& variable) const {
  switch (kind_) {
    case Kind::postgres: return "store \"postgres\" { url = secret \"" + variable + "\", schema = \"shop\" }";
    case Kind::mysql: return "store \"mysql\" { url = secret \"" + variable + "\" }";
    case Kind::sqlite: return R"lua(store "sqlite" { path = "target.db" })lua";
    case Kind::csv: return R"lua(store "csv" { path = "out" })lua";
    default: return R"lua(store "json" { path = "out" })lua";
  }
}

void NewTarget::execute(const Project& project, const std::string& sql) const {
  if (postgres_) return PgSession(postgres_->url()).execute("create schema if not exists shop; set search_path to shop; " + sql);
  if (mysql_) return MySqlSession(mysql_->url()).execute(sql);
  run_sqlite(project / "target.db", sql);
}

std::string name_of(const testing::TestParamInfo<Kind>& info) {
  switch (info.param) {
    case Kind::postgres: return "Postgres";
    case Kind::mysql: return "MySql";
    case Kind::sqlite: return "Sqlite";
    case Kind::csv: return "Csv";
    default: return "Json";
  }
}

bool is_missing(Kind kind) {
  return (kind == Kind::postgres && shared_server_url().empty()) || (kind == Kind::mysql && shared_mysql_url().empty());
}

std::string trigger(Kind kind, const std::string& when, const std::string& on_insert) {
  if (kind == Kind::postgres) {
    return "create function guard_item() returns trigger language plpgsql as $$ begin if " + when + " then " + on_insert +
           "; end if; return new; end $$; create trigger guard before insert on item for each row execute function guard_item();";
  }
  if (kind == Kind::mysql) return "create trigger guard before insert on item for each row if " + when + " then " + on_insert + "; end if";
  return "create trigger guard before insert on item when " + when + " begin select " + on_insert + "; end;";
}

}  // namespace sluice::test
