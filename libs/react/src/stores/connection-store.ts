import type { ConnectionEvent } from '@parley/client';
import type { Live } from './live.ts';
import { Value } from './value.ts';

/**
 * The state of the live connection. `waiting`: it is lost, and the next attempt comes at
 * `retryAt`. `offline`: also, but this machine has no network at all. `stopped`: nobody is logged
 * in.
 */
export interface ConnectionStatus {
  state: 'connecting' | 'online' | 'waiting' | 'offline' | 'stopped';
  /** A code: why it is not online. */
  reason?: string;
  /** The same for people. */
  message?: string;
  /** When the next attempt comes, in milliseconds since the epoch. */
  retryAt?: number;
  /** While online: the gateway is being replaced. The connection moves to another one soon. */
  isDraining?: boolean;
  /** After a reconnect: how many events have arrived late. */
  missed?: number;
}

const connecting: ConnectionStatus = { state: 'connecting' };

/** The part of a browser's globals that is used here. */
interface Network {
  navigator?: { onLine?: boolean };
  addEventListener?(name: 'online' | 'offline', listener: () => void): void;
  removeEventListener?(name: 'online' | 'offline', listener: () => void): void;
}
const network = globalThis as unknown as Network;
const isOffline = () => network.navigator?.onLine === false;

/** Shows the connection of the present session. */
export class ConnectionStore extends Value<ConnectionStatus> {
  #live: Live | null = null;

  constructor() {
    super(connecting);
  }

  readonly methods = { retryNow: (): void => this.#live?.session.retryNow() };

  /** Shows the connection of this session until it ends. Returns a function that stops it. */
  follow(live: Live): () => void {
    this.#live = live;
    this.#connecting();
    // A connection notices much later that it is dead.
    const lost = () => {
      this.set({ state: 'offline' });
      live.session.reconnect();
    };
    const stops = [
      live.session.on('connection', (event) => this.#changed(event)),
      live.session.on('draining', () => this.set({ state: 'online', isDraining: true })),
      live.session.on('resumed', ({ missed }) => this.set({ state: 'online', missed })),
    ];
    network.addEventListener?.('offline', lost);
    network.addEventListener?.('online', this.methods.retryNow);
    return () => {
      for (const stop of stops) stop();
      network.removeEventListener?.('offline', lost);
      network.removeEventListener?.('online', this.methods.retryNow);
      this.#live = null;
    };
  }

  stopped(reason?: string): void {
    this.set({ state: 'stopped', ...(reason && { reason }) });
  }

  #changed(event: ConnectionEvent): void {
    if (event.state === 'stopped') this.stopped(event.reason);
    else if (event.state === 'online') this.set({ state: 'online' });
    else if (event.state === 'connecting') this.#connecting();
    else {
      const { reason, message, retryInMs } = event;
      const state = isOffline() ? 'offline' : 'waiting';
      this.set({ state, reason, message, retryAt: Date.now() + retryInMs });
    }
  }

  /** Attempts without a network do not hide that there is none. */
  #connecting(): void {
    this.set(isOffline() ? { state: 'offline' } : connecting);
  }
}
