import type { Message } from '@parley/client';
import type { TimelineItem } from '@parley/react';

/** A message that others reply to. `null`: not available. Undefined: not loaded yet. */
export type Original = Message | null | undefined;

/** The messages that visible replies refer to, from the timeline or else from the server. */
export class Originals {
  readonly #load: (id: string) => Promise<Message>;
  readonly #known = new Map<string, Original>();
  readonly #listeners = new Set<() => void>();

  constructor(load: (id: string) => Promise<Message>) {
    this.#load = load;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  get(id: string): Original {
    return this.#known.get(id);
  }

  /** Loads the message, once. */
  want(id: string): void {
    if (this.#known.has(id)) return;
    this.#known.set(id, undefined);
    this.#load(id).then(
      (message) => this.#put(id, this.#known.get(id) ?? message),
      () => this.#put(id, this.#known.get(id) ?? null),
    );
  }

  /** Takes the current versions of wanted messages from the timeline. */
  update(items: readonly TimelineItem[]): void {
    if (this.#known.size === 0) return;
    for (const item of items)
      if (item.kind === 'message' && this.#known.has(item.message.id))
        this.#put(item.message.id, item.message);
  }

  #put(id: string, message: Original): void {
    if (this.#known.get(id) === message) return;
    this.#known.set(id, message);
    for (const listener of this.#listeners) listener();
  }
}
