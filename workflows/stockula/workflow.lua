-- Moves Stockula's SQLite database into the schema "stockula" of a PostgreSQL server.
local p = params {
  source  = param.path "stockula.db",
  workers = param.integer(2),
  limit   = param.percent "0.1%",
}

-- Prices leave binary floating point for exact decimals; dates and times leave text.
local m = map { from = "old", to = "new",
  types = {
    ["price_history.*_price"]    = "numeric(20,6)",
    ["price_history.adj_close"]  = "numeric(20,6)",
    ["dividends.amount"]         = "numeric(20,6)",
    ["options.strike"]           = "numeric(20,6)",
    ["options.last_price"]       = "numeric(20,6)",
    ["options.bid"]              = "numeric(20,6)",
    ["options.ask"]              = "numeric(20,6)",
    ["*.date"]                   = "date",
    ["*.expiration"]             = "date",
    ["*.*_at"]                   = "timestamp",
    ["stock_info.info"]          = "jsonb",
  },
}

local function no_rows(ctx, query, what)
  local count = tonumber(ctx.new:scalar(query))
  return count == 0, count .. " " .. what
end

return workflow "stockula" {
  title = "Stockula from SQLite to PostgreSQL",
  stores = {
    old = store "sqlite"   { path = p.source, access = "read" },
    new = store "postgres" { url = secret "STOCKULA_PG_URL", schema = "stockula" },
  },

  phase "prepare" {
    step "tables" { schema.create { map = m } },
  },

  phase "copy" {
    step "rows" { copy.tables { map = m, workers = p.workers }, retry = { times = 3, wait = "2s" } },
    gate "nothing_rejected" "total(rows.rejects) == 0",
    on_fail = rollback_to "prepare",
  },

  phase "finish" {
    parallel {
      step "indexes" { schema.finish { map = m, workers = p.workers } },
      step "counts"  { verify.counts { map = m } },
    },
    gate "all_rows" "total(counts.missing) == 0 and total(counts.extra) == 0",
    on_fail = rollback_to "prepare",
  },

  phase "proof" {
    step "content" { verify.content { map = m, workers = p.workers } },
    gate "complete" "content.completeness >= 99.9%",
    gate "same" ("content.discrepancy < " .. p.limit),
    gate "every_stock_has_prices" { check = function(ctx)
      return no_rows(ctx, [[select count(*) from stockula.stocks s
        where not exists (select from stockula.price_history h where h.symbol = s.symbol)]], "stocks have no prices")
    end, note = "The application shows an empty chart for such a stock: load its prices into SQLite first." },
    gate "prices_are_sane" { check = function(ctx)
      return no_rows(ctx, [[select count(*) from stockula.price_history
        where low_price > high_price or low_price <= 0 or volume < 0]], "price rows make no sense")
    end },
    on_fail = rollback_to "prepare",
  },
}
