local m = map { from = "old", to = "new" }

return workflow "shop" {
  stores = { old = store "sqlite" { path = "x", pragmas = { a = 1 } } },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
  },
}
