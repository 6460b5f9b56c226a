import { script } from "./redis/script.ts";
import type { Bucket } from "./state.ts";

/**
 * What each bucket says of itself in a script: its kind, its cost, three numbers, two of what else
 * is known of it, and four of its lease.
 */
const wordsEach = 11;

/** So long a node may serve from a lease; it stops a little earlier, by its own clock. */
export const leaseLifeMs = 1000;

/**
 * A rate is kept as the time at which it is full again, and behind it the leases of nodes, each as
 * `node=count@end`. What is leased out takes room in the bucket: bucket and leases together never
 * hold more than the burst, so that leases let nothing through beyond it.
 */
const reading = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local node = string.match(ARGV[1], '^[^:]*')
local function words(index)
  local at = (index - 1) * ${wordsEach} + 2
  local told = { ARGV[at + 1] }
  for word = 2, ${wordsEach} do told[word] = tonumber(ARGV[at + word]) end
  return unpack(told)
end
local function rateOf(key, interval, deepest, ahead)
  local stored = redis.call('GET', key) or '0'
  local arrival = tonumber(string.match(stored, '^%S+'))
  local leases, out = {}, 0
  for id, count, ends in string.gmatch(stored, ' ([%w_-]+)=(%S+)@(%S+)') do
    if tonumber(ends) > now then
      leases[id] = { tonumber(count), tonumber(ends) }
      out = out + leases[id][1]
    end
  end
  arrival = math.max(arrival, now + ahead, now + out * interval)
  return math.min(arrival, now + deepest), leases, out
end
local function setRate(key, arrival, leases)
  local text, last = string.format('%.6f', arrival), arrival
  for id, lease in pairs(leases) do
    text = text .. string.format(' %s=%.0f@%.3f', id, lease[1], lease[2])
    last = math.max(last, lease[2])
  end
  local ttl = math.ceil(last - now)
  if ttl > 0 then redis.call('SET', key, text, 'PX', ttl) else redis.call('DEL', key) end
end
local function quotaOf(key)
  local stored = redis.call('GET', key)
  if not stored then return 0, 0 end
  local space = string.find(stored, ' ', 1, true)
  local ends = tonumber(string.sub(stored, space + 1))
  if ends <= now then return 0, 0 end
  return tonumber(string.sub(stored, 1, space - 1)), ends
end
local function setQuota(key, used, ends)
  redis.call('SET', key, string.format('%.17g %.0f', used, ends), 'PX', string.format('%.0f', math.max(1, math.ceil(ends - now))))
