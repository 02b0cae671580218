local names = require "lib.names"

return {
  temporary = { names.temporary, "old_*" },
  hot = { "orders", "lines" },
}
