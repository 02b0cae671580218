return workflow { phase "copy" { step "x" { exec { "true" } } } }
