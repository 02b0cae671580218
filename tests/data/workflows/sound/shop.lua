-- Move the shop from SQLite to PostgreSQL: every word of the language once.
local p = params {
  source = param.path "shop.db",
  limit = param.percent "0.1%",
  clean = param.flag(true),
  workers = param.integer(4),
  factor = param.number(1.5),
  schema = param.text "shop",
  patience = param.duration "30s",
  environments = {
    ci = { source = "ci.db", workers = 1, clean = false },
    production = { patience = "2h" },
  },
}

local tables = require "lib.tables"

local m = map {
  from = "old",
  to = "new",
  types = { ["*.price"] = "numeric(12,2)", ["orders.placed"] = "timestamp" },
  tables = { "*", except = tables.temporary },
}

return workflow "shop" {
  title = "The shop moves",
  stores = {
    old = store "sqlite" { path = p.source, access = "read", busy_timeout = 500, wal = true },
    new = store "postgres" { url = secret "SHOP_PG_URL", schema = p.schema },
  },

  phase "prepare" {
    step "tables" { schema.create { map = m } },
  },

  phase "copy" {
    title = "Rows",
    note = "look at the rejects first",
    step "rows" {
      copy.tables { map = m, workers = p.workers },
      retry = { times = 3, wait = "2s" },
      timeout = "4h",
      undo = sql { store = "new", "truncate orders" },
    },
    parallel {
      step "indexes" { schema.finish { map = m } },
      when(p.clean, step "clean" { sql { store = "new", text = "delete from sessions" } }),
      each(tables.hot, function(name, index)
        return step("warm_" .. name) { exec { "warm", name, index, timeout = p.patience, env = { PW = secret "PW", N = 1 } } }
      end),
    },
    { step "counts" { verify.counts { map = m } }, { step "proof" { verify.content { map = m, source = "reread" } } } },
    gate "complete" "proof.completeness >= 99.9%",
    gate "same" ("proof.discrepancy < " .. p.limit),
    gate "few" { "rows.rejects == 0 and counts.missing == 0", on_fail = "abort", note = "ask the shop" },
    gate "orphans" { check = function(ctx)
      local n = ctx.new:scalar "select count(*) from lines where o is null"
      return n == 0, n .. " order lines have no order"
    end },
    on_fail = rollback_to "prepare",
  },

  phase "side" {
    after = {},
    step "note" { exec { "true" } },
  },

  phase "last" {
    after = { "copy", "side" },
    gate "still" "copy.proof.discrepancy < 1% and prepare.tables.tables > 0",
  },
}
