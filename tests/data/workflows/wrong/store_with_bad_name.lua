local m = map { from = "old", to = "new" }

return workflow "shop" {
  stores = { ["Old DB"] = store "sqlite" { path = "x" } },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
  },
}
