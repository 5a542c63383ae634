import type { Fleet, FleetHandler, FleetMessage } from './fleet.ts';

/** A gateway on its own. */
export class LocalFleet implements Fleet {
  #handler: FleetHandler | undefined;

  onMessage(handler: FleetHandler): void {
    this.#handler = handler;
  }

  async publish(keys: readonly [string, ...string[]], message: FleetMessage): Promise<void> {
    this.#handler?.(keys, message);
  }

  async hear(_key: string): Promise<void> {}

  unhear(_key: string): void {}

  onRecovered(_callback: () => void): void {}

  async close(): Promise<void> {}
}
