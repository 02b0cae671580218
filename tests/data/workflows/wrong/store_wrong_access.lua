local m = map { from = "old", to = "new" }

return workflow "shop" {
  stores = { old = store "sqlite" { path = "x", access = "readonly" } },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
  },
}
