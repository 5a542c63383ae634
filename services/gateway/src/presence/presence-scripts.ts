import type { Cluster, Redis } from 'ioredis';

// Each script works on one shard:
// KEYS[1] leases: sorted set, member `user connection`, score: end of the lease in milliseconds
// KEYS[2] counts: hash, user → number of leases
// KEYS[3] names:  hash, user → name
// Time comes from Redis, so the gateways' clocks need not agree.
const now = "local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)";

/** ARGV: lease in ms, then user, name and connection of each. Returns the users who came online. */
const renew = `
${now}
local came = {}
for i = 2, #ARGV, 3 do
  local user = ARGV[i]
  if redis.call('ZADD', KEYS[1], now + ARGV[1], user .. ' ' .. ARGV[i + 2]) == 1 then
    redis.call('HSET', KEYS[3], user, ARGV[i + 1])
    if redis.call('HINCRBY', KEYS[2], user, 1) == 1 then came[#came + 1] = user end
  end
end
return came`;

/** ARGV: grace in ms, user, connection. */
const release = `
${now}
return redis.call('ZADD', KEYS[1], 'XX', 'LT', now + ARGV[1], ARGV[2] .. ' ' .. ARGV[3])`;

/** ARGV: maximum number of leases. Returns user and name of each user who went offline. */
const expire = `
${now}
local gone = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[1])) do
  redis.call('ZREM', KEYS[1], member)
  local user = string.match(member, '^(%S+) ')
  if redis.call('HINCRBY', KEYS[2], user, -1) <= 0 then
    gone[#gone + 1] = user
    gone[#gone + 1] = redis.call('HGET', KEYS[3], user) or ''
    redis.call('HDEL', KEYS[2], user)
    redis.call('HDEL', KEYS[3], user)
  end
end
return gone`;

type Keys = [leases: string, counts: string, names: string];

export interface PresenceScripts {
  presenceRenew(...args: [...Keys, ...(string | number)[]]): Promise<string[]>;
  presenceRelease(...args: [...Keys, graceMs: number, userId: string, connectionId: string]): Promise<number>;
  presenceExpire(...args: [...Keys, limit: number]): Promise<string[]>;
}

export function presenceScripts(redis: Redis | Cluster): PresenceScripts {
  redis.defineCommand('presenceRenew', { numberOfKeys: 3, lua: renew });
  redis.defineCommand('presenceRelease', { numberOfKeys: 3, lua: release });
  redis.defineCommand('presenceExpire', { numberOfKeys: 3, lua: expire });
  return redis as (Redis | Cluster) & PresenceScripts;
}
