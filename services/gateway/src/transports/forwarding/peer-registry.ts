import type { Logger } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { Cluster, Redis } from 'ioredis';
import type { Address } from './gateway-address.ts';

/** A gateway as seen by the others. */
export interface Peer extends Address {
  /** Signs the requests forwarded to it. */
  secret: string;
  /** Absent from gateways of the last release: see `UserStatus`. */
  receivesStatuses?: boolean;
}

export interface PeerRegistryOptions {
  redis: Redis | Cluster;
  namespace: string;
  /** Identifies this gateway. */
  gatewayId: string;
  /** A gateway that has not renewed its lease for this long counts as gone. */
  leaseMs: number;
  /** Called with all gateways that are known, whenever they may have changed. */
  onPeers: (peers: readonly Peer[]) => void;
  logger: Logger;
}

// KEYS[1] leases: sorted set, member: gateway id, score: end of the lease in ms by Redis' clock
// KEYS[2] peers:  hash, gateway id → peer as JSON
// ARGV: lease in ms; to renew a lease, also the gateway's id and peer
// Returns 1 if that gateway had no lease, else 0; and all peers.
const renew = `
local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)
local isNew = 0
if ARGV[2] then
  isNew = redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[2])
  redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
end
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE')) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
return { isNew, redis.call('HGETALL', KEYS[2]) }`;

interface PeerScripts {
  renewPeer(
    leases: string,
    peers: string,
    leaseMs: number,
    ...self: string[]
  ): Promise<[isNew: number, peers: string[]]>;
}

/** Minimum time between two refreshes, however many requests name unknown gateways. */
const refreshEveryMs = 250;

/**
 * The live gateways, each registered under a lease. Every gateway keeps a copy, refreshed when it
 * renews its own lease and when a requested gateway is missing from the copy. The copy stays in use
 * while Redis is away. After Redis has lost its data, peers stay known for as long as they may take
 * to register again. Otherwise clients would be answered that their sessions are unknown.
 */
export class PeerRegistry {
  readonly #options: PeerRegistryOptions;
  readonly #redis: (Redis | Cluster) & PeerScripts;
  readonly #keys: [leases: string, peers: string];
  readonly #timer: NodeJS.Timeout;
  #self: Peer | undefined;
  #peers: ReadonlyMap<string, Peer> = new Map();
  /** Whether this gateway has been registered. */
  #isRegistered = false;
  /** Until then, peers missing from Redis stay known. */
  #keptUntil = Number.NEGATIVE_INFINITY;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  /** A scheduled refresh that has not started. */
  #next: Promise<void> | undefined;

  constructor(options: PeerRegistryOptions) {
    this.#options = options;
    const { redis, namespace, leaseMs } = options;
    redis.defineCommand('renewPeer', { numberOfKeys: 2, lua: renew });
    this.#redis = redis as (Redis | Cluster) & PeerScripts;
    this.#keys = [`{${namespace}:gateways}:leases`, `{${namespace}:gateways}:peers`];
    this.#timer = setInterval(() => void this.#renew(), leaseMs / 3).unref();
  }

  /** Registers this gateway. Retries while Redis is away. */
  async open(self: Peer): Promise<void> {
    this.#self = self;
    await this.#renew();
  }

  /** @throws when the gateway is unknown and Redis cannot be asked */
  async find(gatewayId: string): Promise<Peer | undefined> {
    const known = this.#peers.get(gatewayId);
    if (known) return known;
    this.#next ??= this.#refreshSoon();
    await this.#next;
    return this.#peers.get(gatewayId);
  }

  /** Deregisters this gateway, so that no more requests are forwarded to it. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#self = undefined;
    const [leases, peers] = this.#keys;
    const { gatewayId, logger } = this.#options;
    const removed = Promise.all([this.#redis.zrem(leases, gatewayId), this.#redis.hdel(peers, gatewayId)]);
    await removed.catch((error: unknown) =>
      logger.debug({ err: error }, 'failed to deregister the gateway; its lease will expire'),
    );
  }

  async #refreshSoon(): Promise<void> {
    await pause(Math.max(this.#refreshedAt + refreshEveryMs - performance.now(), 0));
    this.#next = undefined;
    await this.#refresh();
  }

  async #renew(): Promise<void> {
    await this.#refresh().catch((error: unknown) =>
      this.#options.logger.warn(
        { err: error },
        'failed to renew the registration of the gateway; will retry',
      ),
    );
  }

  async #refresh(): Promise<void> {
    this.#refreshedAt = performance.now();
    const { gatewayId, leaseMs } = this.#options;
    const self = this.#self ? [gatewayId, JSON.stringify(this.#self)] : [];
    const [isNew, found] = await this.#redis.renewPeer(...this.#keys, leaseMs, ...self);
    const now = performance.now();
    if (isNew && this.#isRegistered) this.#keptUntil = now + leaseMs;
    this.#isRegistered = self.length > 0;
    const peers = new Map(now < this.#keptUntil ? this.#peers : []);
    for (let index = 0; index < found.length; index += 2)
      peers.set(found[index] ?? '', JSON.parse(found[index + 1] ?? ''));
    this.#peers = peers;
    this.#options.onPeers([...peers.values()]);
  }
}
