-- What scripts/bench.sh measures: prices from SQLite into an empty PostgreSQL, with indexes, keys and the content proof.
local p = params {
  source  = param.path "prices.db",
  workers = param.integer(2),
  made    = param.text "nothing",
}

-- What functions make of the rows: two columns of numbers, or one of texts (in both tables, for the foreign key).
local made = {
  nothing = {},
  numbers = {
    ["price_history.close_price"] = function(v) return v * 0.92 end,
    ["price_history.adj_close"] = function(_, row) return (row.high_price + row.low_price) / 2 end,
  },
  texts = { ["*.symbol"] = function(v) return v:lower() .. ".us" end },
}

local m = map { from = "old", to = "new", columns = made[p.made] }

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
