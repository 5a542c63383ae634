import type { Clock } from '@parley/runtime';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';

/** The maximum delay of setTimeout; longer-lived tokens are checked again then. */
const maxTimerMs = 2 ** 31 - 1;

/** Warns connections once per token before it expires, and closes them when it has. */
export class TokenWatch {
  readonly #clock: Clock;
  readonly #warningMs: number;
  readonly #timers = new Map<Connection, NodeJS.Timeout>();

  /**
   * @param options.warningMs how long before expiry; shorter-lived tokens are warned of at once; 0
   * disables the warning
   */
  constructor(options: { clock: Clock; warningMs: number }) {
    this.#clock = options.clock;
    this.#warningMs = options.warningMs;
  }

  /** Starts watching the connection's current token. */
  watch(connection: Connection): void {
    this.#at(connection, connection.expiresAt - this.#warningMs, () => {
      const expiresAt = new Date(connection.expiresAt).toISOString();
      if (this.#warningMs > 0) connection.send(new Frame('token_expiring', { expiresAt }));
      this.#at(connection, connection.expiresAt, () => connection.close('token_expired'));
    });
  }

  forget(connection: Connection): void {
    clearTimeout(this.#timers.get(connection));
    this.#timers.delete(connection);
  }

  #at(connection: Connection, time: number, then: () => void): void {
    clearTimeout(this.#timers.get(connection));
    const leftMs = time - this.#clock();
    if (leftMs <= 0) {
      then();
      return;
    }
    const timer = setTimeout(() => this.#at(connection, time, then), Math.min(leftMs, maxTimerMs));
    this.#timers.set(connection, timer.unref());
  }
}
