// Copies numbers in chunks into the schema "naive" and remembers the finished chunks in a ledger, in one of three orders:
//   data_first     commits the chunk, then writes the ledger   (a kill between them doubles rows)
//   ledger_first   writes the ledger, then commits the chunk   (a kill between them loses rows)
//   together       both in one transaction                     (nothing can stand between them)
// The first two are the negative controls of the kill tests: a kill test that lets them pass is broken.
#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr int kChunks = 40;
constexpr int kRows = 200;

class Copier {
 public:
  explicit Copier(const char* url) : connection_(PQconnectdb(url)) {
    if (PQstatus(connection_) != CONNECTION_OK) give_up();
  }
  Copier(const Copier&) = delete;
  Copier& operator=(const Copier&) = delete;
  ~Copier() { PQfinish(connection_); }

  void prepare() {
    run("set client_min_messages = error");
    run("create schema if not exists naive; create table if not exists naive.rows (value int);"
        "create table if not exists naive.ledger (chunk int)");
  }
  bool is_done(int chunk) {
    return run("select 1 from naive.ledger where chunk = " + std::to_string(chunk)) > 0;
  }
  void write_ledger(int chunk) { run("insert into naive.ledger values (" + std::to_string(chunk) + ")"); }
  void write_data(int chunk) {
    const std::string first = std::to_string(chunk * kRows);
    run("insert into naive.rows select " + first + " + n from generate_series(1, " + std::to_string(kRows) + ") n");
  }
  int run(const std::string& sql) {
    PGresult* result = PQexec(connection_, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up();
    const int rows = PQntuples(result);
    PQclear(result);
    return rows;
  }

 private:
  [[noreturn]] void give_up() {
    std::fprintf(stderr, "%s", PQerrorMessage(connection_));
    std::exit(1);
  }

  PGconn* connection_;
};

void copy_chunk(Copier& copier, const std::string& order, int chunk) {
  if (order == "data_first") {
    copier.write_data(chunk);
    copier.write_ledger(chunk);
  } else if (order == "ledger_first") {
    copier.write_ledger(chunk);
    copier.write_data(chunk);
  } else {
    copier.run("begin");
    copier.write_ledger(chunk);
    copier.write_data(chunk);
    copier.run("commit");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: naive_copier data_first|ledger_first|together URL\n");
    return 2;
  }
  Copier copier(argv[2]);
  copier.prepare();
  std::fprintf(stderr, "begun\n");
  for (int chunk = 0; chunk < kChunks; ++chunk) {
    if (!copier.is_done(chunk)) copy_chunk(copier, argv[1], chunk);
  }
  return 0;
}
