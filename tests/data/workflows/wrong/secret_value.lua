local m = map { from = "old", to = "new" }

return workflow "shop" {
  stores = { old = store "postgres" { url = secret "postgresql://u:pw@h/db" } },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
  },
}
