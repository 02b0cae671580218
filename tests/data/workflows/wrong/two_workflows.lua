workflow "a" { phase "p" { step "x" { exec { "true" } } } }

return workflow "b" { phase "p" { step "x" { exec { "true" } } } }
