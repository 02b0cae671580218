-- The loops that call a map's functions, one compiled loop per function, over columns in the engine's memory. The engine runs this
-- once per state of transforms, with the real libraries; what it returns makes the loops of one table. Nothing in here is seen by a
-- workflow but the rows and values that its functions get.
--
-- host: fail(text) raises an error at the place of the function that runs; unknown(what, name, names) the same for a name.
local ffi, bit, host = ...

local type, tonumber, tostring, setmetatable, getmetatable, next, loadstring, gsub, sort, huge =
  type, tonumber, tostring, setmetatable, getmetatable, next, loadstring, string.gsub, table.sort, math.huge

ffi.cdef [[
typedef struct {
  const uint8_t *validity;
  union {
    const int8_t *i8; const uint8_t *u8; const int16_t *i16; const uint16_t *u16; const int32_t *i32; const uint32_t *u32;
    const int64_t *i64; const uint64_t *u64; const float *f32; const double *f64;
  };
  const char *data;
  const void *view;
  int32_t has_nulls;
  int32_t first_bit;
} sluice_in;

typedef struct {
  uint8_t *tags;
  union { int64_t *integers; uint64_t *unsigned_integers; double *numbers; };
  uint32_t *sizes;
} sluice_out;

typedef struct sluice_batch {
  const sluice_in *in_columns;
  sluice_out *made;
  sluice_out *set;
  int32_t *selected;
  int32_t *origin;
  char *bytes;
  int32_t bytes_size;
  int32_t bytes_capacity;
  int32_t at;
  int32_t row;
  int32_t kept;
  int32_t out;
  int32_t out_capacity;
  int32_t dropped;
  int32_t is_dirty;
  int32_t text_size;
  const char *text;
  int32_t (*grow_bytes)(struct sluice_batch *, int32_t);
  int32_t (*grow_rows)(struct sluice_batch *, int32_t);
  int32_t (*read_text)(struct sluice_batch *, const sluice_in *, int32_t);
} sluice_batch;
]]

-- Room for the loops of many tables.
jit.opt.start("maxtrace=8000", "maxmcode=8192")

local kNumber, kInteger, kUint64, kBoolean, kText = 2, 3, 4, 5, 6
-- From so many rows on, those that came out are handed over before more of the batch is looked at.
local kRowsAtOnce = 8192

local int64, uint64 = ffi.typeof("int64_t"), ffi.typeof("uint64_t")
local is_type, copy, to_text = ffi.istype, ffi.copy, ffi.string

-- A number of more digits than a Lua number holds: it can be returned, compared for equality and made a text, nothing else.
local Exact = {}

local function exact(digits) return setmetatable({ digits = digits }, Exact) end

local function refuse_arithmetic(a, b)
  local value = getmetatable(a) == "decimal" and a or b
  host.fail(value.digits .. " has more than 15 digits, more than a number of Lua holds; take tostring(v), or pass it on as it is")
end

for _, event in next, { "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__lt", "__le", "__concat", "__len" } do
  Exact[event] = refuse_arithmetic
end
Exact.__eq = function(a, b) return a.digits == b.digits end
Exact.__metatable = "decimal"
Exact.__tostring = function(value) return value.digits end

local function number_of(text)
  if text == "NaN" then return 0 / 0 end
  if text == "Infinity" then return huge end
  if text == "-Infinity" then return -huge end
  if #text <= 15 then return tonumber(text) end
  local digits = gsub((gsub(text, "[-.]", "")), "^0+", "")
  if #digits <= 15 then return tonumber(text) end
  return exact(text)
end

-- How a value of each type is read: the body of function(i), with i counted from the batch's first row.
local kReaders = {
  boolean = "local b = i + col.first_bit return band(rshift(col.u8[rshift(b, 3)], band(b, 7)), 1) == 1",
  int8 = "return col.i8[i]", int16 = "return col.i16[i]", int32 = "return col.i32[i]",
  uint8 = "return col.u8[i]", uint16 = "return col.u16[i]", uint32 = "return col.u32[i]",
  int64 = "local v = col.i64[i] if v <= 9007199254740992LL and v >= -9007199254740992LL then return tonumber(v) end return v",
  uint64 = "local v = col.u64[i] if v <= 9007199254740992ULL then return tonumber(v) end return v",
  float32 = "return col.f32[i]", float64 = "return col.f64[i]",
  small_decimal = "return tonumber(col.i64[2 * i]) / POWER",
  decimal = [[
    local low, high = col.i64[2 * i], col.i64[2 * i + 1]
    if high == 0LL then
      if low >= 0LL and low < 1000000000000000LL then return tonumber(low) / POWER end
    elseif high == -1LL then
      if low < 0LL and low > -1000000000000000LL then return tonumber(low) / POWER end
    end
    return exact(text_of(i))]],
  number = "local from = col.i32[i] return number_of(to_text(col.data + from, col.i32[i + 1] - from))",
  text = "local from = col.i32[i] return to_text(col.data + from, col.i32[i + 1] - from)",
  formatted = "return text_of(i)",
}
for kind, same in next, { json = "text", binary = "text", date = "formatted", time = "formatted", timestamp = "formatted",
                          timestamptz = "formatted", uuid = "formatted" } do
  kReaders[kind] = kReaders[same]
