"""The windows' script: adds to and reads all counters of a request inside Redis, with as few commands as it takes.

Commands are what it costs, so small counters lie together in hashes, which a request reads and writes at once. A counter is

- a field of a hash while it has few members, as nearly all have: MessagePack of {sent_at, member, ...};
- a sorted set of members by sent_at beyond that, with a field that says so: {false, members, a time before which there is none}.
  It stays one until it expires.

There is a hash for each slice of time, slices being as long as entries are kept. A counter lies in the hash of the slice in
which somebody last added to it, and lives to the end of the slice after that.
"""

from moderation.storage.line import Script

FEW = 16
"""Members of a counter up to which it is a field, written anew each time."""
_UNLINKED_FOR = 60
"""Seconds that a hash has to be freed in the background, by whoever begins a slice; after them it expires, which may hold Redis up."""
_NOTED_FOR = 7 * 86_400
"""Seconds without a further one after which the numbers of counters that were not kept are forgotten."""

# KEYS: hash of counters that were not kept. ARGV: MessagePack of {most members, most counters, prefix, specs as
# {measure, within, keep}, and a message each {at, then {spec, counter, member, add} ...}}. Gives the values, in order, as MessagePack.
SOURCE = (
    """
local most, counters, prefix, specs, messages = unpack(cmsgpack.unpack(ARGV[1]))
local now = tonumber(redis.call('TIME')[1])
local groups, values = {}, {}  -- counters that are kept equally long; what this gives

for _, spec in ipairs(specs) do
  local keep = spec[3]
  if not groups[keep] then
    local slice, hash = math.floor(now / keep), prefix .. '#' .. keep .. ':'
    groups[keep] = {
      current = hash .. slice, before = hash .. (slice - 1), gone = hash .. (slice - 2), ends = (slice + 2) * keep,
      asked = {}, rows = {}, old = {}, changed = {}, refused = 0  -- by name of the counter
    }
  end
  spec.group = groups[keep]
end

-- Fetch what is asked for: from the slice of now, the rest from the slice before.
local function fetch(hash, names, rows)
  local rest = {}
  for first = 1, #names, 1000 do
    for i, text in ipairs(redis.call('HMGET', hash, unpack(names, first, math.min(first + 999, #names)))) do
      local name = names[first + i - 1]
      if text then rows[name] = text else rest[#rest + 1] = name end
    end
  end
  return rest
end
for _, message in ipairs(messages) do
  for i = 2, #message do
    local group, name = specs[message[i][1]].group, message[i][2]
    if group.rows[name] == nil then
      group.rows[name] = false
      group.asked[#group.asked + 1] = name
    end
  end
end
for _, group in pairs(groups) do fetch(group.before, fetch(group.current, group.asked, group.rows), group.old) end

local function measure(group)
  if group.length then return end
  local length = redis.call('HLEN', group.current)
  group.begins = length == 0
  group.length = length + redis.call('HLEN', group.before)
end

local function put(group, name, row)
  group.rows[name], group.changed[name] = row, true
end

-- Begin a counter, unless there are too many.
local function begin(group, name, at, member)
  measure(group)
  if group.length >= counters then
    group.refused = group.refused + 1
  else
    group.length = group.length + 1
    put(group, name, {at, member})
  end
  return 1
end

-- Too many members for a field.
local function spread(group, name, row)
  local key, first = prefix .. name, math.huge
  local members = {}
  for i = 1, #row, 2 do
    members[i], members[i + 1] = row[i], row[i + 1]
    first = math.min(first, row[i])
  end
  redis.call('DEL', key)
  redis.call('ZADD', key, unpack(members))
  redis.call('EXPIREAT', key, group.ends)
  put(group, name, {false, #row / 2, first})
end

-- Add to a row and count it; what is too old leaves.
local function add_to_row(group, name, row, spec, at, member)
  local newcomers, within, keep = spec[1] == 'newcomers', at - spec[2], spec[3]
  local kept, size, count, known, moved = {}, 0, 0, false, false
  for i = 1, #row, 2 do
    local seen, who = row[i], row[i + 1]
    if seen > at - keep then
      if who == member then
        known = true
        if newcomers and at < seen or not newcomers and at > seen then seen, moved = at, true end
      end
      kept[size + 1], kept[size + 2], size = seen, who, size + 2
      if seen > within and seen <= at then count = count + 1 end
    end
  end
  if known and not moved then return count end
  if not known then
    kept[size + 1], kept[size + 2], size, count = at, member, size + 2, count + 1
  end
  if size > 2 * FEW then spread(group, name, kept) else put(group, name, kept) end
  return count
end

local function sweep(key, set, until_)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', until_)
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  set[2], set[3] = redis.call('ZCARD', key), tonumber(first[2]) or math.huge
end

local function add_to_set(group, name, set, spec, at, member)
  local key, newcomers, forgotten = prefix .. name, spec[1] == 'newcomers', at - spec[3]
  if newcomers and set[3] <= forgotten then sweep(key, set, forgotten) end  -- whoever was forgotten is new again
  if redis.call('ZADD', key, newcomers and 'LT' or 'GT', at, member) == 1 then
    set[2] = set[2] + 1
    if set[2] > most or set[2] % 64 == 0 then sweep(key, set, forgotten) end
    if set[2] > most then
      redis.call('ZREMRANGEBYRANK', key, 0, set[2] - most - 1)
      set[2] = most
    end
  end
  set[3] = math.min(set[3], at)
  put(group, name, set)
end

local function read(name, row, spec, at)
  local from = at - spec[2]
  if row[1] == false then return redis.call('ZCOUNT', prefix .. name, string.format('(%.17g', from), at) end
  local count = 0
  for i = 1, #row, 2 do
    if row[i] > from and row[i] <= at then count = count + 1 end
  end
  return count
end

for _, message in ipairs(messages) do
  local at = message[1]
  for i = 2, #message do
    local which, name, member, add = unpack(message[i])
    local spec, value = specs[which], nil
    local group = spec.group
    local row = group.rows[name] or group.old[name]
    if type(row) == 'string' then
      row = cmsgpack.unpack(row)
      group.rows[name] = row
    end
    if not row then
      value = add and begin(group, name, at, member) or 0
    elseif add and row[1] ~= false then
      value = add_to_row(group, name, row, spec, at, member)
    else
      if add then add_to_set(group, name, row, spec, at, member) end
      value = read(name, row, spec, at)
    end
    values[#values + 1] = value
  end
end

for keep, group in pairs(groups) do
  local fields, moved = {}, {}
  for name in pairs(group.changed) do
    local row = group.rows[name]
    fields[#fields + 1], fields[#fields + 2] = name, cmsgpack.pack(row)
    if group.old[name] then
      moved[#moved + 1] = name
      if row[1] == false then redis.call('EXPIREAT', prefix .. name, group.ends) end
    end
  end
  if #fields > 0 then
    measure(group)
    for first = 1, #fields, 2000 do
      redis.call('HSET', group.current, unpack(fields, first, math.min(first + 1999, #fields)))
    end
    for first = 1, #moved, 1000 do redis.call('HDEL', group.before, unpack(moved, first, math.min(first + 999, #moved))) end
    if group.begins then
      redis.call('EXPIREAT', group.current, group.ends + UNLINKED_FOR)
      redis.call('UNLINK', group.gone)
    end
  end
  if group.refused > 0 then
    redis.call('HINCRBY', KEYS[1], prefix .. keep, group.refused)
    redis.call('EXPIRE', KEYS[1], NOTED_FOR)
  end
end
return cmsgpack.pack(values)
""".replace("UNLINKED_FOR", str(_UNLINKED_FOR))
    .replace("NOTED_FOR", str(_NOTED_FOR))
    .replace("FEW", str(FEW))
)
WINDOWS = Script(SOURCE)
