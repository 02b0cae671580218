local m = map { from = "old", to = "new" }

return workflow "shop" {
  stores = { old = store "postgres" { url = "postgresql://u:" .. secret "PW" .. "@h/db" } },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
  },
}
