import type { Backplane, BackplaneHandler, BackplaneMessage } from './backplane.ts';

/** The backplane of a single gateway. */
export class MemoryBackplane implements Backplane {
  #handler: BackplaneHandler | undefined;

  onMessage(handler: BackplaneHandler): void {
    this.#handler = handler;
  }

  async publish(keys: readonly [string, ...string[]], message: BackplaneMessage): Promise<void> {
    this.#handler?.(keys, message);
  }

  async subscribe(_key: string): Promise<void> {}

  unsubscribe(_key: string): void {}

  onRecovered(_callback: () => void): void {}

  async close(): Promise<void> {}
}
