import { script } from "./redis/script.ts";

/**
 * The rules of `flow-row.ts`, by Redis's own clock. A row is four numbers of each step as one text:
 * begin and end of its older time, then of its newer one. ARGV says what is done: `note` and which
 * step, from 1; `use`, and 1 where the steps are kept; `back` and the row that was used up. Then
 * come how long the row holds, the pace, and how many steps there are. `use` answers how many steps
 * stand, the wait in milliseconds, and what was used up.
 */
export const flowScript = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local what, word = ARGV[1], ARGV[2]
local within, least, count = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local function read(text)
  local row = {}
  for number in string.gmatch(text or '', '%S+') do row[#row + 1] = tonumber(number) end
  for place = #row + 1, count * 4 do row[place] = 0 end
  return row
end
local stored = redis.call('GET', KEYS[1])
local row = read(stored)
local function alive(begin) return begin > 0 and now - begin <= within end
local function ripe(step)
  local at = (step - 1) * 4
  for place = at + 3, at + 1, -2 do
    if alive(row[place]) and now - row[place + 1] >= least then return row[place] end
  end
end
local function save()
  local texts = {}
  for place = 1, count * 4 do texts[place] = string.format('%.3f', row[place]) end
  redis.call('SET', KEYS[1], table.concat(texts, ' '), 'PX', string.format('%.0f', math.ceil(within)))
end
if what == 'note' then
  local step = tonumber(word)
  local at = (step - 1) * 4
  local begin = now
  if step > 1 then begin = ripe(step - 1) end
  if not begin then return 0 end
  local lives = alive(row[at + 3])
  if lives and now - row[at + 4] < least then return 0 end
  row[at + 1], row[at + 2] = lives and row[at + 3] or 0, lives and row[at + 4] or 0
  row[at + 3], row[at + 4] = begin, now
  save()
  return 1
end
if what == 'back' then
  local other = read(word)
  for step = 1, count do
    local at, times = (step - 1) * 4, {}
    for _, one in ipairs({ row, other }) do
      for _, place in ipairs({ at + 3, at + 1 }) do
        local isNew = one[place] > 0
        for _, known in ipairs(times) do
          if known[2] == one[place + 1] then isNew = false end
        end
        if isNew then times[#times + 1] = { one[place], one[place + 1] } end
      end
    end
    table.sort(times, function(a, b) return a[2] > b[2] end)
    local newer, older = times[1] or { 0, 0 }, times[2] or { 0, 0 }
    row[at + 1], row[at + 2], row[at + 3], row[at + 4] = older[1], older[2], newer[1], newer[2]
  end
  save()
  return 1
end
if ripe(count) then
  if word == '1' then return { count, 0, '' } end
  redis.call('DEL', KEYS[1])
  return { count, 0, stored }
end
for step = count, 1, -1 do
  local at = (step - 1) * 4
  if alive(row[at + 3]) then
    if step < count then return { step, 0, '' } end
    local wait = math.min(least - (now - row[at + 4]), least)
    return { count, math.max(1, math.ceil(wait)), '' }
  end
end
return { 0, 0, '' }
`);