end

-- Compiles a function of its own, so that the JIT specialises it: names and values are its upvalues.
local function compile(code, names, ...)
  local chunk = "local " .. names .. " = ...\n" .. code
  return assert(loadstring(chunk, "=sluice transform"))(...)
end

local function make_reader(batch, index, column)
  local col = batch.in_columns[index]
  local function text_of(i)
    if batch.read_text(batch, col, i) == 0 then host.fail("there is no memory left for a text") end
    return to_text(batch.text, batch.text_size)
  end
  local kind = column.kind
  if kind == "decimal" and column.precision <= 15 then kind = "small_decimal" end
  local code = [[
    return function(i)
      if col.has_nulls ~= 0 then
        local bit = i + col.first_bit
        if band(rshift(col.validity[rshift(bit, 3)], band(bit, 7)), 1) == 0 then return nil end
      end
      ]] .. gsub(kReaders[kind], "POWER", "1e" .. column.scale) .. [[

    end]]
  return compile(code, "col, band, rshift, tonumber, to_text, text_of, exact, number_of", col, bit.band, bit.rshift, tonumber, to_text,
                 text_of, exact, number_of)
end

local function put_text(batch, out, i, value)
  local size, begin = #value, batch.bytes_size
  if size > batch.bytes_capacity - begin and batch.grow_bytes(batch, size) == 0 then
    host.fail("the texts made of one batch of rows take more than 256 MiB")
  end
  copy(batch.bytes + begin, value, size)
  batch.bytes_size = begin + size
  out.integers[i] = begin
  out.sizes[i] = size
  out.tags[i] = kText
end

local function put_rare(batch, out, i, value)
  if is_type(int64, value) then
    out.integers[i], out.tags[i] = value, kInteger
  elseif is_type(uint64, value) then
    out.unsigned_integers[i], out.tags[i] = value, kUint64
  elseif type(value) == "table" and getmetatable(value) == "decimal" then
    put_text(batch, out, i, value.digits)
  else
    host.fail("expected a text, a number, true, false or nil as the value, found a " .. type(value))
  end
end

-- function(i, value) that stores a value where the column's results of row i are.
local function make_store(batch, out)
  return compile([[
    return function(i, value)
      local kind = type(value)
      if kind == "number" then
        out.numbers[i] = value
        out.tags[i] = 2
      elseif kind == "string" then
        put_text(batch, out, i, value)
      elseif kind == "nil" then
        out.tags[i] = 1
      elseif kind == "boolean" then
        out.integers[i] = value and 1 or 0
        out.tags[i] = 5
      else
        put_rare(batch, out, i, value)
      end
    end]], "batch, out, type, put_text, put_rare", batch, out, type, put_text, put_rare)
end

-- What was stored, as the value that it was.
local function fetch(batch, out, i, tag)
  if tag == kNumber then return out.numbers[i] end
  if tag == kText then return to_text(batch.bytes + tonumber(out.integers[i]), out.sizes[i]) end
  if tag == kBoolean then return out.integers[i] == 1 end
  if tag == kInteger then return out.integers[i] end
  if tag == kUint64 then return out.unsigned_integers[i] end
  return nil
end

