local m = map { from = "old", to = "new" }

return workflow "shop" {
  stores = {
    old = store "sqlite" { path = "shop.db", access = "read" },
    new = store "postgres" { url = secret "SHOP_PG_URL", schema = "shop" },
  },
  phase "copy" {
    step "load" { sql.files { store = "new", "migrations/*.sql" } },
  },
}
