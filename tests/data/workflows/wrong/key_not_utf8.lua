return workflow "shop" {
  phase "copy" { step "x" { exec { "a", env = { ["\255"] = "b" } } } },
}
