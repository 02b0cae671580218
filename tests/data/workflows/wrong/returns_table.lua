return { phase "copy" { step "x" { exec { "true" } } } }
