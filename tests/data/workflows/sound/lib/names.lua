return { temporary = "tmp_*" }