end
`;

/**
 * Takes from every bucket or from none, by Redis's own clock: its time is one for all nodes. ARGV
 * begins with the name of the reservation, and how long a place among requests in flight is held
 * unless it is renewed. Answers -1 and what each has left, a rate in microseconds of refilling, then
 * what each has leased, then what each lease of a server that has forgotten it has let through; or
 * the bucket that refuses, from 0, the wait in microseconds, and what others have leased of it. What
 * the asker knows of a rate, and what it has let through by itself, is counted even where the
 * request is refused. The window of a quota that was begun holds until it ends here, so that a node
 * whose clock is wrong neither begins the next one early nor goes back to the last.
 */
export const takeScript = script(`${reading}
local writes = {}
local told = { -1 }
for index, key in ipairs(KEYS) do
  local kind, cost, first, second, third, ahead, owed, want, most, held, spent = words(index)
  local granted, over = 0, 0
  if kind == 'rate' then
    local before, leases, out = rateOf(key, first, third, ahead)
    before = math.min(before + owed * first, now + third)
    if ahead > 0 or owed ~= 0 then setRate(key, before, leases) end
    local own = leases[node]
    if own then
      out = out - own[1]
    elseif want >= 0 then
      over = spent
    end
    local arrival = math.max(before - held * first, now + out * first) + (cost + over) * first
    local rest = first * second - (arrival - now)
    if rest < -0.000001 then return { index - 1, math.ceil(-rest * 1000), out } end
    if want > 0 then
      granted = math.min(want, math.floor(rest / first + 0.000001), math.floor((most - out) / 2))
      if granted < 2 then granted = 0 end
    end
    told[index + 1] = math.floor(rest * 1000 + 0.5)
    writes[index] = function()
      if want >= 0 then leases[node] = granted > 0 and { granted, now + ${leaseLifeMs} } or nil end
      setRate(key, arrival + granted * first, leases)
    end
  elseif kind == 'quota' then
    local used, ends = quotaOf(key)
    if ends == 0 then
      ends = second
      if ends <= now then ends = ends + math.ceil((now - ends + 1) / third) * third end
    end
    used = used + cost
    if used > first + 0.000000001 then return { index - 1, 0, 0 } end
    told[index + 1] = math.floor(first - used + 0.000000001)
    writes[index] = function() setQuota(key, used, ends) end
  else
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    local inFlight = redis.call('ZCARD', key)
    if inFlight >= first then return { index - 1, 0, 0 } end
    told[index + 1] = first - inFlight - 1
    writes[index] = function()
      redis.call('ZADD', key, now + tonumber(ARGV[2]), ARGV[1])
      redis.call('PEXPIRE', key, ARGV[2])
    end
  end
  told[#KEYS + index + 1] = granted
  told[2 * #KEYS + index + 1] = over
end
for _, write in ipairs(writes) do write() end
return told
`);

/**
 * Changes what was taken of one bucket by a number, which stands in the place of its cost; a lease
 * of which nothing is wanted any more ends. Nothing
 * is taken beyond what the bucket has, and nothing given back beyond what it holds.
 */
export const settleScript = script(`${reading}
for index, key in ipairs(KEYS) do
  local kind, change, first, second, third, ahead, _, want = words(index)
  if kind == 'rate' then
    local arrival, leases = rateOf(key, first, third, ahead)
    if want == 0 then leases[node] = nil end
    setRate(key, math.min(arrival + change * first, now + third), leases)
  elseif kind == 'quota' then
    local used, ends = quotaOf(key)
    if ends ~= 0 and ends <= second then
      setQuota(key, math.max(0, math.min(used + change, first)), ends)
    end
  else
    redis.call('ZREM', key, ARGV[1])
  end
end
`);

/** Says that places among requests in flight are still held; those that have lapsed stay lapsed. */
export const renewScript = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
for index, key in ipairs(KEYS) do
  redis.call('ZADD', key, 'XX', now + tonumber(ARGV[1]), ARGV[index + 1])
  redis.call('PEXPIRE', key, ARGV[1])
end
`);

/** What a node knows of a bucket, after a time in which it could not ask. */
export interface Carried {
  /** How far the bucket was from being full when it was last seen, less what has refilled since. */
  readonly aheadMs: number;
  /** What the node has let through by itself since, of which nobody else knows. */
  readonly owed: number;
}

/** What a node says of its lease of a bucket. */
export interface LeaseAsk {
  /** How many it wants; 0 ends its lease, less leaves the lease alone. */
  readonly want: number;
  /** How many all nodes may have leased together. */
  readonly most: number;
  /** What is left of its lease, and given back. */
  readonly held: number;
  /** What it has let through from its lease. */
  readonly spent: number;
}

const nothing: Carried = { aheadMs: 0, owed: 0 };
const noLease: LeaseAsk = { want: -1, most: 0, held: 0, spent: 0 };
const noWords = ["0", "0", "-1", "0", "0", "0"];

/** A bucket's part of the scripts' arguments, with what it costs or is changed by. */
export function wordsOf(
  bucket: Bucket,
  cost: number,
  { aheadMs, owed }: Carried = nothing,
  { held, most: mostLeased, spent, want }: LeaseAsk = noLease,
): readonly string[] {
  if (bucket.kind === "rate") {
    const { burst, deepestMs, intervalMs } = bucket;
    const numbers = [cost, intervalMs, burst, deepestMs, aheadMs, owed];
    return ["rate", ...[...numbers, want, mostLeased, held, spent].map(String)];
  }
  if (bucket.kind === "quota") {
    const { endsAtMs, lengthMs, most } = bucket;
    return ["quota", String(cost), String(most), String(endsAtMs), String(lengthMs), ...noWords];
  }
  return ["concurrent", String(cost), String(bucket.most), "0", "0", ...noWords];
}
