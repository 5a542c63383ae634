import { AppError } from '@parley/errors';

/** The origin of a task. */
export interface Origin {
  /** The kind of work. */
  lane: string;
  client: string;
  user: string;
}

interface Task extends Origin {
  queuedAt: number;
  start: () => void;
  refuse: (error: AppError) => void;
}

/** The waiting tasks of a lane, by client. The map's order is the order of their turns. */
type Lane = Map<string, Task[]>;

/**
 * Runs up to `width` tasks at once, at most one per user. Lanes take turns, as do the clients of a
 * lane, so a flood from one delays the next task of another by about one task.
 *
 * Up to `queue` tasks wait in each lane. One more displaces a task of the client that has the most:
 * the last one of that client's user with the most. Displaced tasks, and those that have waited for
 * `maxWaitMs`, are refused with `unavailable`.
 */
export class FairQueue {
  readonly #queue: number;
  readonly #maxWaitMs: number;
  /** In the order of their turns. */
  readonly #lanes = new Map<string, Lane>();
  readonly #busyUsers = new Set<string>();
  #free: number;

  constructor(options: { width: number; queue: number; maxWaitMs: number }) {
    this.#free = options.width;
    this.#queue = options.queue;
    this.#maxWaitMs = options.maxWaitMs;
  }

  async run<T>(origin: Origin, task: () => Promise<T>): Promise<T> {
    await new Promise<void>((start, refuse) => {
      this.#add({ ...origin, queuedAt: performance.now(), start, refuse });
      this.#startNext();
    });
    try {
      return await task();
    } finally {
      this.#free++;
      this.#busyUsers.delete(origin.user);
      this.#startNext();
    }
  }

  #add(task: Task): void {
    const lane = this.#lanes.get(task.lane) ?? new Map<string, Task[]>();
    this.#lanes.set(task.lane, lane);
    const own = [...(lane.get(task.client) ?? []), task];
    lane.set(task.client, own);
    const all = [...lane.values()];
    if (all.reduce((sum, { length }) => sum + length, 0) <= this.#queue) return;
    const longest = all.reduce((one, other) => (other.length > one.length ? other : one), own);
    const displaced = lastOfBusiestUser(longest) ?? task;
    longest.splice(longest.indexOf(displaced), 1);
    if (longest.length === 0) lane.delete(displaced.client);
    displaced.refuse(overloaded());
  }

  #startNext(): void {
    while (this.#free > 0) {
      const task = this.#take();
      if (!task) return;
      if (performance.now() - task.queuedAt > this.#maxWaitMs) {
        task.refuse(overloaded());
        continue;
      }
      this.#free--;
      this.#busyUsers.add(task.user);
      task.start();
    }
  }

  /** Takes the next task, after which its lane and client are the last to have a turn. */
  #take(): Task | undefined {
    for (const [name, lane] of this.#lanes) {
      for (const [client, tasks] of lane) {
        const task = tasks.find(({ user }) => !this.#busyUsers.has(user));
        if (!task) continue;
        moveToEnd(this.#lanes, name, lane);
        const left = tasks.filter((one) => one !== task);
        if (left.length > 0) moveToEnd(lane, client, left);
        else lane.delete(client);
        return task;
      }
    }
    return undefined;
  }
}

function lastOfBusiestUser(tasks: readonly Task[]): Task | undefined {
  const counts = new Map<string, number>();
  for (const { user } of tasks) counts.set(user, (counts.get(user) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return tasks.findLast(({ user }) => counts.get(user) === most);
}

function moveToEnd<V>(turns: Map<string, V>, key: string, value: V): void {
  turns.delete(key);
  turns.set(key, value);
}

const overloaded = () => new AppError('unavailable', { retryAfterMs: 2_000 });
