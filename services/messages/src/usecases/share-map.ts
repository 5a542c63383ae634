import { roomShares } from '@parley/contracts';
import type { Database } from '@parley/database';
import { AppError } from '@parley/errors';
import { type Logger, StartError } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { Shares } from '../databases.ts';
import { forgetReader, type MappedShare, readMap, readShares } from '../stores/shares.ts';

const everyMs = 500;
/**
 * For how long a process may use the map that it has read. A move waits for all processes that have
 * read it within this time.
 */
export const validMs = 5_000;

/**
 * Follows the map of shares. Each process tells which version it uses, so a change of the map takes
 * effect everywhere before the next step of a move.
 */
export class ShareMap implements Shares {
  readonly #deps: { home: Database; ids: readonly string[]; process: string; logger: Logger };
  #version = -1;
  #places: number[] = [];
  #paused = new Set<number>();
  #validUntil = 0;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param deps.ids of the databases, the home database first */
  constructor(deps: { home: Database; ids: readonly string[]; process: string; logger: Logger }) {
    this.#deps = deps;
  }

  /**
   * @param options.follow whether there are several databases: the map is read again and again
   * @throws StartError if a share is in a database that is not listed
   */
  async start({ follow }: { follow: boolean }): Promise<void> {
    const { home, process } = this.#deps;
    if (!follow) return this.#apply({ version: 0, shares: await readShares(home) });
    await this.#refresh().catch(async (error: unknown) => {
      await forgetReader(home, process);
      throw error;
    });
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    if (this.#validUntil > 0) await forgetReader(this.#deps.home, this.#deps.process).catch(() => undefined);
  }

  placeOf(share: number): number {
    return this.#places[share % roomShares] ?? 0;
  }

  assertCurrent(): void {
    if (performance.now() > this.#validUntil) throw new AppError('unavailable');
  }

  async untilWritable(share: number): Promise<void> {
    const { signal } = this.#stopping;
    const isWritable = () => performance.now() <= this.#validUntil && !this.#paused.has(share % roomShares);
    while (!isWritable() && !signal.aborted) await pause(100, { signal });
    if (signal.aborted) throw new AppError('unavailable');
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await pause(everyMs, { signal, ref: false });
      if (signal.aborted) return;
      await this.#refresh().catch((error: unknown) =>
        this.#deps.logger.warn({ err: error }, 'the map of shares could not be read; will retry'),
      );
    }
  }

  /** Reads until the version that is used is the version that is stored, and was told. */
  async #refresh(): Promise<void> {
    const { home, process } = this.#deps;
    for (;;) {
      const askedAt = performance.now();
      const { version, shares } = await readMap(home, process, this.#version);
      if (version === this.#version) {
        this.#validUntil = askedAt + validMs;
        return;
      }
      this.#apply({ version, shares });
    }
  }

  #apply({ version, shares }: { version: number; shares: readonly MappedShare[] }): void {
    const places = Array.from({ length: roomShares }, () => 0);
    for (const { share, database } of shares) {
      places[share] = this.#deps.ids.indexOf(database);
      if (places[share] === -1)
        throw new StartError(`MESSAGES_DATABASE_URLS lacks the database that has share ${share}`);
    }
    this.#places = places;
    this.#paused = new Set(shares.flatMap(({ share, paused }) => (paused ? [share] : [])));
    this.#version = version;
  }
}
