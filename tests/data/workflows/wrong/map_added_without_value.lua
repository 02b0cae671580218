local m = map { from = "old", to = "new", orders = { add = { net = { type = "numeric(3,2)" } } } }

return workflow "shop" {
  stores = {
    old = store "sqlite" { path = "shop.db", access = "read" },
    new = store "postgres" { url = secret "SHOP_PG_URL", schema = "shop" },
  },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
  },
}
