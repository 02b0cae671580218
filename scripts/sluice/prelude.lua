-- The world a workflow file sees. The engine runs this once per state, with the real libraries, and gives every file
-- of the workflow the environment that it returns. What is not put into it here does not exist for a workflow.
--
-- host: the engine's functions.
--   words            table of the words of the language; copy.tables is words.copy.tables, and sql, beside sql.files, words.sql[""]
--   fail(text)       an error at the place where the script is
--   unknown(kind, name, known)  the same for an unknown name, with the nearest known one
--   check_list(list, label)     an error for holes and named fields
--   nothing          what stands for a node left out
--   module(name)     the compiled chunk of a module below the workflow's folder
--   marker, remember the global that marked tables call, and its function
local host = ...

local next, rawget, type, tostring, select, setfenv = next, rawget, type, tostring, select, setfenv
local setmetatable, concat, sort = setmetatable, table.concat, table.sort

local kNotHere = {
  print = 'loading a workflow has no effects; use note = "..." or title = "..."',
  io = "loading a workflow has no effects; read and write in steps",
  os = "loading a workflow has no effects and gives the same result every time; use params and steps",
  debug = "it is not part of the language",
  ffi = "it is not part of the language",
  jit = "it is not part of the language",
  package = "use require for modules below the workflow's folder",
  load = "use require for modules below the workflow's folder",
  loadstring = "use require for modules below the workflow's folder",
  loadfile = "use require for modules below the workflow's folder",
  dofile = "use require for modules below the workflow's folder",
  pcall = "an error in a workflow is meant to be seen",
  xpcall = "an error in a workflow is meant to be seen",
  coroutine = "it is not part of the language",
  collectgarbage = "it is not part of the language",
  _G = "globals are the words of the language; use local",
  getfenv = "it is not part of the language",
  setfenv = "it is not part of the language",
  rawget = "it is not part of the language",
  rawset = "it is not part of the language",
  rawequal = "it is not part of the language",
}

local function names_of(entries, prefix)
  local names = {}
  for name in next, entries do names[#names + 1] = (prefix or "") .. tostring(name) end
  sort(names)
  return names
end

-- A table that can be read, not changed, and has an error for every unknown name. One with an entry "" is called as that.
local function close(entries, prefix)
  local own = rawget(entries, "")
  entries[""] = nil
  setmetatable(entries, {
    __index = function(_, name) host.unknown("word", prefix .. tostring(name), names_of(entries, prefix)) end,
  })
  return setmetatable({}, {
    __index = entries,
    __newindex = function(_, name) host.fail(prefix .. tostring(name) .. " can't be assigned; use a local") end,
    __call = own and function(_, ...) return own(...) end,
    __metatable = false,
  })
end

local function pick(library, names)
  local picked = {}
  for name in names:gmatch("%w+") do picked[name] = library[name] end
  return picked
end

-- What pairs goes over where a table stands for another one.
local behind = setmetatable({}, { __mode = "k" })

local kRank = { boolean = 1, number = 2, string = 3 }

local function comes_before(a, b)
  local rank_a, rank_b = kRank[type(a)], kRank[type(b)]
  if rank_a ~= rank_b then return rank_a < rank_b end
  if rank_a == 1 then return not a and b end
  return a < b
end

local function sorted_keys(entries)
  local keys = {}
  for key in next, entries do
    if not kRank[type(key)] then host.fail("pairs: a key is a " .. type(key) .. ", and such keys have no order") end
    keys[#keys + 1] = key
  end
  sort(keys, comes_before)
  return keys
end

-- In order of the keys, because Lua's own order differs from process to process.
local function sorted_pairs(entries)
  if type(entries) ~= "table" then host.fail("pairs: expected a table, found a " .. type(entries)) end
  local source = behind[entries] or entries
  local keys, at = sorted_keys(source), 0
  return function()
    repeat at = at + 1 until keys[at] == nil or rawget(source, keys[at]) ~= nil
    return keys[at], source[keys[at]]
  end, entries, nil
end

local function first_entry(entries, key)
  if key ~= nil then host.fail("next(table, key) has no fixed order; use pairs") end
  if type(entries) ~= "table" then host.fail("next: expected a table, found a " .. type(entries)) end
  local source = behind[entries] or entries
  local keys = sorted_keys(source)
  return keys[1], source[keys[1]]
end

local function each(list, make)
  if type(list) ~= "table" then host.fail("each: expected a list, found a " .. type(list)) end
  if type(make) ~= "function" then host.fail("each: expected a function behind the list, found a " .. type(make)) end
  host.check_list(list, "each")
  local made = {}
  for index = 1, #list do
    local node = make(list[index], index)
    if node == nil then
      host.fail("each: the function returned nothing for entry " .. index .. "; return a node, or when(condition, node)")
    end
    made[index] = node
  end
  return made
end

local function when(condition, node)
  if type(condition) ~= "boolean" then
    host.fail("when: expected true or false as the condition, found a " .. type(condition))
  end
  if node == nil then host.fail("when: expected a node behind the condition, found nothing (nil)") end
  if condition then return node end
  return host.nothing
end

local function params(declared)
  local values = host.words.params(declared)
  local names = names_of(values)
  local closed = setmetatable({}, {
    __index = function(_, name)
      local value = values[name]
      if value == nil then host.unknown("param", tostring(name), names) end
      return value
    end,
    __newindex = function(_, name) host.fail("params can't be changed by the workflow: " .. tostring(name)) end,
    __metatable = false,
  })
  behind[closed] = values
  return closed
end

local environment

local kLoading = {}
local modules = {}

local function require(name)
  local loaded = modules[name]
  if loaded == kLoading then host.fail('require: module "' .. name .. '" requires itself, directly or through others') end
  if loaded ~= nil then return loaded end
  local chunk = setfenv(host.module(name), environment)
  modules[name] = kLoading
  local value = chunk()
  if value == nil then host.fail('require: module "' .. name .. '" returns nothing; end it with return { ... }') end
  modules[name] = value
  return value
end

-- Literals reach the library through this metatable, so they must find the closed copy, too.
local texts = pick(string, "byte char find format gmatch gsub len lower match rep reverse sub upper")
local text_metatable = getmetatable("")
local closed_texts = close(texts, "string.")
text_metatable.__index = closed_texts
text_metatable.__metatable = false

local globals = {
  assert = assert, error = error, ipairs = ipairs, select = select, tonumber = tonumber, tostring = tostring, type = type,
  unpack = unpack, setmetatable = setmetatable, getmetatable = getmetatable,
  pairs = sorted_pairs, next = first_entry,
  string = closed_texts,
  table = close(pick(table, "concat insert remove sort maxn"), "table."),
  math = close(pick(math, "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min " ..
                          "modf pi pow rad sin sinh sqrt tan tanh"), "math."),
  [host.marker] = host.remember,
}

for name, word in next, host.words do
  globals[name] = type(word) == "table" and close(word, name .. ".") or word
end
globals.each, globals.when, globals.params, globals.require = each, when, params, require

local known = names_of(globals)
for index = #known, 1, -1 do
  if known[index] == host.marker then table.remove(known, index) end
end

setmetatable(globals, {
  __index = function(_, name)
    local why = kNotHere[name]
    if why then host.fail('"' .. tostring(name) .. '" does not exist in a workflow: ' .. why) end
    host.unknown("word", tostring(name), known)
  end,
})

environment = setmetatable({}, {
  __index = globals,
  __newindex = function(_, name)
    host.fail('"' .. tostring(name) .. '" is not declared; write local ' .. tostring(name) .. " = ...")
  end,
  __metatable = false,
})

return environment
