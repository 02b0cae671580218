local m = map { from = "old", to = "new" }

return workflow "shop" {
  stores = { old = "sqlite:shop.db" },
  phase "copy" {
    step "rows" { copy.tables { map = m } },
  },
}
