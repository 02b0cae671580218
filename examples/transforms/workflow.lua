-- Rows made by functions: another type, joined and new columns, rows left out, one row for each tag.
local p = params { source = param.path "shop.db", target = param.path "new.db" }

local m = map { from = "old", to = "new",
  types = { ["customers.joined"] = "date" },
  -- Every column called email, in whatever table. A function gets the value and the row; nil is NULL.
  columns = { ["*.email"] = function(v) return v and v:lower() end },
  omit = { "customers.first_name", "customers.last_name" },

  customers = {
    filter = function(row) return row.id ~= 3 end,
    reads = { "first_name", "last_name" },
    columns = { joined = function(v) return (v:gsub("(%d+)%.(%d+)%.(%d+)", "%3-%2-%1")) end },
    add = { name = { type = "text", nullable = false, value = function(row) return row.first_name .. " " .. row.last_name end } },
  },

  orders = {
    add = {
      gross = { type = "numeric(12,2)", value = function(row) return row.net * (100 + row.vat) / 100 end },
      currency = { type = "varchar(3)", value = "EUR" },
    },
    -- nil or true keeps the row as it is now, false drops it, a list of tables makes a row of each, the rest being as here.
    row = function(row)
      if row.tags == "" then row.tags = nil; return end
      local parts = {}
      for tag in row.tags:gmatch "[^,]+" do parts[#parts + 1] = { id = row.id * 10 + #parts, tags = tag } end
      return parts
    end,
  },
}

return workflow "transforms" {
  stores = {
    old = store "sqlite" { path = p.source, access = "read" },
    new = store "sqlite" { path = p.target },
  },
  phase "copy" {
    step "tables"  { schema.create { map = m } },
    step "rows"    { copy.tables { map = m } },
    step "keys"    { schema.finish { map = m } },
    step "content" { verify.content { map = m, source = "reread" } },
    gate "same" "content.discrepancy == 0%",
    on_fail = rollback_to "copy",
  },
}
