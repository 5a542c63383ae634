import { createHash } from 'node:crypto';
import { type Api, type MessageCopy, type MessageNumbers, verifyCopy } from '@parley/client';
import { type Message, makeEvent, type RoomDigest, type RoomState, type Submission } from '@parley/contracts';
import { newId } from '@parley/runtime';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const [ada, bob, eve] = [person('ada'), person('bob'), person('eve')];

beforeAll(async () => {
  messages = await startMessages();
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const ask = (who: Person, room: RoomState, query = '') =>
  messages.call(who, 'GET', `/api/v1/rooms/${room.id}/digest${query}`);
const digestOf = async (who: Person, room: RoomState, from?: number, to?: number): Promise<RoomDigest> => {
  const { status, body } = await ask(who, room, from ? `?from=${from}&to=${to}` : '');
  expect(status).toBe(200);
  return body;
};
async function historyOf(who: Person, room: RoomState): Promise<Message[]> {
  const history: Message[] = [];
  for (let [after, hasMore] = [0, true]; hasMore; ) {
    const path = `/api/v1/rooms/${room.id}/messages?limit=200&after_seq=${after}`;
    const { body } = await messages.call(who, 'GET', path);
    history.push(...body.messages);
    [after, hasMore] = [body.pagination.after_seq, body.pagination.hasMore];
  }
  return history;
}

/** As the documentation describes it. */
function digestOfCopy(copy: readonly Message[], from = 1, to = Number.MAX_SAFE_INTEGER) {
  const covered = copy.filter(({ seq }) => from <= seq && seq <= to).sort((a, b) => a.seq - b.seq);
  const text = covered.map(({ seq, changedSeq }) => `${seq}:${changedSeq}\n`).join('');
  return {
    count: covered.length,
    changedSeq: Math.max(0, ...covered.map(({ changedSeq }) => changedSeq)),
    digest: createHash('sha256').update(text).digest('hex'),
  };
}

test('the digest is that of the history and of a sync: deleted messages count, joins do not', async () => {
  const room = await messages.room([ada, bob]);
  const said: Message[] = [];
  for (const content of ['one', 'two', 'three', 'four']) said.push(await messages.send(ada, room, content));
  await messages.join(room, eve);
  const path = (index: number) => `/api/v1/rooms/${room.id}/messages/${said[index]?.id}`;
  await messages.call(ada, 'PUT', path(0), { content: 'edited' });
  await messages.call(ada, 'DELETE', path(1));
  await messages.call(bob, 'POST', `${path(2)}/reactions`, { reaction: '👍' });

  for (const who of [ada, bob, eve]) {
    const history = await historyOf(who, room);
    expect(history).toHaveLength(4);
    const { at, ...found } = await digestOf(who, room);
    expect(found).toEqual({ from: 1, to: 10_000, ...digestOfCopy(history) });
    const sync = await messages.call(who, 'POST', '/api/v1/sync', { rooms: [{ roomId: room.id, seq: 0 }] });
    const [synced] = sync.body.rooms;
    expect(at).toBe(synced.seq);
    const copied = synced.changes.flatMap(({ message }: { message?: Message }) => message ?? []);
    expect(digestOfCopy(copied)).toEqual(digestOfCopy(history));
  }
  const history = await historyOf(ada, room);
  const [first = 0, last = 0] = [history[1]?.seq, history[2]?.seq];
  expect(await digestOf(ada, room, first, last)).toMatchObject({
    ...{ from: first, to: last },
    ...digestOfCopy(history, first, last),
  });
});

test('every change of a message changes the digest; a block and a read do not', async () => {
  const room = await messages.room([ada, bob], { kind: 'direct' });
  const { id } = await messages.send(ada, room, 'hello');
  const seen = new Set([(await digestOf(bob, room)).digest]);
  const path = `/api/v1/rooms/${room.id}/messages`;
  await messages.call(ada, 'PUT', `${path}/${id}`, { content: 'edited' });
  seen.add((await digestOf(bob, room)).digest);
  for (const on of [true, false]) {
    await messages.call(bob, 'POST', `${path}/${id}/reactions`, { reaction: '👍', on });
    seen.add((await digestOf(bob, room)).digest);
  }
  expect(seen.size).toBe(4);
  const before = await digestOf(bob, room);
  await messages.call(bob, 'POST', `${path}/read`, {});
  expect(await digestOf(bob, room)).toEqual(before);
});

test('a range without messages has the digest of an empty text', async () => {
  const room = await messages.room([ada]);
  const empty = { count: 0, changedSeq: 0, digest: createHash('sha256').digest('hex') };
  expect(await digestOf(ada, room)).toMatchObject(empty);
  await messages.send(ada, room, 'one');
  const { at } = await digestOf(ada, room);
  expect(await digestOf(ada, room, at + 1, at + 10_000)).toMatchObject({ at, ...empty });
});

test('only readers of the room get a digest, of a bounded range', async () => {
  const room = await messages.room([ada]);
  expect((await ask(eve, room)).status).toBe(404);
  const missing = { ...room, id: '01997b2e-7c1a-7cc3-9d5e-000000000000' };
  const { requestId: _, ...refusal } = (await ask(eve, room)).body;
  expect((await ask(eve, missing)).body).toMatchObject(refusal);
  for (const query of ['?from=1&to=10001', '?from=2&to=1', '?from=0', '?to=x', '?from=1.5']) {
    const { status, body } = await ask(ada, room, query);
    expect([query, status, body.code]).toEqual([query, 422, 'validation_failed']);
  }
  expect((await ask(ada, room, '?from=10001&to=20000')).status).toBe(200);
  await messages.leave(room, ada);
  expect((await ask(ada, room)).status).toBe(404);
});

const submit = async ({ id: roomId }: RoomState, items: object[]) => {
  const by = { userId: ada.userId, username: ada.username };
  const all = items.map((item, ref) => ({ ref, id: newId(), roomId, by, ...item }) as Submission);
  const event = makeEvent(
    'timeline.submitted',
    { origin: null, items: all },
    { id: newId(), now: Date.now() },
  );
  await messages.bus.publish('submissions', messages.bus.partitionOf('submissions', roomId), event);
};
const line = { content: 'line', clientId: null, replyTo: null, isEncrypted: false };

const which = fc.nat(10_000);
const action = fc.record({
  do: fc.constantFrom('send', 'edit', 'delete', 'react', 'join', 'leave', 'expire'),
  message: which,
});
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

async function act(room: RoomState, action: Action): Promise<void> {
  const path = `/api/v1/rooms/${room.id}/messages`;
  const isIn = messages.roomsOf(eve).some(({ id }) => id === room.id);
  if (action.do === 'join') return isIn ? undefined : messages.join(room, eve);
  if (action.do === 'leave') return isIn ? messages.leave(room, eve) : undefined;
  if (action.do === 'send') return void (await messages.send(ada, room, 'one more'));
  const { body } = await messages.call(ada, 'GET', `${path}?limit=1&before_seq=${action.message + 1}`);
  const [message] = body.messages as Message[];
  if (action.do === 'expire')
    await submit(room, [{ op: 'expire', after: 0, upTo: Math.min(message?.seq ?? 0, 9) }]);
  else if (!message) return;
  else if (action.do === 'edit')
    await messages.call(ada, 'PUT', `${path}/${message.id}`, { content: 'edited' });
  else if (action.do === 'delete') await messages.call(ada, 'DELETE', `${path}/${message.id}`);
  else await messages.call(ada, 'POST', `${path}/${message.id}/reactions`, { reaction: '👍' });
}

/** A client's copy of a whole room, kept current by `sync`. */
class Copy implements MessageCopy {
  readonly #room: RoomState;
  readonly numbers = new Map<number, number>();
  #at = 0;

  constructor(room: RoomState) {
    this.#room = room;
  }

  async sync(): Promise<this> {
    const rooms = [{ roomId: this.#room.id, seq: this.#at }];
    const { body } = await messages.call(ada, 'POST', '/api/v1/sync', { rooms, limit: 1_000 });
    const [synced] = body.rooms;
    for (const { message } of synced.changes) if (message) this.numbers.set(message.seq, message.changedSeq);
    this.#at = synced.seq;
    return synced.hasMore ? this.sync() : this;
  }

  readonly range = () => ({ from: 1, to: this.#at });
  readonly messages = (): MessageNumbers[] =>
    [...this.numbers].map(([seq, changedSeq]) => ({ seq, changedSeq }));
  readonly at = () => this.#at;
  readonly repair = (put: readonly Message[], removed: readonly number[]) => {
    for (const { seq, changedSeq } of put) this.numbers.set(seq, changedSeq);
    for (const seq of removed) this.numbers.delete(seq);
  };

  corrupt(by: 'missing' | 'older' | 'newer' | 'unknown', place: number): void {
    const seqs = [...this.numbers.keys()];
    const seq = seqs[place % Math.max(seqs.length, 1)] ?? 1;
    const changedSeq = this.numbers.get(seq) ?? 1;
    if (by === 'missing') this.numbers.delete(seq);
    else if (by === 'older') this.numbers.set(seq, changedSeq - 1);
    else if (by === 'newer') this.numbers.set(seq, changedSeq + 1);
    else
      this.numbers.set(
        Array.from({ length: this.#at }, (_, n) => n + 1).find((n) => !this.numbers.has(n)) ?? seq,
        0,
      );
  }
}

const corruption = fc.record({
  by: fc.constantFrom('missing' as const, 'older' as const, 'newer' as const, 'unknown' as const),
  place: which,
});

const seed = 17;
test(`property (seed ${seed}): one request proves a correct copy; others are repaired`, async () => {
  const api = (meanwhile: () => Promise<void>, caughtUp: () => Promise<unknown>) => {
    const get = async (path: string, query: object) => {
      await meanwhile();
      const params = new URLSearchParams(
        Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])),
      );
      const { status, body } = await messages.call(ada, 'GET', `${path}?${params}`);
      if (status !== 200) throw new Error(`${path}: ${status}`);
      await caughtUp();
      return body;
    };
    return {
      getDigest: ({ roomId, ...query }) => get(`/api/v1/rooms/${roomId}/digest`, query),
      getHistory: ({ roomId, ...query }) => get(`/api/v1/rooms/${roomId}/messages`, query),
    } satisfies Pick<Api, 'getDigest' | 'getHistory'>;
  };
  const quiet = api(
    async () => undefined,
    async () => undefined,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 900 }),
      fc.array(action, { maxLength: 12 }),
      fc.array(corruption, { minLength: 1, maxLength: 5 }),
      fc.array(fc.record({ ...{ action, isLate: fc.boolean() } }), { maxLength: 5 }),
      async (count, actions, corruptions, writes) => {
        const room = await messages.room([ada, bob]);
        await submit(
          room,
          Array.from({ length: count }, () => ({ op: 'send', ...line })),
        );
        for (const one of actions) await act(room, one);
        const copy = await new Copy(room).sync();
        const expected = async () =>
          (await historyOf(ada, room)).map(({ seq, changedSeq }) => [seq, changedSeq]);
        const correct = await expected();
        const sorted = () => [...copy.numbers].sort(([a], [b]) => a - b);
        expect(sorted()).toEqual(correct);
        expect(await verifyCopy(quiet, room.id, copy)).toEqual({ isCorrect: true, repaired: 0, requests: 1 });

        for (const { by, place } of corruptions) copy.corrupt(by, place);
        const isCorrupt = JSON.stringify(sorted()) !== JSON.stringify(correct);
        const verified = await verifyCopy(quiet, room.id, copy);
        expect(sorted()).toEqual(correct);
        expect(verified.isCorrect).toBe(true);
        expect(verified.repaired > 0).toBe(isCorrupt);
        // Each of the five may be in another page; before and after, the whole is compared.
        expect(verified.requests).toBeLessThanOrEqual(2 + 5 * 7);

        for (const { by, place } of corruptions) copy.corrupt(by, place);
        const left = [...writes];
        let isLate = false;
        const busy = api(
          async () => {
            const next = left.shift();
            if (next) await act(room, next.action);
            isLate = next?.isLate ?? false;
          },
          async () => (isLate ? undefined : copy.sync()),
        );
        expect(await verifyCopy(busy, room.id, copy)).toMatchObject({ isCorrect: true });
        await copy.sync();
        expect(sorted()).toEqual(await expected());
      },
    ),
    { seed, numRuns: 12, interruptAfterTimeLimit: 20_000 },
  );
});
