-- Moves a small SQLite database into the schema "shop" of a PostgreSQL server.
local p = params {
  source = param.path "shop.db",
}

-- One map serves every step: all tables and columns by name, and one type that we choose ourselves.
local m = map { from = "old", to = "new",
  types = { ["products.price"] = "numeric(12,2)" },
}

return workflow "first_migration" {
  stores = {
    old = store "sqlite"   { path = p.source, access = "read" },
    new = store "postgres" { url = secret "SHOP_PG_URL", schema = "shop" },
  },

  phase "copy" {
    step "tables" { schema.create { map = m } },
    step "rows"   { copy.tables { map = m } },
    step "keys"   { schema.finish { map = m } },
  },

  phase "proof" {
    step "content" { verify.content { map = m } },
    gate "same" "content.discrepancy == 0%",
    on_fail = rollback_to "copy",
  },
}
