"""What the ledger does inside Redis or Valkey: a script per verb, so that each is one act.

Keys of one owner share a hash tag. The server's own clock rules; it never turns a window back.
An account is a hash: `d` the day and `m` the month that it speaks of, `ds` and `ms` what was spent
in them, `dh` and `mh` what is held. A reservation is "amount day month" in a second hash, its end
stands in a sorted set. One that expired stays there for a day with the amount 0: it no longer holds
anything, but what was spent of it can still be told.
"""

_OPEN = """
local KEEP, DAY = 86400000, 86400000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
local function month_of(day)
  local z = day + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor(
    (doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return year * 12 + month - 1
end
local account, holds, ends = KEYS[1], KEYS[2], KEYS[3]
local kept = redis.call('HMGET', account, 'd', 'ds', 'dh', 'm', 'ms', 'mh', 'cut', 'look')
local known = kept[1] ~= false
local d, ds, dh, m, ms, mh, cut, look = 0, 0, 0, 0, 0, 0, 0, 0
local function load()
  d, ds, dh = tonumber(kept[1]), tonumber(kept[2]), tonumber(kept[3])
  m, ms, mh = tonumber(kept[4]), tonumber(kept[5]), tonumber(kept[6])
  cut, look = tonumber(kept[7]), tonumber(kept[8])
  local day = math.floor(now / DAY)
  if day > d then
    d, ds, dh = day, 0, 0
    local month = month_of(day)
    if month > m then m, ms, mh = month, 0, 0 end
  end
  if redis.call('EXISTS', holds) == 0 then dh, mh = 0, 0 end
end
local function save()
  redis.call('HSET', account, 'd', text(d), 'ds', text(ds), 'dh', text(dh),
    'm', text(m), 'ms', text(ms), 'mh', text(mh), 'look', text(look))
end
local function find(id)
  local kept = redis.call('HGET', holds, id)
  if not kept then return nil end
  local amount, day, month = string.match(kept, '(%d+) (%d+) (%d+)')
  return tonumber(amount), tonumber(day), tonumber(month)
end
local function write(id, amount, day, month, at)
  redis.call('HSET', holds, id, text(amount) .. ' ' .. text(day) .. ' ' .. text(month))
  redis.call('ZADD', ends, text(at), id)
end
local function hold(amount, day, month)
  if day == d then dh = dh + amount end
  if month == m then mh = mh + amount end
end
local function spend(amount, day, month)
  if day == d then ds = ds + amount end
  if month == m then ms = ms + amount end
end
local function sweep()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', text(now), 'LIMIT', 0, 500)) do
    local amount, day, month = find(id)
    if amount and amount > 0 then
      hold(-amount, day, month)
      write(id, 0, day, month, now + KEEP)
    else
      redis.call('HDEL', holds, id)
      redis.call('ZREM', ends, id)
    end
  end
end
local function close(closing, hold_ms)
  local amount, day, month = find(closing.id)
  if closing.late_ms > 0 then
    if amount == nil and closing.late_ms >= cut then
      local late = math.floor(closing.late_ms / DAY)
      spend(closing.spent, late, month_of(late))
      write(closing.id, 0, d, m, now + KEEP)
    end
    return
  end
  if amount == nil then return end
  hold(-amount, day, month)
  spend(closing.spent, day, month)
  redis.call('HDEL', holds, closing.id)
  redis.call('ZREM', ends, closing.id)
  for _, one in ipairs(closing.carried) do
    write(one[1], one[2], day, month, now + hold_ms)
    hold(one[2], day, month)
  end
end
local function close_all(closings, hold_ms)
  for _, closing in ipairs(cjson.decode(closings)) do close(closing, hold_ms) end
end
"""

