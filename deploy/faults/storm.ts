import { pause } from '@parley/runtime/async';
import type { SeededRandom } from '@parley/testkit';

/** Targets of faults: a process of a service, or a whole server. */
export const parts = [
  'gateway',
  'messages',
  'auth',
  'directory',
  'notifications',
  'hooks',
  'postgres',
  'redis',
  'rabbitmq',
] as const;
type Part = (typeof parts)[number];
const servers: readonly Part[] = ['postgres', 'redis', 'rabbitmq'];
/** Interval between readiness checks, and pause after a restart. */
const askEveryMs = 50;
const settleMs = 1_000;

/**
 * `kill`: SIGKILL. `freeze`: SIGSTOP, later SIGCONT. `stop`: SIGTERM, as in a deployment; servers
 * are never stopped gracefully.
 */
type Blow = 'kill' | 'freeze' | 'stop';

export interface Fault {
  part: Part;
  blow: Blow;
  /** Duration of a freeze. */
  frozenMs: number;
  /** Pause before the next fault. */
  pauseMs: number;
}

export interface StormOptions {
  random: SeededRandom;
  only: readonly Part[];
  /** Current processes, and whether every process of a service is ready. */
  state: () => { pids: Record<Part, number[]>; ready: boolean };
  /** Receives a sentence for each fault. */
  say: (line: string) => void;
}

/**
 * Faults in an order determined by a seed. All combinations of parts and blows are shuffled like a
 * deck, so a storm that is long enough hits every part in every way. Some faults come while the
 * system still recovers from the one before.
 */
export class Storm {
  readonly #options: StormOptions;
  readonly #faults: Generator<Fault>;
  readonly #thawing = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  /** The faults so far. */
  readonly done: Fault[] = [];

  constructor(options: StormOptions) {
    this.#options = options;
    this.#faults = faultsOf(options.random, options.only);
  }

  /** Resolves after `forMs`, when nothing is frozen any more. */
  async rage(forMs: number): Promise<void> {
    const deadline = performance.now() + forMs;
    for (const fault of this.#faults) {
      const leftMs = deadline - performance.now();
      if (leftMs <= fault.pauseMs) break;
      await this.#strike(fault);
      await pause(fault.pauseMs);
    }
    this.#ending.abort();
    await Promise.all(this.#thawing);
  }

  /**
   * Rolls a deployment: stops each process of each service, always after all processes are ready.
   */
  async roll(): Promise<void> {
    const { state, only } = this.#options;
    for (const part of only.filter((one) => !servers.includes(one))) {
      // Restarted processes have new ids and are not stopped again.
      for (const pid of state().pids[part]) {
        this.#hit({ part, blow: 'stop', frozenMs: 0, pauseMs: 0 }, [pid]);
        while (state().pids[part].includes(pid) || !state().ready) await pause(askEveryMs);
        await pause(settleMs);
      }
    }
  }

  async #strike(fault: Fault): Promise<void> {
    const { random, state } = this.#options;
    const victims = state().pids[fault.part];
    // One of several replicas; all processes of a server, as when a machine fails.
    const [first, ...others] = victims;
    // The previous fault has it down already.
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
    await pause(afterMs, { signal: this.#ending.signal });
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

/** One pause in four is too short to recover. The broker takes longest to come back. */
function pauseAfter(random: SeededRandom, part: Part): number {
  if (random.integer(1, 4) === 1) return random.integer(200, 1_500);
  return random.integer(2_500, 5_000) + (part === 'rabbitmq' ? 5_000 : 0);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process has just ended by itself.
  }
}
