-- As LuaJIT sees the contract: gets the text of the declarations and a list of names, gives each its number.
local declarations, names = ...
local ffi = require "ffi"
ffi.cdef(declarations)

local numbers = {}
for i, line in ipairs(names) do
  if line.kind == "s" then
    numbers[i] = tonumber(ffi.sizeof(line.type))
  elseif line.kind == "f" then
    numbers[i] = tonumber(ffi.offsetof(line.type, line.name))
  else
    numbers[i] = tonumber(ffi.C[line.name])
  end
end
return numbers
