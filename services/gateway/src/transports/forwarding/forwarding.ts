import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock, Logger } from '@parley/runtime';
import type { Cluster, Redis } from 'ioredis';
import type { GatewayMetrics } from '../../gateway-metrics.ts';
import type { EngineMiddleware } from '../engine-middleware.ts';
import { forwardToOwner } from './forward-to-owner.ts';
import { Forwarder } from './forwarder.ts';
import { gatewayAddress } from './gateway-address.ts';
import { type Peer, PeerRegistry } from './peer-registry.ts';

export interface ForwardingOptions {
  redis: Redis | Cluster;
  namespace: string;
  gatewayId: string;
  /** `GATEWAY_ADDRESS` */
  address: string | undefined;
  leaseMs: number;
  maxForwards: number;
  /** Must exceed the time that a poll waits for data. */
  answerWithinMs: number;
  /** See `PeerRegistryOptions`. */
  onPeers: (peers: readonly Peer[]) => void;
  metrics: Pick<GatewayMetrics, 'forwarded' | 'forwardAnswered'>;
  clock: Clock;
  logger: Logger;
}

/**
 * Lets every gateway take the requests of every session. Gateways register in Redis under leases
 * and forward requests to the owner that the session id names. Any process that can read Redis can
 * forward, because the signing secrets are there.
 */
export class Forwarding {
  readonly middleware: EngineMiddleware;
  readonly #address: string | undefined;
  readonly #secret = randomBytes(32).toString('base64url');
  readonly #peers: PeerRegistry;
  readonly #forwarder: Forwarder;

  constructor({
    address,
    maxForwards,
    answerWithinMs,
    redis,
    namespace,
    leaseMs,
    onPeers,
    ...options
  }: ForwardingOptions) {
    const { gatewayId, metrics, clock, logger } = options;
    this.#address = address;
    this.#peers = new PeerRegistry({ redis, namespace, gatewayId, leaseMs, onPeers, logger });
    this.#forwarder = new Forwarder({ max: maxForwards, answerWithinMs, metrics, clock });
    this.middleware = forwardToOwner({
      gatewayId,
      secret: this.#secret,
      peers: this.#peers,
      forwarder: this.#forwarder,
      clock,
      logger,
    });
  }

  get inFlight(): Forwarder['inFlight'] {
    return this.#forwarder.inFlight;
  }

  /** Registers this gateway when the server listens. */
  attach(server: Server): void {
    server.once('listening', () => {
      const { address, port } = server.address() as AddressInfo;
      void this.#peers.open({
        ...gatewayAddress(this.#address, { host: address, port }),
        secret: this.#secret,
        receivesStatuses: true,
      });
    });
  }

  /**
   * Ends the tunnels of other gateways' clients, evenly over that time. Requests for this gateway's
   * own sessions may still arrive through the others.
   */
  drain(windowMs: number): Promise<void> {
    return this.#forwarder.drain(windowMs);
  }

  /** Deregisters this gateway after its sessions have ended. */
  leave(): Promise<void> {
    return this.#peers.close();
  }

  close(): void {
    this.#forwarder.close();
  }
}
