import type { Change } from '@parley/contracts';

/** Beyond, rooms wait for the sweep. */
const maxRooms = 100_000;

/** Rooms that may have changes that the search index does not contain. */
export class ChangedRooms {
  readonly #rooms = new Set<string>();
  /** Ends the current wait. An aborted signal would create an exception after a batch. */
  #endWait: (() => void) | undefined;

  /** After a commit. Costs the writer nothing else. */
  add(changes: Iterable<Change>): void {
    this.addRooms(numberedRooms(changes));
  }

  addRooms(roomIds: Iterable<string>): void {
    for (const roomId of roomIds) {
      if (this.#rooms.size >= maxRooms) break;
      this.#rooms.add(roomId);
    }
    if (this.#rooms.size > 0) this.wake();
  }

  take(limit: number): string[] {
    const taken: string[] = [];
    for (const roomId of this.#rooms) {
      if (taken.length === limit) break;
      taken.push(roomId);
      this.#rooms.delete(roomId);
    }
    return taken;
  }

  /** Waits until there are rooms, for at most `ms` milliseconds. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#rooms.size > 0) return resolve();
      const timer = setTimeout(() => this.wake(), ms).unref();
      this.#endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake(): void {
    this.#endWait?.();
    this.#endWait = undefined;
  }
}

function* numberedRooms(changes: Iterable<Change>): Generator<string> {
  for (const change of changes) if ('seq' in change) yield change.roomId;
}
