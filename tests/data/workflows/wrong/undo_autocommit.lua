return workflow "shop" {
  stores = { new = store "postgres" { url = secret "SHOP_PG_URL", schema = "shop" } },
  phase "copy" {
    step "load" { sql { store = "new", "insert into t values (1)" },
      undo = sql { store = "new", autocommit = true, "delete from t" } },
  },
}