local function sorted_names(entries)
  local names = {}
  for name in next, entries do names[#names + 1] = name end
  sort(names)
  return names
end

-- A row as functions see it: readers by name, and writers where columns may be assigned.
local function make_row(spec, batch, readers, writers)
  local function unknown(name) host.unknown(spec.table, tostring(name), sorted_names(readers)) end
  return setmetatable({}, {
    __index = function(_, name)
      local read = readers[name]
      if read == nil then unknown(name) end
      local i = batch.row
      if i < 0 then host.fail("a row is read after the function that got it has returned") end
      return read(i)
    end,
    __newindex = function(_, name, value)
      if writers == nil then
        host.fail("row." .. tostring(name) .. " can't be assigned here; return the value, or assign it in row = function(row)")
      end
      local write = writers[name]
      if write == nil and readers[name] ~= nil then
        host.fail("row." .. tostring(name) .. " can't be assigned: the map omits the column, and only reads it")
      end
      if write == nil then unknown(name) end
      if batch.row < 0 then host.fail("a row is assigned to after the function that got it has returned") end
      batch.is_dirty = 1
      write(batch.out, value)
    end,
    __metatable = false,
  })
end

local function make_filter(batch, keep, row)
  return compile([[
    return function(first, last)
      local selected = batch.selected
      for n = first, last - 1 do
        local i = selected[n]
        batch.at, batch.row = n, i
        local answer = keep(row)
        if answer == true then
          selected[batch.kept] = i
          batch.kept = batch.kept + 1
        elseif answer ~= false then
          fail("expected true or false from the filter, found " .. (answer == nil and "nothing (nil)" or "a " .. type(answer)))
        end
      end
      return last
    end]], "batch, keep, row, fail, type", batch, keep, row, host.fail, type)
end

-- The loop of one column. `argument`: how the function is called.
local function make_column(batch, store, value, read, row)
  if type(value) ~= "function" then
    return compile([[
      return function(first, last)
        local selected = batch.selected
        for n = first, last - 1 do store(selected[n], value) end
        return last
      end]], "batch, store, value", batch, store, value)
  end
  local call = read and "value(read(i), row)" or "value(row)"
  return compile([[
    return function(first, last)
      local selected = batch.selected
      for n = first, last - 1 do
        local i = selected[n]
        batch.at, batch.row = n, i
        -- One result: what a function returns beyond it is not a value of the column.
        local result = ]] .. call .. [[

        store(i, result)
      end
      return last
    end]], "batch, store, value, read, row", batch, store, value, read, row)
end

-- The loop of `row`: every row of the batch becomes none, one or many.
local function make_rows(spec, batch, change, row, writers, width)
  local function clear(at)
    for k = 0, width - 1 do batch.set[k].tags[at] = 0 end
  end

  local function copy_set(from, to)
    for k = 0, width - 1 do
      local out = batch.set[k]
      out.tags[to], out.integers[to], out.sizes[to] = out.tags[from], out.integers[from], out.sizes[from]
    end
  end

  local function unknown(name) host.unknown(spec.table, tostring(name), sorted_names(writers)) end

  -- The row itself stands at `out`, with what was assigned to it, and is passed over; its parts follow.
  local function split(parts, i, out)
    if type(parts) ~= "table" then
      host.fail("expected nil, true, false or a list of rows from the function, found a " .. type(parts))
    end
    local count = #parts
    if count == 0 and next(parts) ~= nil then
      host.fail("expected a list of rows, { { column = value }, ... }, found one row; write { { ... } }, or assign to the row")
    end
    if batch.out_capacity - out < count + 2 and batch.grow_rows(batch, count + 2) == 0 then
      host.fail("one row becomes " .. count .. " rows, too many to hold at once")
    end
    for j = 1, count do
      local part, at = parts[j], out + j
      copy_set(out, at)
      batch.origin[at] = i
      if part ~= row then
        if type(part) ~= "table" then host.fail("row " .. j .. " of the list: expected a table, found a " .. type(part)) end
        for name, value in next, part do
          local write = writers[name]
          if write == nil then unknown(name) end
          write(at, value)
        end
      end
    end
    batch.origin[out] = -1
    if count == 0 then
      batch.dropped = batch.dropped + 1
      clear(out)
    else
      batch.out = out + count + 1
    end
  end

  return compile((gsub([[
    return function(first, last)
      for n = first, last - 1 do
        local i, out = batch.selected[n], batch.out
        if out >= ROWS_AT_ONCE then return n end
        if batch.is_dirty ~= 0 then clear(out) end
        batch.at, batch.row, batch.is_dirty = n, i, 0
        local answer = change(row)
        if answer == nil or answer == true or answer == row then
          batch.origin[out] = i
          batch.out = out + 1
          batch.is_dirty = 0
        elseif answer == false then
          batch.dropped = batch.dropped + 1
        else
          batch.is_dirty = 1
          split(answer, i, out)
          batch.is_dirty = 0
        end
      end
      return last
    end]], "ROWS_AT_ONCE", kRowsAtOnce)), "batch, change, row, split, clear", batch, change, row, split, clear)
end

-- spec: table, batch (address), inputs = { { name, kind, precision, scale } }, outputs = { { name, input (index), value } },
-- filter, row. Answers { filter, columns = { [index] = loop }, row }; each loop(first, last) goes over selected[first] to
-- selected[last - 1] and answers where it stopped.
return function(spec)
  local batch = ffi.cast("sluice_batch *", spec.batch)
  local readers, by_input = {}, {}
  for index, column in next, spec.inputs do
    local read = make_reader(batch, index - 1, column)
    readers[column.name], by_input[index] = read, read
  end
  local row = make_row(spec, batch, readers)
  local loops = { columns = {} }
  if spec.filter then loops.filter = make_filter(batch, spec.filter, row) end

  local full_readers, writers = {}, {}
  for name, read in next, readers do full_readers[name] = read end
  for index, column in next, spec.outputs do
    local k = index - 1
    local read, made, set = by_input[column.input], batch.made[k], batch.set[k]
    if column.value ~= nil then
      loops.columns[index] = make_column(batch, make_store(batch, made), column.value, read, row)
    end
    if spec.row then
      writers[column.name] = make_store(batch, set)
      local is_made = column.value ~= nil
      full_readers[column.name] = function(i)
        local out = batch.out
        if set.tags[out] ~= 0 then return fetch(batch, set, out, set.tags[out]) end
        if is_made then return fetch(batch, made, i, made.tags[i]) end
        return read(i)
      end
    end
  end
  if spec.row then
    local whole = make_row(spec, batch, full_readers, writers)
    loops.row = make_rows(spec, batch, spec.row, whole, writers, #spec.outputs)
  end
  return loops
end
