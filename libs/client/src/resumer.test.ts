import type { Message } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SyncAnswer } from './answers.ts';
import type { MessageEvent, TimelineEvent } from './events.ts';
import { ParleyError } from './parley-error.ts';
import { Resumer, RoomFeed } from './resumer.ts';

const roomId = 'room';
const page = 4;
const now = '2026-01-31T12:00:00.000Z';

/** A room as the server stores it: each message in its current state, every change numbered. */
class Timeline {
  readonly messages: Message[] = [];
  readonly live: TimelineEvent[] = [];
  seq = 0;

  write(): void {
    const seq = ++this.seq;
    const who = { userId: 'ada-id', username: 'ada' };
    const rest = {
      clientId: null,
      replyTo: null,
      isEncrypted: false,
      reactions: [],
      editedAt: null,
      deletedAt: null,
    };
    this.messages.push({
      id: `m${seq}`,
      roomId,
      seq,
      changedSeq: seq,
      ...who,
      content: `at ${seq}`,
      createdAt: now,
      ...rest,
    });
    this.live.push({ type: 'message', ...(this.messages.at(-1) as Message) });
  }

  edit(which: number): void {
    const message = this.messages[which % Math.max(this.messages.length, 1)];
    if (!message) return;
    const seq = ++this.seq;
    Object.assign(message, { content: `at ${seq}`, changedSeq: seq, editedAt: now });
    const { id, userId, username, content } = message;
    this.live.push({ type: 'edited', id, roomId, seq, userId, username, content, editedAt: now });
  }

  sync(after: number): SyncAnswer {
    const changed = this.messages
      .filter(({ changedSeq }) => changedSeq > after)
      .sort((a, b) => a.changedSeq - b.changedSeq);
    const hasMore = changed.length > page;
    const changes = changed
      .slice(0, page)
      .map((message) => ({ kind: 'message' as const, seq: message.changedSeq, message: { ...message } }));
    const seq = hasMore ? (changes.at(-1)?.seq ?? after) : this.seq;
    return {
      rooms: [{ roomId, name: null, seq, readSeq: 0, hasMore, changes, positions: [] }],
      gone: [],
      gained: [],
      gainedAfter: null,
    };
  }

  historyAfter(after: number) {
    const found = this.messages.filter(({ seq }) => seq > after);
    const messages = found.slice(0, page - 1).map((message) => ({ ...message }));
    const cursors = {
      before_seq: messages[0]?.seq ?? null,
      after_seq: messages.at(-1)?.seq ?? null,
      page: null,
    };
    return { messages, pagination: { limit: page - 1, hasMore: found.length > messages.length, ...cursors } };
  }
}

test(
  'property: despite lost, repeated or swapped events and failing calls, every message is ' +
    'emitted once and in order, and edits arrive',
  async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant({ do: 'write' as const, number: 0 }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), number: fc.nat(50) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('receive' as const), number: fc.nat(80) }) },
      { weight: 1, arbitrary: fc.constant({ do: 'settle' as const, number: 0 }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80, size: 'max' }),
        fc.array(fc.boolean(), { maxLength: 10 }),
        async (steps, failing) => {
          const timeline = new Timeline();
          const feed = new RoomFeed(0);
          const emitted: MessageEvent[] = [];
          const contents = new Map<string, string>();
          const emitEvents = (events: readonly TimelineEvent[]) => {
            for (const event of events) {
              if (event.type === 'message') emitted.push(event);
              if (event.type === 'message' || event.type === 'edited') contents.set(event.id, event.content);
            }
          };
          const fails = [...failing];
          const perhaps = async <T>(answer: () => T): Promise<T> => {
            const value = answer();
            await Promise.resolve();
            if (fails.pop()) throw new ParleyError('unavailable', 'not now', { retryable: true });
            return value;
          };
          const resumer = new Resumer({
            sync: ([room]) => perhaps(() => timeline.sync(room?.seq ?? 0)),
            historyAfter: (_, seq) => perhaps(() => timeline.historyAfter(seq)),
            feedOf: () => feed,
            emitEvents,
            emitRead: () => undefined,
            gone: () => undefined,
            reset: () => undefined,
            random: () => 0,
            signal: new AbortController().signal,
          });
          const settle = async () => {
            while (feed.events.behind) await new Promise(setImmediate);
          };
          for (const { do: action, number } of steps) {
            if (action === 'write') timeline.write();
            else if (action === 'edit') timeline.edit(number);
            else if (action === 'settle') await settle();
            else {
              const event = timeline.live[number % Math.max(timeline.live.length, 1)];
              if (event) emitEvents(feed.events.accept(event));
              if (feed.events.behind) resumer.ask(roomId);
            }
          }
          emitEvents(feed.events.begin(timeline.seq));
          feed.events.check();
          resumer.ask(roomId);
          await settle();
          expect(emitted.map(({ seq }) => seq)).toEqual(timeline.messages.map(({ seq }) => seq));
          expect([...contents].sort()).toEqual(
            timeline.messages.map(({ id, content }) => [id, content]).sort(),
          );
        },
      ),
      { numRuns: 300, seed: 21 },
    );
  },
);

test('read positions missed during an absence are emitted, page by page, once', async () => {
  const bob = { userId: 'bob-id', username: 'bob', deliveredSeq: 9 };
  const [one, two] = [
    { ...bob, seq: 3, readAt: now },
    { ...bob, userId: 'eve-id', username: 'eve', seq: 5, readAt: now },
  ];
  const unread = { ...bob, userId: 'joe-id', username: 'joe', seq: 0, readAt: null };
  const pages = [[one], [two, unread], []];
  const asked: unknown[] = [];
  const emitted: unknown[] = [];
  const feed = new RoomFeed(9);
  const resumer = new Resumer({
    sync: async (rooms) => {
      asked.push(...rooms);
      const readSeq = asked.length;
      const room = {
        roomId,
        name: null,
        seq: 9,
        readSeq,
        hasMore: readSeq < 2,
        changes: [],
        positions: pages[readSeq - 1] ?? [],
      };
      return { rooms: [room], gone: [], gained: [], gainedAfter: null };
    },
    historyAfter: async () => new Timeline().historyAfter(0),
    feedOf: () => feed,
    emitEvents: () => undefined,
    emitRead: (read) => emitted.push(read),
    gone: () => undefined,
    reset: () => undefined,
    random: () => 0,
    signal: new AbortController().signal,
  });
  feed.events.check();
  resumer.ask(roomId);
  await eventually(() => expect(emitted).toHaveLength(2));
  feed.events.check();
  resumer.ask(roomId);
  await eventually(() => expect(asked).toHaveLength(3));
  expect(asked).toEqual([0, 1, 2].map((readSeq) => ({ roomId, seq: 9, readSeq })));
  expect(emitted).toEqual(
    [one, two].map(({ userId, username, seq, readAt }) => ({ userId, username, roomId, seq, readAt })),
  );
});
