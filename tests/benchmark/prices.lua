-- What scripts/bench.sh measures: prices from SQLite into an empty PostgreSQL, with indexes, keys and the content proof.
local p = params {
  source  = param.path "prices.db",
  workers = param.integer(2),
}

local m = map { from = "old", to = "new" }

return workflow "prices" {
  stores = {
    old = store "sqlite"   { path = p.source, access = "read" },
    new = store "postgres" { url = secret "BENCH_PG_URL", schema = "bench" },
  },
  phase "copy" {
    step "tables"  { schema.create { map = m } },
    step "rows"    { copy.tables { map = m, workers = p.workers } },
    step "indexes" { schema.finish { map = m, workers = p.workers } },
    step "proof"   { verify.content { map = m, workers = p.workers } },
    gate "same" "proof.discrepancy == 0%",
  },
}
