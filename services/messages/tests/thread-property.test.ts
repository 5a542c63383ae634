import { publishEvent } from '@parley/bus';
import {
  makeEvent,
  type RoomState,
  type Submission,
  type SyncAnswer,
  type Thread,
  type ThreadPosition,
} from '@parley/contracts';
import { newId } from '@parley/runtime';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';
import { ThreadModel } from './thread-model.ts';
import { type Step, step } from './thread-steps.ts';

let messages: MessagesHarness;
beforeAll(async () => {
  messages = await startMessages({ twoDatabases: true });
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

const seed = 17;

/** One room, its people, and a model of what they must see. */
class World {
  readonly people: readonly Person[];
  /** Writes, and may be erased. */
  readonly dan: Person;
  readonly model = new ThreadModel();
  readonly room: RoomState;
  readonly #path: string;
  /** The state of each person's client, from `sync`. */
  readonly #synced = new Map<
    string,
    { seq: number; readSeq: number; threads: Map<number, ThreadPosition> }
  >();
  #danIsHere = true;

  static async create(): Promise<World> {
    const [people, dan] = [['ada', 'bob', 'eve'].map(person), person('dan')];
    return new World(people, dan, await messages.room([...people, dan]));
  }

  private constructor(people: readonly Person[], dan: Person, room: RoomState) {
    this.people = people;
    this.dan = dan;
    this.room = room;
    this.#path = `/api/v1/rooms/${room.id}/messages`;
  }

  async apply(action: Step): Promise<void> {
    const of = <T>(items: readonly T[], index: number): T | undefined =>
      items[index % Math.max(items.length, 1)];
    const { model, room } = this;
    const message = 'message' in action ? of(model.messages, action.message) : undefined;
    if (action.do === 'look') return this.look(action.limit);
    if (action.do === 'erase') {
      if (!this.#danIsHere) return;
      this.#danIsHere = false;
      const event = makeEvent(
        'profile.erased',
        { userId: this.dan.userId },
        { id: newId(), now: Date.now() },
      );
      return publishEvent(messages.bus, event);
    }
    if (action.do === 'expire') return message && this.#expire(message.seq);
    const mentioned =
      'mention' in action && action.mention !== null
        ? (of(this.people, action.mention)?.userId ?? null)
        : null;
    const mentions = { mentions: { userIds: mentioned ? [mentioned] : [], room: false } };
    if (action.do === 'delete' || action.do === 'edit') {
      const author = [...this.people, this.dan].find(({ userId }) => userId === message?.sender);
      if (!message || !author || (author === this.dan && !this.#danIsHere)) return;
      if (action.do === 'edit') {
        if (message.deleted) return;
        const content = `edited ${model.messages.length}`;
        await this.#ask(author, 'PUT', `${this.#path}/${message.id}`, { content, ...mentions });
        message.mentioned = mentioned;
        return;
      }
      await this.#ask(author, 'DELETE', `${this.#path}/${message.id}`);
      message.deleted = true;
      return;
    }
    const who = of([...this.people, ...(this.#danIsHere ? [this.dan] : [])], action.who) as Person;
    const user = who.userId;
    if (action.do === 'rejoin') {
      await messages.leave(room, who);
      expect(await this.#threadsUnread(who)).toBe(0);
      await messages.join(room, who);
      return model.rejoin(user);
    }
    if (action.do === 'send') {
      const place = message ? action.place : 'room';
      const threadRoot = place === 'thread' || place === 'both' ? { threadRoot: message?.id } : {};
      const sent = await this.#ask(who, 'POST', this.#path, {
        content: `${who.username} ${model.messages.length}`,
        ...threadRoot,
        ...mentions,
        ...(place === 'both' && { alsoInRoom: true }),
        ...(place === 'quote' && { replyTo: message?.id }),
      });
      const root = 'threadRoot' in threadRoot ? (message?.root ?? message?.seq ?? null) : null;
      expect(sent.threadRootSeq ?? null).toBe(root);
      const { id, seq } = sent;
      model.add({ id, seq, sender: user, root, alsoInRoom: place === 'both', mentioned });
      if (place === 'quote' && message) model.read(user, message.seq);
      return;
    }
    if (!message) return;
    const root = message.root ?? message.seq;
    if (action.do === 'follow') {
      await this.#ask(who, action.on ? 'PUT' : 'DELETE', `${this.#path}/${message.id}/thread/follow`);
      return model.follow(user, root, action.on);
    }
    if (action.do === 'readThread') {
      const seq = action.upTo === null ? undefined : of(model.messages, action.upTo)?.seq;
      const unread = action.unread && seq !== undefined;
      const body = seq === undefined ? {} : { seq, ...(unread && { unread }) };
      await this.#ask(who, 'POST', `${this.#path}/${message.id}/thread/read`, body);
      return model.readThread(user, root, seq ?? model.lastReply(root), unread);
    }
    const head = await this.#head(who);
    if (action.as === 'only') {
      await this.#ask(who, 'POST', `/api/v1/rooms/${room.id}/threads/read`);
      return model.read(user, head, 'only');
    }
    const apart = action.as === 'apart' ? { threads: true } : {};
    await this.#ask(who, 'POST', `${this.#path}/read`, {
      ...(!action.toEnd && { messageId: message.id }),
      ...apart,
    });
    model.read(user, action.toEnd ? head : message.seq, action.as === 'apart' ? 'apart' : undefined);
  }

  /** Everybody sees what the model says, however they ask. */
  async look(limit: number): Promise<void> {
    for (const who of this.people) {
      const expected = this.model.threads(who.userId);
      const sum = expected.reduce((total, { unread }) => total + unread, 0);
      const shown = (threads: Thread[]) =>
        threads.map(({ rootSeq, replies, following, unread }) => ({ rootSeq, replies, following, unread }));
      expect(shown(await this.#list(who, 'all', limit))).toEqual(expected);
      expect(shown(await this.#list(who, 'followed', limit))).toEqual(
        expected.filter(({ following }) => following),
      );
      expect(shown(await this.#list(who, 'unread', limit))).toEqual(
        expected.filter(({ unread }) => unread > 0),
      );
      expect(await this.#threadsUnread(who)).toBe(sum);
      for (const threadsApart of [false, true])
        expect([threadsApart, await this.#unread(who, threadsApart)]).toEqual([
          threadsApart,
          this.model.unreadInRoom(who.userId, { threadsApart }),
        ]);
      await this.#sync(who, limit);
    }
  }

  /** No client shows a count that it cannot clear. */
  async clear(): Promise<void> {
    for (const [index, who] of this.people.entries()) {
      if (index % 2 === 0) await this.#ask(who, 'POST', `${this.#path}/read`, {});
      else {
        await this.#ask(who, 'POST', `${this.#path}/read`, { threads: true });
        expect(await this.#unread(who, true)).toBe(0);
        for (const { root } of await this.#list(who, 'unread', 50))
          await this.#ask(who, 'POST', `${this.#path}/${root.id}/thread/read`, {});
      }
      expect(await this.#threadsUnread(who)).toBe(0);
      expect(await this.#list(who, 'unread', 50)).toEqual([]);
      for (const threadsApart of [false, true]) expect(await this.#unread(who, threadsApart)).toBe(0);
    }
  }

  async #list(who: Person, filter: string, limit: number): Promise<Thread[]> {
    const threads: Thread[] = [];
    for (let before: number | null | undefined; before !== null; ) {
      const cursor = before === undefined ? '' : `&before_seq=${before}`;
      const path = `/api/v1/rooms/${this.room.id}/threads?filter=${filter}&limit=${limit}${cursor}`;
      const page = await this.#ask(who, 'GET', path);
      threads.push(...page.threads);
      before = page.pagination.before_seq;
    }
    return threads;
  }

  async #threadsUnread(who: Person): Promise<number> {
    const { rooms, total } = await this.#ask(who, 'GET', '/api/v1/threads/unread');
    expect(rooms.reduce((sum: number, { unread }: { unread: number }) => sum + unread, 0)).toBe(total);
    return total;
  }

  async #unread(who: Person, threads: boolean): Promise<number> {
    const { rooms } = await this.#ask(who, 'GET', `/api/v1/unread${threads ? '?threads=true' : ''}`);
    return rooms[0]?.unread ?? 0;
  }

  async #sync(who: Person, limit: number): Promise<void> {
    const mine = this.#synced.get(who.userId) ?? { seq: 0, readSeq: 0, threads: new Map() };
    this.#synced.set(who.userId, mine);
    for (let hasMore = true; hasMore; ) {
      const { seq, readSeq } = mine;
      const rooms = [{ roomId: this.room.id, seq, readSeq }];
      const answer: SyncAnswer = await this.#ask(who, 'POST', '/api/v1/sync', {
        rooms,
        limit,
        threads: true,
      });
      for (const room of answer.rooms) {
        for (const position of room.threads ?? []) mine.threads.set(position.threadRootSeq, position);
        Object.assign(mine, { seq: room.seq, readSeq: room.readSeq });
        hasMore = room.hasMore;
      }
    }
    const threads = [...mine.threads.values()].sort((one, other) => one.threadRootSeq - other.threadRootSeq);
    expect(threads).toEqual(this.model.positions(who.userId));
  }

  async #head(who: Person): Promise<number> {
    const { gained } = await this.#ask(who, 'POST', '/api/v1/sync', { rooms: [], gained: {} });
    return gained[0].seq;
  }

  /** Expires the messages up to `upTo`. */
  async #expire(upTo: number): Promise<void> {
    const { id: roomId } = this.room;
    const by = { userId: roomId, username: '' };
    const items: Submission[] = [{ ref: 0, id: newId(), roomId, by, op: 'expire', after: 0, upTo }];
    const event = makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() });
    await messages.bus.publish('submissions', messages.bus.partitionOf('submissions', roomId), event);
    this.model.expire(upTo);
  }

  async #ask(who: Person, method: string, path: string, body?: object) {
    const answer = await messages.call(who, method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

test(`property (seed ${seed}): threads, counts and sync agree, with every kind of client`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 40 }), async (actions) => {
      const world = await World.create();
      for (const action of actions) await world.apply(action);
      await world.look(2);
      await world.clear();
    }),
    { seed, numRuns: 12, interruptAfterTimeLimit: 40_000 },
  );
});
