import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '@parley/testkit';

/** What can be hit: a process of a service, or a whole server. */
export const parts = [
  'gateway',
  'messages',
  'auth',
  'directory',
  'notifications',
  'postgres',
  'redis',
  'rabbitmq',
] as const;
export type Part = (typeof parts)[number];
const servers: readonly Part[] = ['postgres', 'redis', 'rabbitmq'];
/** Between two looks at who is ready, and after a restart before the next. */
const askEveryMs = 50;
const settleMs = 1_000;

/** `kill`: SIGKILL. `freeze`: SIGSTOP, later SIGCONT. `stop`: SIGTERM, as a deploy does; a server gets no such politeness. */
export type Blow = 'kill' | 'freeze' | 'stop';

export interface Fault {
  part: Part;
  blow: Blow;
  /** How long a freeze lasts. */
  frozenMs: number;
  /** Until the next fault. */
  pauseMs: number;
}

export interface StormOptions {
  random: SeededRandom;
  only: readonly Part[];
  /** Where everything is just now, and whether every process of ours is ready. */
  state: () => { pids: Record<Part, number[]>; ready: boolean };
  /** Hears, in a sentence, of each fault as it is made. */
  say: (line: string) => void;
}

/**
 * Faults in an order that a seed decides: all combinations of parts and blows are shuffled and dealt, then shuffled anew, so that a storm which is long
 * enough has hit every part in every way. Some come while the system still recovers from the one before.
 */
export class Storm {
  readonly #options: StormOptions;
  readonly #faults: Generator<Fault>;
  readonly #thawing = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  /** What was done so far. */
  readonly done: Fault[] = [];

  constructor(options: StormOptions) {
    this.#options = options;
    this.#faults = faultsOf(options.random, options.only);
  }

  /** Resolves after that time, when nothing is frozen any more. */
  async rage(forMs: number): Promise<void> {
    const deadline = performance.now() + forMs;
    for (const fault of this.#faults) {
      const leftMs = deadline - performance.now();
      if (leftMs <= fault.pauseMs) break;
      await this.#strike(fault);
      await delay(fault.pauseMs);
    }
    this.#ending.abort();
    await Promise.all(this.#thawing);
  }

  /** A deploy: each process of each service is told to stop, when all are ready again after the one before. */
  async roll(): Promise<void> {
    const { state, only } = this.#options;
    for (const part of only.filter((one) => !servers.includes(one))) {
      // Who is started again is another process: those who are here now have their turn, and they alone.
      for (const pid of state().pids[part]) {
        this.#hit({ part, blow: 'stop', frozenMs: 0, pauseMs: 0 }, [pid]);
        while (state().pids[part].includes(pid) || !state().ready) await delay(askEveryMs);
        await delay(settleMs);
      }
    }
  }

  async #strike(fault: Fault): Promise<void> {
    const { random, state } = this.#options;
    const victims = state().pids[fault.part];
    // One of several replicas; of a server all its processes, as a machine that fails takes them.
    const [first, ...others] = victims;
    // It is down already, by the fault before.
    if (first === undefined) return;
    this.#hit(fault, servers.includes(fault.part) ? victims : [random.pick([first, ...others])]);
  }

  #hit(fault: Fault, hit: readonly number[]): void {
    this.#options.say(describe(fault));
    this.done.push(fault);
    for (const pid of hit)
      signal(pid, { kill: 'SIGKILL', stop: 'SIGTERM', freeze: 'SIGSTOP' }[fault.blow] as NodeJS.Signals);
    if (fault.blow !== 'freeze') return;
    const thawing = this.#thaw(hit, fault.frozenMs).finally(() => this.#thawing.delete(thawing));
    this.#thawing.add(thawing);
  }

  async #thaw(frozen: readonly number[], afterMs: number): Promise<void> {
    await delay(afterMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    for (const pid of frozen) signal(pid, 'SIGCONT');
  }
}

export function describe({ part, blow, frozenMs }: Fault): string {
  return blow === 'freeze' ? `freezes ${part} for ${(frozenMs / 1_000).toFixed(1)} s` : `${blow}s ${part}`;
}

function* faultsOf(random: SeededRandom, only: readonly Part[]): Generator<Fault, never> {
  for (;;) {
    const deck = only.flatMap((part) => blowsAt(part).map((blow) => ({ part, blow })));
    for (let left = deck.length; left > 0; left--) {
      const [card] = deck.splice(random.integer(0, left - 1), 1);
      if (card)
        yield { ...card, frozenMs: random.integer(1_000, 8_000), pauseMs: pauseAfter(random, card.part) };
    }
  }
}

const blowsAt = (part: Part): Blow[] =>
  servers.includes(part) ? ['kill', 'freeze'] : ['kill', 'freeze', 'stop'];

/** One pause in four is too short to recover. The broker takes the longest to come back. */
function pauseAfter(random: SeededRandom, part: Part): number {
  if (random.integer(1, 4) === 1) return random.integer(200, 1_500);
  return random.integer(2_500, 5_000) + (part === 'rabbitmq' ? 5_000 : 0);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended by itself.
  }
}
