import { newId } from '@parley/runtime';
import { forEachLimit, pause } from '@parley/runtime/async';
import { Histogram, type Latency } from '../load/histogram.ts';
import type { FilledSearch } from '../stores/filled-search.ts';
import type { SearchWorld } from './world.ts';

/** Enough for compiled code, as in a process that has run for a while. */
const warmUp = 10_000;
/** Written in less time than the indexer waits for a lock. */
const messages = 10_000;
const sendersAtOnce = 50;
const rooms = 20;
/** A second of load per latency figure is too short for a p95; this is several. */
const paced = { perSecond: 200, seconds: 8 };
const pollMs = 250;

export interface IndexingFigures {
  /** Microseconds of CPU time per message, of the service and PostgreSQL. */
  writeMicros: number;
  indexMicros: number;
  /** Of sends at a fixed rate. */
  latency: { without: Latency; with: Latency };
}

/**
 * Compares the CPU time of writing messages, while nothing is indexed, with that of indexing them
 * afterwards; and the latency of sends without and with the indexer.
 */
export async function measureIndexing(world: SearchWorld, filled: FilledSearch): Promise<IndexingFigures> {
  const by = { userId: newId(), username: 'writer', contract: 'groups' as const };
  const roomIds = await filled.join(by.userId, rooms, 7);
  const send = (nth: number) =>
    world.submitter.message(
      { ...by, sessionId: by.userId, organizationId: null, organizationRole: null },
      {
        op: 'send',
        roomId: roomIds[nth % roomIds.length] ?? '',
        content: `message ${nth} says something of usual length about number ${nth * 7} and others`,
        clientId: null,
        replyTo: null,
        isEncrypted: false,
      },
    );
  const sendAll = (count: number) => forEachLimit(Array(count).keys(), sendersAtOnce, send);
  const spent = async (work: () => Promise<unknown>) => {
    const before = world.cpuMicros();
    await work();
    return world.cpuMicros() - before;
  };
  await sendAll(warmUp);
  await untilIndexed(filled, roomIds);
  const frozen = await filled.freezeIndexer();
  const written = await spent(() => sendAll(messages));
  const without = await latencyOf(send);
  await frozen.end();
  const indexed = await spent(() => untilIndexed(filled, roomIds));
  const latency = { without, with: await latencyOf(send) };
  await untilIndexed(filled, roomIds);
  const inAll = messages + paced.perSecond * paced.seconds;
  return { writeMicros: written / messages, indexMicros: indexed / inAll, latency };
}

/** Waits until the index contains every change of the rooms. */
export async function untilIndexed(filled: FilledSearch, roomIds: readonly string[]): Promise<void> {
  while (!(await filled.isIndexed(roomIds))) await pause(pollMs);
}

/** From when each message was due. */
async function latencyOf(send: (nth: number) => Promise<unknown>): Promise<Latency> {
  const histogram = new Histogram();
  const begin = performance.now();
  const sent: Promise<void>[] = [];
  for (let nth = 0; nth < paced.perSecond * paced.seconds; nth++) {
    const due = begin + (nth * 1_000) / paced.perSecond;
    if (due > performance.now()) await pause(due - performance.now());
    sent.push(send(nth).then(() => histogram.record(performance.now() - due)));
  }
  await Promise.all(sent);
  return histogram.summary();
}
