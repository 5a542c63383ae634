import type { Cluster, Redis } from 'ioredis';

// Each script works on one shard:
// KEYS[1] leases: sorted set, member `user connection`, score: end of the lease in milliseconds
// KEYS[2] counts: hash, user → number of leases
// KEYS[3] names:  hash, user → name given with the first connection
// KEYS[4] latest: hash, user → when the latest connection came
// A released lease ends at 0. Gateways of earlier releases do not write `latest`.
// Time comes from Redis, so the gateways' clocks need not agree.
export const now = "local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)";

/** ARGV: lease in ms, then user, name and connection of each. Returns the users who came online. */
const renew = `
${now}
local came = {}
for i = 2, #ARGV, 3 do
  local user = ARGV[i]
  if redis.call('ZADD', KEYS[1], now + ARGV[1], user .. ' ' .. ARGV[i + 2]) == 1 then
    redis.call('HSET', KEYS[4], user, now)
    if redis.call('HINCRBY', KEYS[2], user, 1) == 1 then
      redis.call('HSET', KEYS[3], user, ARGV[i + 1])
      came[#came + 1] = user
    end
  end
end
return came`;

/**
 * ARGV: grace in ms, user, connection. Returns when the user's latest connection came, or null
 * without another one.
 */
const release = `
${now}
local ends = 0
if tonumber(ARGV[1]) > 0 then ends = now + ARGV[1] end
redis.call('ZADD', KEYS[1], 'XX', 'LT', ends, ARGV[2] .. ' ' .. ARGV[3])
if tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or '0') < 2 then return false end
return redis.call('HGET', KEYS[4], ARGV[2])`;

/**
 * ARGV: maximum number of leases. Returns user, name and the end of the last lease of each user who
 * went offline.
 */
/** Leaves the result in `gone`. */
export const collectExpired = `
${now}
local gone = {}
local leases = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1], 'WITHSCORES')
for i = 1, #leases, 2 do
  local member = leases[i]
  redis.call('ZREM', KEYS[1], member)
  local user = string.match(member, '^(%S+) ')
  if redis.call('HINCRBY', KEYS[2], user, -1) <= 0 then
    gone[#gone + 1] = user
    gone[#gone + 1] = redis.call('HGET', KEYS[3], user) or ''
    gone[#gone + 1] = leases[i + 1]
    for key = 2, 4 do redis.call('HDEL', KEYS[key], user) end
  end
end`;

export type Keys = [leases: string, counts: string, names: string, latest: string];

export interface PresenceScripts {
  presenceRenew(...args: [...Keys, ...(string | number)[]]): Promise<string[]>;
  presenceRelease(
    ...args: [...Keys, graceMs: number, userId: string, connectionId: string]
  ): Promise<string | null>;
  presenceExpire(...args: [...Keys, limit: number]): Promise<string[]>;
}

export function presenceScripts(redis: Redis | Cluster): PresenceScripts {
  redis.defineCommand('presenceRenew', { numberOfKeys: 4, lua: renew });
  redis.defineCommand('presenceRelease', { numberOfKeys: 4, lua: release });
  redis.defineCommand('presenceExpire', { numberOfKeys: 4, lua: `${collectExpired}\nreturn gone` });
  return redis as (Redis | Cluster) & PresenceScripts;
}
