import { type Consumer, type Listener, type ListenOptions, MemoryBus } from '@parley/bus';
import { calls, type Topic } from '@parley/contracts';

const { getMemberships, getStandings, getHeads, getRoomsOfUsers } = calls;
const { getLostMemberships, getDirectoryEvents } = calls;

/** Counts the calls between services, and can interrupt their events like a broker. */
export class CountedBus extends MemoryBus {
  readonly #calls = new Map<string, number>();
  readonly #interrupted: (() => void)[] = [];

  override call(...args: Parameters<MemoryBus['call']>): Promise<unknown> {
    const [method] = args;
    this.#calls.set(method, (this.#calls.get(method) ?? 0) + 1);
    return super.call(...args);
  }

  override listen(topic: Topic, handler: Listener, options: ListenOptions = {}): Promise<Consumer> {
    if (options.onInterrupted) this.#interrupted.push(options.onInterrupted);
    return super.listen(topic, handler, options);
  }

  override onRecovered(callback: () => void): void {
    this.#interrupted.push(callback);
  }

  /** As if the connection to the broker had been lost, and is back. */
  interrupt(): void {
    for (const callback of this.#interrupted) callback();
  }

  /** Call → how often it was asked so far. */
  get counts(): ReadonlyMap<string, number> {
    return this.#calls;
  }

  /** The calls so far. */
  get asked() {
    const of = ({ method }: { method: string }) => this.#calls.get(method) ?? 0;
    return {
      standings: of(getMemberships) + of(getStandings),
      rooms: of(getRoomsOfUsers),
      lost: of(getLostMemberships),
      events: of(getDirectoryEvents),
      heads: of(getHeads),
    };
  }
}
