import type { Backplane, BackplaneHandler, BackplaneMessage } from './backplane.ts';

/** The backplane of a single gateway. The room's writers share its process. */
export class MemoryBackplane implements Backplane {
  #handler: BackplaneHandler | undefined;

  onMessage(handler: BackplaneHandler): void {
    this.#handler = handler;
  }

  async publish(keys: readonly string[], message: BackplaneMessage): Promise<boolean> {
    this.#handler?.(keys, message);
    return true;
  }

  async subscribe(_keys: readonly string[]): Promise<void> {}

  unsubscribe(_key: string): void {}

  onRecovered(_callback: () => void): void {}

  async close(): Promise<void> {}
}
