-- What scripts/bench.sh measures of stores by their URLs: every table from one into an empty PostgreSQL, with indexes, keys and the
-- content proof.
local p = params {
  kind    = param.text "json",
  workers = param.integer(2),
}

local m = map { from = "old", to = "new" }

return workflow "table" {
  stores = {
    old = store(p.kind)    { url = secret "BENCH_SOURCE_URL", access = "read" },
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