# id, amount, day's limit, month's limit (-1: none), share, hold_ms, lease_ms, closings
RESERVE = (
    _OPEN
    + """
if not known then return {'unknown', '0', text(now), 0, '0', ''} end
load()
sweep()
close_all(ARGV[8], tonumber(ARGV[6]))
local id, amount = ARGV[1], tonumber(ARGV[2])
local day_limit, month_limit = tonumber(ARGV[3]), tonumber(ARGV[4])
local again = ''
local steps = {10000, 120000, 900000}
if look < 3 and now - cut >= steps[look + 1] then
  look = look + 1
  again = text(cut)
end
local before = find(id)
if before and before > 0 then
  save()
  return {'granted', text(before), text(now), 0, '0', again}
end
local left = math.huge
if day_limit >= 0 then left = day_limit - ds - dh end
if month_limit >= 0 then left = math.min(left, month_limit - ms - mh) end
if left <= 0 then
  save()
  local retry, spent = nil, 0
  if month_limit >= 0 and ms >= month_limit then
    local day = d
    while month_of(day) == m do day = day + 1 end
    retry, spent = day * DAY, 1
  elseif day_limit >= 0 and ds >= day_limit then
    retry, spent = (d + 1) * DAY, 1
  else
    retry = tonumber(redis.call('ZRANGE', ends, 0, 0, 'WITHSCORES')[2] or now)
  end
  return {'short', '0', text(now), spent, text(retry), again}
end
local lasts = tonumber(ARGV[6])
local part = math.floor(left / tonumber(ARGV[5]))
if part > amount then amount, lasts = part, tonumber(ARGV[7]) end
write(id, amount, d, m, now + lasts)
hold(amount, d, m)
save()
return {'granted', text(amount), text(now), 0, '0', again}
"""
)

# closings, hold_ms
SETTLE = (
    _OPEN
    + """
if not known then return 0 end
load()
close_all(ARGV[1], tonumber(ARGV[2]))
save()
return 1
"""
)

# until when it was summed up, the sums of the day and the month
RESTORE = (
    _OPEN
    + """
local at, day_sum, month_sum = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local day = math.floor(at / DAY)
local month = month_of(day)
if not known then
  d, m = day, month
  ds, ms, cut = day_sum, month_sum, at
  redis.call('HSET', account, 'cut', text(cut), 'bd', text(day_sum), 'bm', text(month_sum))
  save()
  return 1
end
load()
if cut ~= at then return 0 end
local bases = redis.call('HMGET', account, 'bd', 'bm')
spend(day_sum - tonumber(bases[1]), day, -1)
spend(month_sum - tonumber(bases[2]), -1, month)
redis.call('HSET', account, 'bd', text(day_sum), 'bm', text(month_sum))
save()
return 1
"""
)

# requests and tokens in a minute (-1: none), wanted requests and tokens, share, given back
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'r', 't', 'at')
local past = math.max(0, now - tonumber(kept[3] or now))
local share = tonumber(ARGV[5])
local levels, wait = {}, 0
for i = 1, 2 do
  local most, wanted = tonumber(ARGV[i]), tonumber(ARGV[i + 2])
  if most >= 0 then
    local level = tonumber(kept[i] or most) + past * most / 60000 + tonumber(ARGV[i + 5])
    levels[i] = math.min(most, level)
    local short = math.min(wanted, most) - levels[i]
    if most == 0 then wait = math.max(wait, 60000)
    elseif short > 0 then wait = math.max(wait, math.ceil(short * 60000 / most)) end
  end
end
local taken = {0, 0}
if wait == 0 then
  for i = 1, 2 do
    if levels[i] then
      taken[i] = math.max(tonumber(ARGV[i + 2]), math.floor(levels[i] / share))
      levels[i] = levels[i] - taken[i]
    end
  end
end
for i = 1, 2 do
  if levels[i] then redis.call('HSET', KEYS[1], i == 1 and 'r' or 't', tostring(levels[i])) end
end
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], 180000)
return {wait == 0 and 1 or 0, taken[1], taken[2],
  math.max(0, math.floor(levels[1] or 0)), math.max(0, math.floor(levels[2] or 0)), wait}
"""
