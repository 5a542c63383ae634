import type { Cluster, Redis } from 'ioredis';
import { collectExpired, type Keys, now } from './presence-scripts.ts';

// Beside the keys of presence, each shard has:
// gateways: sorted set, gateway → end of its lease in milliseconds
// held:     set per gateway, the members of `leases` that it holds
// A held member has a distant end of its own in `leases`. When its gateway's lease ends, it gets
// that end. Gateways of earlier releases thus count it, and would remove it at its own end.

/**
 * KEYS: those of presence, gateways, held. ARGV: lease and distant end in ms, gateway, then user,
 * name and connection of each. Returns the users who came online.
 */
const hold = `
${now}
redis.call('ZADD', KEYS[5], now + ARGV[1], ARGV[3])
local came = {}
for i = 4, #ARGV, 3 do
  local user = ARGV[i]
  local member = user .. ' ' .. ARGV[i + 2]
  redis.call('SADD', KEYS[6], member)
  if redis.call('ZADD', KEYS[1], now + ARGV[2], member) == 1 then
    redis.call('HSET', KEYS[4], user, now)
    if redis.call('HINCRBY', KEYS[2], user, 1) == 1 then
      redis.call('HSET', KEYS[3], user, ARGV[i + 1])
      came[#came + 1] = user
    end
  end
end
redis.call('PEXPIRE', KEYS[6], ARGV[2])
return came`;

/** KEYS: gateways. ARGV: lease in ms, gateway. Returns 1 if the lease was still running. */
const extend = `
${now}
local ends = redis.call('ZSCORE', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[2])
if ends and tonumber(ends) > now then return 1 end
return 0`;

/**
 * KEYS: those of presence, held. ARGV: grace in ms, then user and connection of each. Returns when
 * the user's latest connection came, or '' without another one, of each.
 */
const letGo = `
${now}
local ends = 0
if tonumber(ARGV[1]) > 0 then ends = now + ARGV[1] end
local latest = {}
for i = 2, #ARGV, 2 do
  local user = ARGV[i]
  local member = user .. ' ' .. ARGV[i + 1]
  redis.call('SREM', KEYS[5], member)
  redis.call('ZADD', KEYS[1], 'XX', 'LT', ends, member)
  local others = tonumber(redis.call('HGET', KEYS[2], user) or '0') > 1
  latest[#latest + 1] = others and redis.call('HGET', KEYS[4], user) or ''
end
return latest`;

/**
 * KEYS: leases, gateways, held. ARGV: gateway, maximum number of members. Ends members of a gateway
 * whose lease has ended.
 */
const lapse = `
${now}
local ends = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not ends or tonumber(ends) > now then return 0 end
local members = redis.call('SPOP', KEYS[3], ARGV[2])
for _, member in ipairs(members) do redis.call('ZADD', KEYS[1], 'XX', 'LT', ends, member) end
if redis.call('SCARD', KEYS[3]) == 0 then redis.call('ZREM', KEYS[2], ARGV[1]) end
return #members`;

/**
 * As `expire`. KEYS: those of presence, gateways. Also returns some gateways whose lease has ended.
 */
const expire = `
${collectExpired}
return {gone, redis.call('ZRANGE', KEYS[5], '-inf', now, 'BYSCORE', 'LIMIT', 0, 10)}`;

export interface HeldScripts {
  presenceHold(...args: [...Keys, gateways: string, held: string, ...(string | number)[]]): Promise<string[]>;
  presenceExtend(gateways: string, leaseMs: number, gateway: string): Promise<number>;
  presenceLetGo(...args: [...Keys, held: string, graceMs: number, ...string[]]): Promise<string[]>;
  presenceLapse(
    leases: string,
    gateways: string,
    held: string,
    gateway: string,
    limit: number,
  ): Promise<number>;
  presenceExpireHeld(
    ...args: [...Keys, gateways: string, limit: number]
  ): Promise<[gone: string[], ended: string[]]>;
}

export function heldScripts(redis: Redis | Cluster): HeldScripts {
  redis.defineCommand('presenceHold', { numberOfKeys: 6, lua: hold });
  redis.defineCommand('presenceExtend', { numberOfKeys: 1, lua: extend });
  redis.defineCommand('presenceLetGo', { numberOfKeys: 5, lua: letGo });
  redis.defineCommand('presenceLapse', { numberOfKeys: 3, lua: lapse });
  redis.defineCommand('presenceExpireHeld', { numberOfKeys: 5, lua: expire });
  return redis as (Redis | Cluster) & HeldScripts;
}
