"""The windows' script: adds to and reads all counters of a request inside Redis, with as few commands as it takes.

Commands are what it costs, so all counters come with one MGET and what changed is written once. A counter is kept

- as a string while it has few members, as nearly all have: MessagePack of {slice of time in which it was
  noted, then sent_at and member, ...};
- as a sorted set of members by sent_at beyond that. It stays one until it expires.

A counter lives to the end of the slice after the one in which it was noted, slices being as long as its entries are kept;
whoever adds to it notes it once a slice. So those that live were all noted in this slice or the one
before, and two numbers say how many there are at most.
"""

from moderation.storage.line import Script

FEW = 16
"""Members of a counter up to which it is a string, written anew each time."""
_NOTED_FOR = 7 * 86_400
"""Seconds without a further one after which the numbers of counters that were not kept are forgotten."""

# KEYS: hash of counters that were not kept. ARGV: MessagePack of {most members, most counters, prefix, specs as
# {measure, within, keep}, and a message each {at, then {spec, key, member, add} ...}}. Gives the values, in order, as MessagePack.
SOURCE = """
local most, counters, prefix, specs, messages = unpack(cmsgpack.unpack(ARGV[1]))
local now = tonumber(redis.call('TIME')[1])
local names, texts = {}, {}        -- keys to fetch; what they hold
local rows, sets, changed = {}, {}, {}  -- counters by key: few members, many members; rows to write
local values = {}

-- Fetch everything, and how many counters were noted in this slice and the one before.
for _, spec in ipairs(specs) do
  local keep = spec[3]
  local slice = math.floor(now / keep)
  spec.slice, spec.made = slice, prefix .. '#' .. keep .. ':' .. slice
  names[#names + 1] = spec.made
  names[#names + 1] = prefix .. '#' .. keep .. ':' .. (slice - 1)
end
for _, message in ipairs(messages) do
  for i = 2, #message do
    local key = prefix .. message[i][2]
    message[i][2] = key
    if texts[key] == nil then
      texts[key] = false
      names[#names + 1] = key
    end
  end
end
for first = 1, #names, 1000 do
  local last = math.min(first + 999, #names)
  for i, text in ipairs(redis.call('MGET', unpack(names, first, last))) do texts[names[first + i - 1]] = text end
end
local noted, begun, refused = {}, {}, {}  -- by keep
for i, spec in ipairs(specs) do
  noted[spec[3]] = (tonumber(texts[spec.made]) or 0) + (tonumber(texts[names[2 * i]]) or 0)
end

-- Note a counter in this slice; false where there are too many.
local function note(keep)
  if noted[keep] >= counters then return false end
  noted[keep] = noted[keep] + 1
  begun[keep] = (begun[keep] or 0) + 1
  return true
end

local function ends(slice, keep) return (slice + 2) * keep end

-- Too many members for a string.
local function spread(key, row, keep)
  local members = {}
  for i = 2, #row, 2 do
    members[#members + 1] = row[i]
    members[#members + 1] = row[i + 1]
  end
  redis.call('DEL', key)
  redis.call('ZADD', key, unpack(members))
  redis.call('EXPIREAT', key, ends(row[1], keep))
  rows[key], changed[key] = nil, nil
  sets[key] = {noted = true}
end

-- Add to a string's row and count it; what is too old leaves.
local function add_to_row(key, row, spec, at, member)
  local newcomers, within, keep = spec[1] == 'newcomers', at - spec[2], spec[3]
  local kept, size, count, known, moved = {row[1]}, 1, 0, false, false
  for i = 2, #row, 2 do
    local seen, name = row[i], row[i + 1]
    if seen > at - keep then
      if name == member then
        known = true
        if newcomers and at < seen or not newcomers and at > seen then seen, moved = at, true end
      end
      kept[size + 1], kept[size + 2], size = seen, name, size + 2
      if seen > within and seen <= at then count = count + 1 end
    end
  end
  if known and not moved then return count end
  if not known then
    kept[size + 1], kept[size + 2], size, count = at, member, size + 2, count + 1
  end
  if row[1] ~= spec.slice and note(keep) then kept[1] = spec.slice end
  rows[key], changed[key] = kept, keep
  if size > 2 * FEW + 1 then spread(key, kept, keep) end
  return count
end

local function add_to_set(key, set, spec, at, member)
  local newcomers, keep = spec[1] == 'newcomers', spec[3]
  if newcomers and at - keep > (set.swept or 0) then
    -- Whoever was forgotten is new again.
    if redis.call('ZREMRANGEBYSCORE', key, '-inf', at - keep) > 0 then set.noted, set.size = false, nil end
    set.swept = at - keep
  end
  if redis.call('ZADD', key, newcomers and 'LT' or 'GT', 'CH', at, member) == 0 then return end
  set.size = set.size and set.size + 1 or redis.call('ZCARD', key)
  if set.size > most or set.size % 64 == 0 then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', at - keep)
    set.size = redis.call('ZCARD', key)
    if set.size > most then
      redis.call('ZREMRANGEBYRANK', key, 0, set.size - most - 1)
      set.size = most
    end
  end
  if not set.noted then
    local left = redis.call('TTL', key)
    if left <= keep and (note(keep) or left < 0) then redis.call('EXPIREAT', key, ends(spec.slice, keep)) end
    set.noted = true
  end
end

-- Begin a counter where there is none; its value, or nil where it is a sorted set.
local function begin(key, spec, at, member)
  local keep = spec[3]
  local row = {spec.slice, at, member}
  if noted[keep] >= counters then
    if redis.call('EXISTS', key) == 1 then return nil end
    refused[keep] = (refused[keep] or 0) + 1
    return 1
  end
  if not redis.call('SET', key, cmsgpack.pack(row), 'NX', 'EXAT', ends(spec.slice, keep)) then return nil end
  note(keep)
  rows[key] = row
  return 1
end

for _, message in ipairs(messages) do
  local at = message[1]
  for i = 2, #message do
    local which, key, member, add = unpack(message[i])
    local spec, value = specs[which], nil
    local row = rows[key]
    if not row and texts[key] then
      row = cmsgpack.unpack(texts[key])
      rows[key], texts[key] = row, false
    end
    if row and add then
      value = add_to_row(key, row, spec, at, member)
    elseif row then
      value = 0
      for j = 2, #row, 2 do
        if row[j] > at - spec[2] and row[j] <= at then value = value + 1 end
      end
    elseif add then
      if not sets[key] then
        value = begin(key, spec, at, member)
        if not value then sets[key] = {} end
      end
      if sets[key] then add_to_set(key, sets[key], spec, at, member) end
    end
    values[#values + 1] = value or redis.call('ZCOUNT', key, string.format('(%.17g', at - spec[2]), at)
  end
end

for key, keep in pairs(changed) do
  local row = rows[key]
  redis.call('SET', key, cmsgpack.pack(row), 'EXAT', ends(row[1], keep))
end
for i, spec in ipairs(specs) do
  local keep = spec[3]
  if begun[keep] then
    if redis.call('INCRBY', spec.made, begun[keep]) == begun[keep] then
      redis.call('EXPIREAT', spec.made, ends(spec.slice, keep))
    end
    begun[keep] = nil
  end
end
for keep, number in pairs(refused) do
  redis.call('HINCRBY', KEYS[1], prefix .. keep, number)
  redis.call('EXPIRE', KEYS[1], NOTED_FOR)
end
return cmsgpack.pack(values)
""".replace("NOTED_FOR", str(_NOTED_FOR)).replace("FEW", str(FEW))
WINDOWS = Script(SOURCE)
