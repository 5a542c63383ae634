import { pause } from '@parley/runtime/async';
import type { PendingMessage, PendingStorage } from './sending.ts';
import type { TokenStorage, Tokens } from './tokens.ts';

/** The parts of a browser's window that are used here; Node has none of them. */
interface Window {
  localStorage: {
    length: number;
    key(index: number): string | null;
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
  navigator: {
    locks?: {
      request<T>(
        name: string,
        options: { ifAvailable?: boolean },
        work: (lock: object | null) => Promise<T>,
      ): Promise<T>;
    };
  };
  addEventListener(name: 'storage', listener: (event: { key: string | null }) => void): void;
  removeEventListener(name: 'storage', listener: (event: { key: string | null }) => void): void;
}
const window = globalThis as unknown as Window;

const maxLagMs = 1_000;
const checkEveryMs = 20;

/**
 * Keeps the login and unsent messages in `localStorage`. The tabs of an origin share the login:
 * with Web Locks, one of them refreshes and the others take its tokens, and they notice when one
 * logs out. Other scripts of the origin can read it.
 */
export class WebStorage implements TokenStorage {
  readonly #key: string;
  readonly pending: PendingStorage;

  /** @param key one login for each */
  constructor(key = 'parley') {
    this.#key = key;
    const keyOf = (clientId: string) => `${key}:unsent:${clientId}`;
    this.pending = {
      load: async (userId) =>
        this.#unsent()
          .map((each) => JSON.parse(window.localStorage.getItem(each) ?? 'null') as Unsent | null)
          .flatMap((unsent) => (unsent?.userId === userId ? [unsent.message] : []))
          .sort((a, b) => a.createdAt - b.createdAt),
      put: async (userId, message) =>
        window.localStorage.setItem(
          keyOf(message.clientId),
          JSON.stringify({ userId, message } satisfies Unsent),
        ),
      remove: async (clientId) => window.localStorage.removeItem(keyOf(clientId)),
    };
  }

  async load(): Promise<Tokens | null> {
    return JSON.parse(this.#text() ?? 'null') as Tokens | null;
  }

  /** Logging out removes the unsent messages, too. */
  async save(tokens: Tokens | null): Promise<void> {
    if (tokens) return window.localStorage.setItem(this.#key, JSON.stringify(tokens));
    for (const key of [this.#key, ...this.#unsent()]) window.localStorage.removeItem(key);
  }

  /**
   * Browsers offer locks to pages of https and of this machine; elsewhere two tabs may refresh.
   */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const { locks } = window.navigator;
    if (!locks) return work();
    const before = this.#text();
    const atOnce = await locks.request(this.#key, { ifAvailable: true }, async (lock) =>
      lock ? { result: await work() } : undefined,
    );
    if (atOnce) return atOnce.result;
    return locks.request(this.#key, {}, async () => {
      // A tab sees what another one has written a little later, even after its lock.
      for (let waitedMs = 0; waitedMs < maxLagMs && this.#text() === before; waitedMs += checkEveryMs)
        await pause(checkEveryMs);
      return work();
    });
  }

  watch(changed: () => void): () => void {
    const listener = ({ key }: { key: string | null }) => {
      if (key === this.#key || key === null) changed();
    };
    window.addEventListener('storage', listener);
    return () => window.removeEventListener('storage', listener);
  }

  #text(): string | null {
    return window.localStorage.getItem(this.#key);
  }

  /** The keys of the unsent messages. */
  #unsent(): string[] {
    const { localStorage } = window;
    return Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '').filter(
      (key) => key.startsWith(`${this.#key}:unsent:`),
    );
  }
}

interface Unsent {
  userId: string;
  message: PendingMessage;
}
