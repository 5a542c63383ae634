import { MemoryBus } from '@parley/bus';
import { type Envelope, makeEvent } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { createLogger, newId } from '@parley/runtime';
import { createTestDatabase, seededRandom } from '@parley/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  connectDatabase,
  type Database,
  EventLog,
  eventLogMigration,
  migrate,
  Outbox,
  outboxMigration,
} from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const url = await createTestDatabase();
let db: Database;
/** Received by listeners, in order. */
let seen: Envelope[];
let bus: MemoryBus;
/** Whether the broker takes an event. */
let takes: () => boolean;

class FaultyBus extends MemoryBus {
  override async publish(...args: Parameters<MemoryBus['publish']>): Promise<void> {
    if (!takes()) throw new AppError('unavailable');
    return super.publish(...args);
  }
}

beforeAll(async () => {
  db = connectDatabase({ url: url.url, schema: 'logged' });
  await migrate(db, 'logged', [outboxMigration, eventLogMigration]);
});
beforeEach(async () => {
  await db.raw('truncate outbox, event_log restart identity');
  [seen, takes] = [[], () => true];
  bus = new FaultyBus({ logger });
  await bus.listen('directory', (event) => void seen.push(event));
  for (const group of ['messages', 'notifications'] as const)
    await bus.consume('directory', group, async () => undefined);
});
afterAll(async () => {
  await db.destroy();
  await url.drop();
});

const add = (outbox: Outbox, events: readonly Envelope[]) =>
  outbox.transact(async (_trx, emit) => events.forEach((event) => void emit(event as never)));
const made = (count: number) =>
  Array.from({ length: count }, () =>
    makeEvent('profile.erased', { userId: newId() }, { id: newId(), now: Date.now() }),
  );

/** Reads to the end, as a listener does. */
async function readAll(log: EventLog, after: number, limit: number) {
  const ids: string[] = [];
  for (let cursor = { after, waitingAfter: 0 }, pages = 1; ; pages++) {
    const page = await log.read(db, cursor, limit);
    ids.push(...page.events.map(({ id }) => id));
    if (!page.hasMore) return { ids, pages, isComplete: page.isComplete };
    cursor = page;
  }
}

test('whoever resumes at any event gets all later ones, published and waiting, in order', async () => {
  const random = seededRandom(15);
  const log = new EventLog();
  const outbox = new Outbox({ db, bus, logger, log });
  const all: string[] = [];
  for (let round = 0; round < 12; round++) {
    takes = () => random.next() < 0.8;
    const events = made(random.integer(1, 5));
    all.push(...events.map(({ id }) => id));
    await add(outbox, events);
    await outbox.drain();
  }
  takes = () => true;
  await add(outbox, []);
  await outbox.drain();
  takes = () => false;
  const waiting = made(3);
  all.push(...waiting.map(({ id }) => id));
  await add(outbox, waiting);
  await outbox.drain();
  expect(new Set(all.slice(0, -3)).size).toBe(new Set(seen.map(({ id }) => id)).size);

  const received = new Set<string>();
  for (const { id, position = Number.NaN } of seen) {
    received.add(id);
    const { ids, isComplete } = await readAll(log, position, random.integer(1, 20));
    expect(isComplete).toBe(true);
    // Together with what came before it, nothing is missing, and what is read is in order.
    const known = new Set([...received, ...ids]);
    expect(all.filter((one) => !known.has(one))).toEqual([]);
    const order = ids.map((one) => all.indexOf(one));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  }
  await outbox.stop();
});

test('a position that is no longer kept, or never was, is not complete', async () => {
  const log = new EventLog({ kept: 10 });
  const outbox = new Outbox({ db, bus, logger, log });
  for (let batch = 0; batch < 10; batch++) {
    await add(outbox, made(5));
    await outbox.drain();
  }
  expect(await log.position(db)).toBe(50);
  expect(await readAll(log, 39, 100)).toMatchObject({ ids: [], isComplete: false });
  expect((await readAll(log, 40, 4)).ids).toHaveLength(10);
  expect((await readAll(log, 40, 4)).pages).toBe(3);
  // A backup was restored.
  expect(await readAll(log, 51, 100)).toMatchObject({ ids: [], isComplete: false });
  await outbox.stop();
});

test('an erasure makes the log forget everything before it', async () => {
  const log = new EventLog({ erasure: 'profile.erased' });
  const outbox = new Outbox({ db, bus, logger, log });
  const unblocked = () =>
    makeEvent('user.unblocked', { userId: newId(), blockedId: newId() }, { id: newId(), now: Date.now() });
  const [erased] = made(1);
  await add(outbox, [unblocked(), unblocked()]);
  await outbox.drain();
  await add(outbox, [unblocked(), erased as Envelope, unblocked()]);
  await outbox.drain();
  expect(await log.position(db)).toBe(5);
  expect((await readAll(log, 3, 10)).ids).toHaveLength(2);
  expect(await readAll(log, 2, 10)).toMatchObject({ ids: [], isComplete: false });
  await outbox.stop();
});
