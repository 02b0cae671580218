local m = map { from = "old", to = "new" }
