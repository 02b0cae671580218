return workflow "shop" {
  phase "copy" {
    step "clean" { sql { store = "new", "delete from x" } },
  },
}
