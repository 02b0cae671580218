local m = map { from = "old", to = "new" }

local function maybe(wanted)
  if wanted then return step "x" { sql { store = "new", "select 1" } } end
end

return workflow "shop" {
  stores = {
    old = store "sqlite" { path = "shop.db", access = "read" },
    new = store "postgres" { url = secret "SHOP_PG_URL", schema = "shop" },
  },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
    maybe(false),
  },
}
